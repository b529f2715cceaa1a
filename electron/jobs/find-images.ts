import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { AppError, toErrorView, type Failure } from '../contract/index.ts'
import { throwIfCancelled } from './queue.ts'

/** Endings that count as pictures when a folder is searched; a file named by the user is always tried. */
export const imageExtensions: readonly string[] = ['.tif', '.tiff', '.png', '.jpg', '.jpeg', '.webp', '.svs']

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
      failed.push(failureOf(path, asUnreadable(path, error)))
    }
  }
  for (const path of paths.map((p) => resolve(p))) {
    try {
      if ((await stat(path)).isDirectory()) await visit(path)
      else files.add(path)
    } catch (error) {
      throwIfCancelled(signal)
      failed.push(failureOf(path, asUnreadable(path, error)))
    }
  }
  return { files: [...files], failed }
}

/** Why a path could not be read, as an AppError. */
export function asUnreadable(path: string, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? new AppError('path.not-found', { path }, { cause: error })
    : new AppError('path.unreadable', { path, reason: message }, { cause: error })
}

/** The class that the nearest folder above a file names, in any case of letters; null if none does. */
export function classFromFolders(path: string, classNames: readonly string[]): string | null {
  const byLowerCase = new Map(classNames.map((name) => [name.toLowerCase(), name]))
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const className = byLowerCase.get(basename(folder).toLowerCase())
    if (className !== undefined) return className
  }
  return null
}

/** The case that a file name gives: the pattern's first group, or the whole match; null without a match. */
export function caseFromFileName(path: string, pattern: RegExp | null): string | null {
  const match = pattern?.exec(basename(path))
  return (match?.[1] ?? match?.[0] ?? '').trim() || null
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
