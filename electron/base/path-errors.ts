import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AppError } from '../contract/errors.ts'

/** What the operating system's codes mean to a person; any other code is shown as it is. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EBUSY: 'it is in use',
  EEXIST: 'it exists already',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'its folder does not exist',
  EDQUOT: 'the disk is full for this user',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'the operation is not permitted',
  EROFS: 'the disk is read-only',
  ERR_INVALID_ARG_VALUE: 'it is not a possible path',
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? String(error.code) : null

const reasonOf = (error: unknown): string => {
  const code = codeOf(error)
  return code === null ? String(error) : (reasons[code] ?? code)
}

/** Whether the file system reported that there is nothing at the path. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')

/**
 * A failure to read as an AppError: `path.not-found`, `path.not-utf8` or `path.unreadable`. An AppError, and anything that the
 * file system did not report, is returned as it is.
 */
export function asPathError(error: unknown, path: string): unknown {
  if (error instanceof AppError || codeOf(error) === null) return error
  if (isMissing(error)) {
    // Node puts this sign in place of what it cannot read in a name, and then does not find the file.
    const code = path.includes('\uFFFD') ? 'path.not-utf8' : 'path.not-found'
    return new AppError(code, { path }, { cause: error })
  }
  return new AppError('path.unreadable', { path, reason: reasonOf(error) }, { cause: error })
}

/** The system's codes for a full disk, a read-only one, missing rights, and a failing disk. */
const diskCodes = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO']

/**
 * The last resort where a call or a job ends: a failure of the disk or its rights that no reader or writer has named
 * becomes `path.not-writable`. Anything else is returned as it is.
 */
export function asDiskError(error: unknown): unknown {
  if (error instanceof AppError || !diskCodes.includes(codeOf(error) ?? '')) return error
  const { path } = error as NodeJS.ErrnoException
  return path === undefined ? error : asNotWritable(error, path)
}

/** A failure to write as an AppError `path.not-writable`; an AppError is returned as it is. */
export function asNotWritable(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error as AppError
  const obstacle = codeOf(error) === 'ENOENT' ? obstacleAbove(path) : null
  return new AppError('path.not-writable', { path, reason: reasonOf(obstacle ?? error) }, { cause: error })
}

/**
 * Why nothing can be made in the nearest folder above that exists; null: it can. Where a disk is read-only, Node's recursive `mkdir`
 * reports that the folder above is missing.
 */
function obstacleAbove(path: string): unknown {
  let above = dirname(resolve(path))
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above)
  try {
    accessSync(above, constants.W_OK)
    return null
  } catch (error) {
    return error
  }
}
