import Sqlite, { type Database } from 'better-sqlite3'
import { AppError } from '../contract/index.ts'
import type { Writable } from './database.ts'
import { formatVersion, knownVersion, migrate } from './migrations/index.ts'

/** 'LOBU': distinguishes a Lobule workspace from any other SQLite file. */
const applicationId = 0x4c4f4255

export interface OpenDatabase {
  database: Writable
  close(): void
}

/**
 * Opens a workspace's database and brings it to the newest format; `:memory:` for one that is not stored.
 * @throws AppError `workspace.newer` (left untouched) or `workspace.corrupt`
 */
export function openDatabase(path: string, workspacePath: string, mode: 'create' | 'open'): OpenDatabase {
  let connection: Database | undefined
  try {
    connection = new Sqlite(path, { fileMustExist: mode === 'open' })
    if (mode === 'open') refuseForeign(connection, workspacePath)
    connection.pragma('journal_mode = WAL')
    // FULL: a stored label survives a power failure, not only a crash.
    connection.pragma('synchronous = FULL')
    connection.pragma('foreign_keys = ON')
    connection.pragma('trusted_schema = OFF')
    connection.pragma('busy_timeout = 5000')
    connection.pragma(`application_id = ${applicationId}`)
    migrate(connection)
  } catch (error) {
    connection?.close()
    throw asCorrupt(error, workspacePath)
  }
  const open = connection
  return { database: open as unknown as Writable, close: () => open.close() }
}

function refuseForeign(connection: Database, workspacePath: string): void {
  if (Number(connection.pragma('application_id', { simple: true })) !== applicationId) {
    throw new AppError('workspace.corrupt', { path: workspacePath, reason: 'not a Lobule database' })
  }
  const found = formatVersion(connection)
  if (found > knownVersion) {
    throw new AppError('workspace.newer', { path: workspacePath, found, known: knownVersion })
  }
}

function asCorrupt(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error
  return new AppError('workspace.corrupt', { path, reason: error.message }, { cause: error })
}
