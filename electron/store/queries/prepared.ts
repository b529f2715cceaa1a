import type { Statement } from 'better-sqlite3'
import type { Readable } from '../database.ts'

const statements = new WeakMap<Readable, Map<string, Statement>>()

/** A statement that is prepared once for each database, for queries that run for every image of a step. */
export function prepared<P extends unknown[], R>(database: Readable, sql: string): Statement<P, R> {
  const ofDatabase = statements.get(database) ?? new Map<string, Statement>()
  statements.set(database, ofDatabase)
  const statement = ofDatabase.get(sql) ?? database.prepare(sql)
  ofDatabase.set(sql, statement)
  return statement as Statement<P, R>
}
