import type { Stats } from 'node:fs'
import { link, lstat, open, type FileHandle } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { moveFile, removeFile } from './patient-files.ts'
import { AppError } from '../contract/errors.ts'
import { writeThroughDraft } from './atomic-file.ts'
import { makeFolders } from './folders.ts'
import { asNotWritable, isMissing } from './path-errors.ts'
import { requireAllowedPath } from './windows-names.ts'

/** A kind of file that is written where the user says. */
export interface ExportKind {
  /** With its article: `an audit trail`. */
  readonly what: string
  /** What its name may end in, in lower case: `.jsonl`. */
  readonly endings: readonly string[]
}

interface ExportOptions {
  /** Whether a file that exists already is replaced. Default false. */
  replace?: boolean | undefined
  /** As in `writeThroughDraft`. */
  flush?: boolean
}

/**
 * The ending of an exported file's name, in lower case.
 * @throws AppError `path.not-writable`
 */
export function exportEnding(path: string, { what, endings }: ExportKind): string {
  const ending = extname(path).toLowerCase()
  if (endings.includes(ending)) return ending
  const list = endings.length === 1 ? endings[0] : `${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}`
  throw new AppError('path.not-writable', { path, reason: `the file name of ${what} must end in ${list}` })
}

/**
 * What is at the path of an export: a plain file to replace, or null for nothing. A symbolic link is not followed.
 * @param path absolute
 * @throws AppError `path.exists` for a file that must not be replaced; `path.not-writable` for anything that is not a
 *   plain file, which is never replaced, and for a name that the system cannot keep
 */
export async function exportedBefore(path: string, replace: boolean): Promise<Stats | null> {
  requireAllowedPath(path)
  const found = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return null
    throw asNotWritable(error, path)
  })
  if (found === null) return null
  if (!found.isFile()) throw new AppError('path.not-writable', { path, reason: kindOf(found) })
  if (!replace) throw new AppError('path.exists', { path })
  return found
}

const kindOf = (found: Stats): string => {
  if (found.isDirectory()) return 'it is a folder'
  if (found.isSymbolicLink()) return 'it is a symbolic link; give the path of the file itself'
  if (found.isFIFO()) return 'it is a named pipe, not a file'
  return found.isSocket() ? 'it is a socket, not a file' : 'it is a device, not a file'
}

/**
 * The one writer of every file that the user names: as `writeThroughDraft`, but onto nothing or, if
 * asked, onto a plain file, whose permissions stay. A file that appears meanwhile is not overwritten unless asked.
 * Missing folders are created.
 * @returns what `fill` returns
 * @throws AppError `path.exists`, `path.not-writable`; an AppError of `fill` as it is
 */
export async function writeExport<T>(
  path: string,
  fill: (file: FileHandle) => Promise<T>,
  { replace = false, flush = true }: ExportOptions = {},
): Promise<T> {
  const before = await exportedBefore(path, replace)
  try {
    makeFolders(dirname(path))
  } catch (error) {
    throw asNotWritable(error, path)
  }
  return writeThroughDraft(
    path,
    async (file) => {
      // Windows has no such permissions, and a network drive may refuse to set them.
      if (before !== null) await file.chmod(before.mode & 0o777).catch(() => undefined)
      return fill(file)
    },
    { flush, isPrivate: false, publish: (draft) => publishExport(draft, path, replace) },
  )
}

/** `writeExport` of a content that is ready. */
export const exportContent = (
  path: string,
  content: Uint8Array | string,
  options: ExportOptions = {},
): Promise<void> => writeExport(path, (file) => file.writeFile(content), options)

/**
 * Puts a finished draft, in the same folder, at the path of an export.
 * @throws AppError `path.exists`, `path.not-writable`
 */
export async function publishExport(draft: string, path: string, replace: boolean): Promise<void> {
  // Writing may have taken minutes.
  await exportedBefore(path, replace)
  if (replace) return moveFile(draft, path)
  try {
    // Unlike a renaming, a link fails if there is something meanwhile.
    await link(draft, path)
  } catch (error) {
    if (isAlreadyThere(error)) throw new AppError('path.exists', { path }, { cause: error })
    return renameOntoNothing(draft, path)
  }
  await removeFile(draft)
}

/** For disks without hard links, such as FAT: the path is reserved first. */
async function renameOntoNothing(draft: string, path: string): Promise<void> {
  try {
    await (await open(path, 'wx')).close()
  } catch (error) {
    if (isAlreadyThere(error)) throw new AppError('path.exists', { path }, { cause: error })
    throw error
  }
  try {
    await moveFile(draft, path)
  } catch (error) {
    await removeFile(path)
    throw error
  }
}

const isAlreadyThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'
