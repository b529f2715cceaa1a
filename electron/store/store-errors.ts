import { existsSync, statfsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { AppError } from '../contract/index.ts'

/** A disk with less than this is full for SQLite: one more page and its entry in the log do not fit. */
const fullBelowBytes = 64 * 1024

const fileCodes: Readonly<Record<string, 'workspace.disk-full' | 'workspace.read-only'>> = {
  ENOSPC: 'workspace.disk-full',
  EDQUOT: 'workspace.disk-full',
  EROFS: 'workspace.read-only',
  EACCES: 'workspace.read-only',
  EPERM: 'workspace.read-only',
}

/**
 * A failure of SQLite, or of a file of the workspace's own, as an AppError with its sentence. Anything else, such as a
 * constraint that does not hold, is a bug and returned as it is.
 * @param path the workspace's folder
 */
export function asStoreError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  const cause = { cause: error }
  const fileCode = fileCodes[code]
  if (fileCode !== undefined) return new AppError(fileCode, { path }, cause)
  if (!(error instanceof Sqlite.SqliteError)) return error
  const reason = error.message
  // Extended codes begin with the primary one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
  const is = (primary: string): boolean => code === primary || code.startsWith(`${primary}_`)
  if (is('SQLITE_FULL')) return new AppError('workspace.disk-full', { path }, cause)
  // SQLite names a log that it cannot create or extend an error of the disk, also if the disk is only full.
  if ((is('SQLITE_IOERR') || is('SQLITE_CANTOPEN')) && isFull(path))
    return new AppError('workspace.disk-full', { path }, cause)
  // The file is no longer at its path.
  if (code === 'SQLITE_READONLY_DBMOVED') return new AppError('workspace.replaced', { path }, cause)
  if (is('SQLITE_READONLY') || is('SQLITE_PERM') || is('SQLITE_AUTH'))
    return new AppError('workspace.read-only', { path }, cause)
  if (is('SQLITE_BUSY') || is('SQLITE_LOCKED'))
    return new AppError('workspace.locked', { path, holder: 'another program' }, cause)
  if (is('SQLITE_CORRUPT') || is('SQLITE_NOTADB'))
    return new AppError('workspace.corrupt', { path, reason }, cause)
  if (is('SQLITE_IOERR') || is('SQLITE_CANTOPEN'))
    return new AppError('workspace.disk-error', { path, reason }, cause)
  return error
}

/** Whether the disk that holds a folder has no room left; false if that cannot be determined. */
function isFull(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize < fullBelowBytes
  } catch {
    return false
  }
}
