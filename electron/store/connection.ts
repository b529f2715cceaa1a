import { dirname } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { AppError } from '../contract/index.ts'
import type { Writable } from './database.ts'
import { guardDatabase } from './guarded-database.ts'
import { formatVersion, knownVersion, migrate } from './migrations/index.ts'
import { asStoreError } from './store-errors.ts'
import { compareSchema, describeDifference, isHarmful } from './schema.ts'

/** 'LOBU': distinguishes a Lobule workspace from any other SQLite file. */
const applicationId = 0x4c4f4255

export interface OpenDatabase {
  readonly database: Writable
  /** Writes the database as it is now into a new file, also if its own file was deleted. */
  copyInto(path: string): void
  close(): void
}

interface HowToOpen {
  readonly mode: 'create' | 'open'
  /** Whether writes are refused once the database has the newest format. */
  readonly isReadOnly?: boolean
  /** Called before each write. @throws AppError */
  readonly beforeWrite?: () => void
}

/**
 * Opens a workspace's database and brings it to the newest format; `:memory:` for one that is not stored.
 * @throws AppError `workspace.newer`, `workspace.foreign-schema` (left untouched), `workspace.corrupt`, `workspace.disk-full`,
 *   `workspace.read-only`, `workspace.disk-error`, `workspace.locked`
 */
export function openDatabase(
  path: string,
  workspacePath: string,
  { mode, isReadOnly = false, beforeWrite = () => undefined }: HowToOpen,
): OpenDatabase {
  let connection: Database | undefined
  try {
    connection = new Sqlite(path, { fileMustExist: mode === 'open' })
    if (mode === 'open') {
      refuseForeign(connection, workspacePath)
      // Before anything is written: a foreign trigger would already act on a migration.
      refuseForeignSchema(connection, workspacePath)
      // A new database gets its log when it is opened: until then it is one file, which is whole once it has its name.
      connection.pragma('journal_mode = WAL')
    }
    // FULL: a stored label survives a power failure, not only a crash.
    connection.pragma('synchronous = FULL')
    connection.pragma('foreign_keys = ON')
    connection.pragma('trusted_schema = OFF')
    connection.pragma('busy_timeout = 5000')
    connection.pragma(`application_id = ${applicationId}`)
    migrate(connection)
    if (isReadOnly) connection.pragma('query_only = ON')
  } catch (error) {
    connection?.close()
    throw asOpeningError(error, workspacePath)
  }
  const open = connection
  const refuse = (): never => {
    throw new AppError('workspace.read-only', { path: workspacePath })
  }
  return {
    database: guardDatabase(open, {
      folder: workspacePath,
      isReadOnly,
      beforeWrite: isReadOnly ? refuse : beforeWrite,
    }),
    copyInto: (target) => {
      // Otherwise SQLite refuses to write any file, the new one included.
      open.pragma('query_only = OFF')
      try {
        open.prepare('VACUUM INTO ?').run(target)
      } catch (error) {
        throw asStoreError(error, dirname(target))
      } finally {
        open.pragma(`query_only = ${isReadOnly ? 'ON' : 'OFF'}`)
      }
    },
    close: () => open.close(),
  }
}

/** @throws AppError `workspace.corrupt` for a file that is not Lobule's, `workspace.newer` */
export function refuseForeign(connection: Database, workspacePath: string): void {
  if (Number(connection.pragma('application_id', { simple: true })) !== applicationId) {
    throw new AppError('workspace.corrupt', { path: workspacePath, reason: 'not a Lobule database' })
  }
  const found = formatVersion(connection)
  if (found > knownVersion) {
    throw new AppError('workspace.newer', { path: workspacePath, found, known: knownVersion })
  }
}

/** @throws AppError `workspace.foreign-schema` if something is in the database that could change what Lobule does */
function refuseForeignSchema(connection: Database, workspacePath: string): void {
  const harmful = compareSchema(connection).filter(isHarmful)
  if (harmful.length === 0) return
  throw new AppError('workspace.foreign-schema', {
    path: workspacePath,
    differences: harmful.map(describeDifference),
  })
}

/** While a database is opened, whatever else SQLite reports is damage, such as a migration that does not fit. */
export function asOpeningError(error: unknown, path: string): unknown {
  const known = asStoreError(error, path)
  if (!(known instanceof Sqlite.SqliteError)) return known
  return new AppError('workspace.corrupt', { path, reason: known.message }, { cause: error })
}
