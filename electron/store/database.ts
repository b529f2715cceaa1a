import type { Database } from 'better-sqlite3'

/** The database for queries that only read. */
export interface Readable {
  prepare: Database['prepare']
  /** The workspace's folder, which relative paths in the database start from. */
  readonly folder: string
  /** Whether writes are refused, since the folder or its database may only be read. */
  readonly isReadOnly: boolean
  readonly __readable?: true
}

/** The database for queries that write; only `openDatabase` creates one. */
export interface Writable extends Readable {
  transaction: Database['transaction']
  readonly __writable: true
}
