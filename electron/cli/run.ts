import { hasCode, toErrorView } from '../contract/index.ts'
import { CommandContext, openApplication } from './context.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
export const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const

/** Interrupts so close together count as one. */
const repeatMs = 300

export interface CommonOptions {
  json?: boolean
}

/**
 * Runs one command with the application open and closes it again. The first interrupt cancels what is
 * running, a second one ends the process at once.
 * @param present writes the answer for a person; with `--json` the answer itself is printed instead
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
    // Ctrl+C reaches us twice when npm and its shell pass it on; that is one wish.
    if (now - interruptedAt < repeatMs) return
    if (controller.signal.aborted) process.exit(exitCodes.cancelled)
    interruptedAt = now
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const application = openApplication()
  try {
    const answer = await work(new CommandContext(application, controller))
    if (options.json === true) print(JSON.stringify(answer, null, 2))
    else present(answer)
  } catch (error) {
    reportFailure(error, options)
  } finally {
    await application.close()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** One sentence on stderr; with `--json` also `{ error }` on stdout. */
export function reportFailure(error: unknown, options: CommonOptions): void {
  const view = toErrorView(error)
  if (view.code === 'internal.unexpected') console.error(error)
  else console.error(view.message)
  if (options.json === true) print(JSON.stringify({ error: view }, null, 2))
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  if (hasCode(error, 'job.cancelled')) return exitCodes.cancelled
  const isUsage = hasCode(
    error,
    'call.invalid-input',
    'cases.invalid-pattern',
    'recipe.unknown',
    'recipe.unknown-setting',
    'recipe.invalid',
  )
  return isUsage ? exitCodes.usage : exitCodes.failed
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** A table for a terminal; columns as wide as their widest cell. */
export function printTable(rows: readonly (readonly string[])[]): void {
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
