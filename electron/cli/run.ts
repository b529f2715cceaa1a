import { inspect } from 'node:util'
import { hasCode, toErrorView } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { CommandContext, openApplication } from './context.ts'
import { onInterrupt } from '../base/interrupts.ts'
import { visible, visibleJson, visibleLines } from '../base/terminal-text.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled, 143 a shard that stopped at SIGTERM. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130, terminated: 143 } as const

/** Interrupts within this time count as one. */
const debounceMs = 300

export interface CommonOptions {
  json?: boolean
}

/**
 * Opens the application, runs one command and closes the application. The first interrupt cancels the running work, a
 * second one ends the process at once.
 * @param present prints the answer as text; with `--json` the answer is printed as JSON instead
 */
export async function runCommand<T>(
  options: CommonOptions,
  work: (context: CommandContext) => Promise<T>,
  present: (answer: T) => void,
): Promise<void> {
  const controller = new AbortController()
  let interruptedAt = -Infinity
  const interrupt = (): void => {
    const now = performance.now()
    // npm and its shell may pass the same Ctrl+C on twice.
    if (now - interruptedAt < debounceMs) return
    if (controller.signal.aborted) process.exit(exitCodes.cancelled)
    interruptedAt = now
    controller.abort()
  }
  const stopListening = onInterrupt(interrupt)
  let application: Application | null = null
  try {
    application = openApplication()
    const answer = await work(new CommandContext(application, controller))
    if (options.json === true) printJson(answer)
    else present(answer)
  } catch (error) {
    reportFailure(error, options)
  } finally {
    await application?.close()
    stopListening()
  }
}

/** Prints a sentence on stderr; with `--json` also `{ error }` on stdout. Sets the exit code. */
export function reportFailure(error: unknown, options: CommonOptions): void {
  const view = toErrorView(error)
  if (view.code === 'internal.unexpected') process.stderr.write(`${visibleLines(inspect(error))}\n`)
  else printError(view.message)
  if (options.json === true) printJson({ error: view })
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  if (hasCode(error, 'job.cancelled')) return exitCodes.cancelled
  const isUsage = hasCode(
    error,
    'call.invalid-input',
    'cases.invalid-pattern',
    'classes.invalid',
    'recipe.unknown',
    'recipe.unknown-setting',
    'recipe.invalid',
    'shard.invalid',
  )
  return isUsage ? exitCodes.usage : exitCodes.failed
}

/** Prints lines. Names and comments are shown as they are, but a terminal does not obey them (terminal-text.ts). */
export function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${visible(line)}\n`)
}

/** The same on stderr. */
export function printError(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${visible(line)}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${visibleJson(value)}\n`)
}

/** Prints a table. Each column is as wide as its widest cell. */
export function printTable(texts: readonly (readonly string[])[]): void {
  const rows = texts.map((row) => row.map(visible))
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`
