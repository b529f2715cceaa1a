import type { Database } from 'better-sqlite3'

/** One step of the format; the database's `user_version` after it is `version`. */
export interface Migration {
  version: number
  sql: string
  /** What SQL cannot do; in the same transaction, after `sql`. */
  then?: (database: Database) => void
}
