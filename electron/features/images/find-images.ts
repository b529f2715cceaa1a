import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { asPathError } from '../../base/path-errors.ts'
import { AppError, imageExtensions, toErrorView, type Failure } from '../../contract/index.ts'

export const failureOf = (path: string, error: unknown): Failure => {
  const { code, message } = toErrorView(error)
  return { path, code, message }
}

/**
 * The image files that paths name, folders searched to the bottom, each once, in the order of their path;
 * hidden files are passed over and links to folders are not followed. What cannot be read is listed.
 */
export async function findImages(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<{ files: string[]; failed: Failure[] }> {
  const files = new Set<string>()
  const failed: Failure[] = []
  const visit = async (path: string): Promise<void> => {
    throwIfCancelled(signal)
    try {
      const entries = await readdir(path, { withFileTypes: true })
      entries.sort((a, b) => (a.name < b.name ? -1 : 1))
      for (const entry of entries) {
        const inside = join(path, entry.name)
        if (entry.name.startsWith('.')) continue
        if (entry.isDirectory()) await visit(inside)
        else if (imageExtensions.includes(extname(entry.name).toLowerCase())) files.add(inside)
      }
    } catch (error) {
      throwIfCancelled(signal)
      failed.push(failureOf(path, asPathError(error, path)))
    }
  }
  for (const path of paths.map((p) => resolve(p))) {
    try {
      if ((await stat(path)).isDirectory()) await visit(path)
      else files.add(path)
    } catch (error) {
      throwIfCancelled(signal)
      failed.push(failureOf(path, asPathError(error, path)))
    }
  }
  return { files: [...files], failed }
}

/**
 * The class that the nearest folder above a file names, in any case of letters; null if none does.
 * @param root looked at no further up than to what lies in it
 */
export function classFromFolders(path: string, classNames: readonly string[], root = ''): string | null {
  const byLowerCase = new Map(classNames.map((name) => [name.toLowerCase(), name]))
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (folder === root) return null
    const className = byLowerCase.get(basename(folder).toLowerCase())
    if (className !== undefined) return className
  }
  return null
}

/** A sensible expression needs a thousandth of it for the names of a large archive. */
const longestMatchingMs = 2000

/**
 * The cases that file names give: the pattern's first group, or the whole match; null without a match.
 * @throws AppError `cases.invalid-pattern`, also where the matching takes too long, as `(a+)+$` can for ever
 */
export function casesFromFileNames(paths: readonly string[], pattern: string | null): (string | null)[] {
  const expression = parseCasesPattern(pattern)
  if (expression === null || pattern === null) return paths.map(() => null)
  try {
    // A context of its own, since only that can be stopped.
    const matches = runInNewContext(
      'JSON.stringify(JSON.parse(names).map((name) => { const m = new RegExp(source).exec(name); return m === null ? "" : (m[1] ?? m[0]) }))',
      { names: JSON.stringify(paths.map((path) => basename(path))), source: pattern },
      { timeout: longestMatchingMs },
    ) as string
    return (JSON.parse(matches) as string[]).map((match) => match.trim() || null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const reason = `its matching takes longer than ${longestMatchingMs / 1000} s, as repeats within repeats do`
    throw new AppError('cases.invalid-pattern', { pattern, reason }, { cause: error })
  }
}

/** @throws AppError `cases.invalid-pattern` */
export function parseCasesPattern(pattern: string | null): RegExp | null {
  if (pattern === null || pattern === '') return null
  try {
    return new RegExp(pattern)
  } catch (error) {
    throw new AppError(
      'cases.invalid-pattern',
      { pattern, reason: (error as Error).message },
      { cause: error },
    )
  }
}
