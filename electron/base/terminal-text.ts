import { inspect } from 'node:util'
import { factsOfError, log } from './log.ts'

/**
 * What a terminal obeys instead of showing it: control characters (C0, DEL and C1, with which names and comments could
 * clear the screen, set its title or begin a new line), line separators, and the characters that turn text round, with
 * which a name can look like another.
 */
// eslint-disable-next-line no-control-regex -- exactly these are looked for
const obeyed = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g
/** The same, of what JSON leaves as it is. */
const obeyedInJson = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (character: string): string =>
  short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** One line as a terminal may print it: what it would obey is shown as `\n` or `\u001b`. */
export const visible = (line: string): string => line.replace(obeyed, escaped)

/** A value as JSON, which means the same and holds nothing that a terminal obeys but line ends. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(obeyedInJson, escaped)

/** Several lines, such as the stack of an error. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n')

/**
 * Reports what should not have happened, on stderr, and in the log without its message.
 * @param reference what a person is shown of it
 */
export function reportUnexpected(what: string, error: unknown, reference = '-'): void {
  console.error(`${visible(what)}: ${visibleLines(inspect(error))}`)
  log({ event: 'unexpected', reference, error: factsOfError(error) })
}
