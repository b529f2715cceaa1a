import type { Database } from 'better-sqlite3'

/** What queries that only read take. */
export type Readable = Pick<Database, 'prepare'> & { readonly __readable?: true }

/** What queries that write take; only `openDatabase` makes one. */
export type Writable = Readable & Pick<Database, 'transaction'> & { readonly __writable: true }
