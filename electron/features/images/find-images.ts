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
 * The image files at these paths, each once; folders are searched recursively, in the order of names. Hidden files are
 * skipped and links to folders are not followed. Unreadable files and folders are listed in `failed`.
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
 * The class named by the nearest folder above a file, in upper or lower case; null if no folder names one.
 * @param root only folders inside it count
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

/** A reasonable expression needs a thousandth of this for the names of a large archive. */
const maxMatchingMs = 2000

/**
 * The case of each file by its name: the pattern's first group, or the whole match; null without a match.
 * @throws AppError `cases.invalid-pattern`, also if the matching takes too long, as it can with `(a+)+$`
 */
export function casesFromFileNames(paths: readonly string[], pattern: string | null): (string | null)[] {
  const expression = parseCasesPattern(pattern)
  if (expression === null || pattern === null) return paths.map(() => null)
  try {
    // In a context of its own, because only such a script can be interrupted.
    const matches = runInNewContext(
      'JSON.stringify(JSON.parse(names).map((name) => { const m = new RegExp(source).exec(name); return m === null ? "" : (m[1] ?? m[0]) }))',
      { names: JSON.stringify(paths.map((path) => basename(path))), source: pattern },
      { timeout: maxMatchingMs },
    ) as string
    return (JSON.parse(matches) as string[]).map((match) => match.trim() || null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const reason = `matching takes longer than ${maxMatchingMs / 1000} s, as nested repeats do`
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
