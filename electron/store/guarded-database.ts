import type { Database, Statement } from 'better-sqlite3'
import { AppError } from '../contract/index.ts'
import type { Writable } from './database.ts'
import { asStoreError } from './store-errors.ts'

type AnyStatement = Statement

interface Guard {
  /** The workspace's folder. */
  readonly folder: string
  readonly isReadOnly: boolean
  /** Called before each transaction, and each statement outside of one, that may write. @throws AppError */
  readonly beforeWrite: () => void
}

/**
 * The connection as queries get it. Every failure of SQLite becomes an AppError with its sentence (`asStoreError`), and
 * before anything is written `beforeWrite` makes sure that the file is still the workspace's.
 */
export function guardDatabase(connection: Database, guard: Guard): Writable {
  const closed = (cause?: unknown): AppError => new AppError('workspace.none-open', {}, { cause })
  const failure = (error: unknown): unknown =>
    connection.open ? asStoreError(error, guard.folder) : closed(error)
  const beforeWrite = (): void => {
    if (!connection.open) throw closed()
    guard.beforeWrite()
  }
  return new GuardedDatabase(connection, { ...guard, beforeWrite, failure }) as unknown as Writable
}

interface NamingGuard extends Guard {
  /** The error to throw for a failure. A call may still wait for something when its workspace is closed. */
  readonly failure: (error: unknown) => unknown
}

class GuardedDatabase {
  readonly folder: string
  readonly isReadOnly: boolean
  readonly #connection: Database
  readonly #guard: NamingGuard

  constructor(connection: Database, guard: NamingGuard) {
    this.folder = guard.folder
    this.isReadOnly = guard.isReadOnly
    this.#connection = connection
    this.#guard = guard
  }

  prepare(sql: string): GuardedStatement {
    try {
      const statement = this.#connection.prepare(sql)
      return new GuardedStatement(this.#connection, statement, this.#guard)
    } catch (error) {
      throw this.#guard.failure(error)
    }
  }

  transaction<A extends unknown[], T>(work: (...given: A) => T): (...given: A) => T {
    if (!this.#connection.open) throw this.#guard.failure(undefined)
    const transaction = this.#connection.transaction(work)
    return (...given) => {
      if (!this.#connection.inTransaction) this.#guard.beforeWrite()
      try {
        return transaction(...given)
      } catch (error) {
        throw this.#guard.failure(error)
      }
    }
  }
}

class GuardedStatement {
  readonly #connection: Database
  readonly #statement: AnyStatement
  readonly #guard: NamingGuard

  constructor(connection: Database, statement: AnyStatement, guard: NamingGuard) {
    this.#connection = connection
    this.#statement = statement
    this.#guard = guard
  }

  run(...values: unknown[]): unknown {
    return this.#guarded(() => this.#statement.run(...values))
  }

  get(...values: unknown[]): unknown {
    return this.#guarded(() => this.#statement.get(...values))
  }

  all(...values: unknown[]): unknown[] {
    return this.#guarded(() => this.#statement.all(...values))
  }

  *iterate(...values: unknown[]): IterableIterator<unknown> {
    const rows = this.#guarded(() => this.#statement.iterate(...values))
    try {
      yield* rows
    } catch (error) {
      throw this.#guard.failure(error)
    }
  }

  raw(): this {
    this.#statement.raw()
    return this
  }

  pluck(): this {
    this.#statement.pluck()
    return this
  }

  #guarded<T>(work: () => T): T {
    if (!this.#statement.readonly && !this.#connection.inTransaction) this.#guard.beforeWrite()
    try {
      return work()
    } catch (error) {
      throw this.#guard.failure(error)
    }
  }
}
