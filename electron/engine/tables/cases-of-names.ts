import { runInNewContext } from 'node:vm'
import { AppError } from '../../contract/errors.ts'

export interface CaseNames {
  /** Names of files, without their folders. */
  names: readonly string[]
  /** A regular expression. */
  pattern: string
  /** How long the matching may take in all. */
  limitMs: number
}

/**
 * The case in each name: the pattern's first group, or the whole match; null without a match. Composed (NFC), since one
 * computer writes Müller in other characters than the next.
 * @throws AppError `cases.invalid-pattern`, also if the matching takes too long, as it can with `(a+)+$`
 */
export function matchCases({ names, pattern, limitMs }: CaseNames): (string | null)[] {
  requirePattern(pattern)
  try {
    // In a context of its own, because only such a script can be interrupted.
    const matches = runInNewContext(
      'JSON.stringify(JSON.parse(names).map((name) => { const m = new RegExp(source).exec(name); return m === null ? "" : (m[1] ?? m[0]) }))',
      { names: JSON.stringify(names), source: pattern },
      { timeout: limitMs },
    ) as string
    return (JSON.parse(matches) as string[]).map((match) => match.trim().normalize('NFC') || null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const reason = `matching takes longer than ${limitMs / 1000} s, as nested repeats do`
    throw new AppError('cases.invalid-pattern', { pattern, reason }, { cause: error })
  }
}

/** @throws AppError `cases.invalid-pattern` */
export function requirePattern(pattern: string): void {
  try {
    new RegExp(pattern)
  } catch (error) {
    const { message } = error as Error
    throw new AppError('cases.invalid-pattern', { pattern, reason: message }, { cause: error })
  }
}

/** The case of each file where its folder names it (`folderCases`). */
export const casesOfFolders = (files: readonly { folder: string | null }[]): (string | null)[] =>
  files.map(({ folder }) => folder?.normalize('NFC') ?? null)
