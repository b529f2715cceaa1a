import Sqlite from 'better-sqlite3'
import { atOnce, withPauses, type Sliced } from '../base/slices.ts'
import { AppError } from '../contract/index.ts'
import type { Readable } from './database.ts'
import { guardDatabase } from './guarded-database.ts'
import { checkDatabase } from './queries/check.ts'
import { asStoreError } from './store-errors.ts'

/** A database as it is at one moment, whatever is written meanwhile. */
export interface ReadSnapshot {
  readonly database: Readable
  close(): void
}

/**
 * Opens a second connection to a database that is open for writing, inside one transaction that only reads.
 * @throws AppError as a query does (`asStoreError`)
 */
export function openReadSnapshot(path: string, folder: string): ReadSnapshot {
  let connection: Sqlite.Database | undefined
  try {
    connection = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 5000 })
    connection.pragma('trusted_schema = OFF')
    // The transaction begins with its first read.
    connection.exec('BEGIN')
    connection.prepare('SELECT count(*) FROM sqlite_schema').get()
  } catch (error) {
    connection?.close()
    throw asStoreError(error, folder)
  }
  const open = connection
  const beforeWrite = (): never => {
    throw new AppError('workspace.read-only', { path: folder })
  }
  return {
    database: guardDatabase(open, { folder, isReadOnly: true, beforeWrite }),
    close: () => open.close(),
  }
}

/** The reads of a workspace that have not ended. */
export class Reads {
  readonly #open: () => ReadSnapshot | null
  readonly #own: Readable
  readonly #running = new Set<ReadSnapshot>()

  /**
   * @param open null: the database's file is not there any more
   * @param own the connection that is read at once in that case
   */
  constructor(open: () => ReadSnapshot | null, own: Readable) {
    this.#open = open
    this.#own = own
  }

  async read<R>(work: (database: Readable) => Sliced<R>): Promise<R> {
    const snapshot = this.#open()
    if (snapshot === null) return atOnce(work(this.#own))
    this.#running.add(snapshot)
    try {
      return await withPauses(work(snapshot.database))
    } finally {
      this.#running.delete(snapshot)
      snapshot.close()
    }
  }

  /** Ends them: their next query throws `workspace.none-open`. */
  close(): void {
    for (const snapshot of this.#running) snapshot.close()
  }
}

/**
 * Problems that SQLite finds in a database that may be open elsewhere (`checkDatabase`).
 * @throws AppError as a query does (`asStoreError`)
 */
export function checkDatabaseFile(path: string, folder: string): string[] {
  const snapshot = openReadSnapshot(path, folder)
  try {
    return checkDatabase(snapshot.database)
  } finally {
    snapshot.close()
  }
}
