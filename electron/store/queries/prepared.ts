import type { Statement } from 'better-sqlite3'
import type { Readable } from '../database.ts'

const statements = new WeakMap<Readable, Map<string, Statement>>()

/** A statement that is prepared once for each database, for queries that run for every image of a step. */
export const prepared = <P extends unknown[], R>(database: Readable, sql: string): Statement<P, R> =>
  preparedAs(database, sql, false)

/** The same, giving rows as arrays. */
export const preparedRaw = <P extends unknown[], R>(database: Readable, sql: string): Statement<P, R> =>
  preparedAs(database, sql, true)

function preparedAs<P extends unknown[], R>(
  database: Readable,
  sql: string,
  isRaw: boolean,
): Statement<P, R> {
  const ofDatabase = statements.get(database) ?? new Map<string, Statement>()
  statements.set(database, ofDatabase)
  // Whether rows are arrays is set on the statement itself.
  const key = `${isRaw ? 'raw' : ''} ${sql}`
  const known = ofDatabase.get(key)
  if (known !== undefined) return known as Statement<P, R>
  const statement = isRaw ? database.prepare(sql).raw() : database.prepare(sql)
  ofDatabase.set(key, statement)
  return statement as Statement<P, R>
}
