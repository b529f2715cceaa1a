import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { plainName } from '../../base/plain-name.ts'
import { asPathError } from '../../base/path-errors.ts'
import { readFolder } from '../../base/read-folder.ts'
import {
  AppError,
  imageExtensions,
  toErrorView,
  type Failure,
  type SkippedFiles,
} from '../../contract/index.ts'

export const failureOf = (path: string, error: unknown): Failure => {
  const { code, message } = toErrorView(error)
  return { path, code, message }
}

/**
 * The image files at these paths, each once; folders are searched recursively, in the order of names. Hidden files are
 * skipped and links to folders are not followed. Unreadable files and folders are listed in `failed`, all other files counted in
 * `skipped`, most first. `hidden` counts hidden files and folders.
 */
export async function findImages(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<{ files: string[]; failed: Failure[]; skipped: SkippedFiles[]; hidden: number }> {
  const files = new Set<string>()
  const failed: Failure[] = []
  const others = new Set<string>()
  const hidden = new Set<string>()
  const visit = async (path: string): Promise<void> => {
    throwIfCancelled(signal)
    try {
      const entries = await readFolder(path)
      const names = new Set(entries.map(({ name }) => name.toLowerCase()))
      for (const entry of entries) {
        const inside = join(path, entry.name)
        const ending = extname(entry.name).toLowerCase()
        if (isHidden(entry.name)) {
          hidden.add(inside)
          continue
        }
        // One image each: thousands of chunks, or the pixels of the slide beside the folder.
        const isOne = entry.isFolder && (ending === '.zarr' || names.has(`${entry.name.toLowerCase()}.mrxs`))
        const isWanted = entry.isFolder ? !isOne : imageExtensions.includes(ending)
        if (isWanted && !entry.isUtf8)
          failed.push(failureOf(inside, new AppError('path.not-utf8', { path: inside })))
        else if (isWanted && entry.isFolder) await visit(inside)
        else if (isWanted) files.add(inside)
        else if (!entry.isFolder || ending === '.zarr') others.add(inside)
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
  return {
    files: [...files],
    failed,
    skipped: countEndings([...others].filter((path) => !files.has(path))),
    hidden: [...hidden].filter((path) => !files.has(path)).length,
  }
}

/** Hidden files and folders, and those in which network storage and Windows keep thumbnails. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || ['@eadir', 'thumbs.db', 'desktop.ini'].includes(name.toLowerCase())

/** By ending, most files first. */
function countEndings(paths: readonly string[]): SkippedFiles[] {
  const byEnding = Map.groupBy(paths, (path) => extname(path).toLowerCase())
  return [...byEnding]
    .map(([ending, { length }]) => ({ ending, files: length }))
    .sort((a, b) => b.files - a.files || (a.ending < b.ending ? -1 : 1))
}

/**
 * The class named by the nearest folder above a file, in upper or lower case; null if no folder names one.
 * @param root only folders inside it count
 */
export function classFromFolders(path: string, classNames: readonly string[], root = ''): string | null {
  const byLowerCase = new Map(classNames.map((name) => [plainName(name), name]))
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (folder === root) return null
    const className = byLowerCase.get(plainName(basename(folder)))
    if (className !== undefined) return className
  }
  return null
}
