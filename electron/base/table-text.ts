import type { TableEncoding } from '../contract/table-encodings.ts'

type Refuse = (reason: string) => never

/**
 * The text of a file: UTF-16 if its byte order mark says so, otherwise UTF-8, or what is stated.
 * @param options.advice what else the user can do if it is not UTF-8
 * @param refuse throws; its argument is the reason: it is a workbook, or its text is not UTF-8, with the line
 */
export function textOf(
  bytes: Buffer,
  refuse: Refuse,
  { encoding: stated = 'utf-8', advice = '' }: { encoding?: TableEncoding | undefined; advice?: string } = {},
): string {
  const head = bytes.toString('latin1', 0, 4)
  if (head.startsWith('PK\u0003\u0004'))
    refuse('this is an Excel workbook or another zip file: save it as CSV (UTF-8)')
  if (head === '\u00D0\u00CF\u0011\u00E0') refuse('this is an old Excel workbook: save it as CSV (UTF-8)')
  const mark = head.startsWith('\u00FF\u00FE')
    ? 'utf-16le'
    : head.startsWith('\u00FE\u00FF')
      ? 'utf-16be'
      : null
  if (mark !== null) return decode(bytes, mark) ?? refuse('its text is damaged: it is not UTF-16 as it says')
  const encoding = head.startsWith('\u00EF\u00BB\u00BF') ? 'utf-8' : stated
  return (
    decode(bytes, encoding) ??
    refuse(`line ${brokenLine(bytes)} is not UTF-8: save the file as UTF-8${advice}`)
  )
}

/** null: the bytes are no such text. */
function decode(bytes: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The first line that is not UTF-8, from 1. No byte of a longer UTF-8 character looks like the end of a line. */
function brokenLine(bytes: Buffer): number {
  let line = 1
  for (let begin = 0; begin < bytes.length; line++) {
    const end = bytes.indexOf(10, begin)
    const next = end === -1 ? bytes.length : end + 1
    if (decode(bytes.subarray(begin, next), 'utf-8') === null) return line
    begin = next
  }
  return line
}
