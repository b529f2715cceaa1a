import type { Database } from 'better-sqlite3'

/** The database for queries that only read. */
export type Readable = Pick<Database, 'prepare'> & { readonly __readable?: true }

/** The database for queries that write; only `openDatabase` creates one. */
export type Writable = Readable & Pick<Database, 'transaction'> & { readonly __writable: true }
