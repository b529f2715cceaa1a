import { setImmediate } from 'node:timers/promises'
import Sqlite, { type Database } from 'better-sqlite3'
import { throwIfCancelled } from '../base/cancellation.ts'
import { AppError } from '../contract/index.ts'
import { beforeFirst, eventHash } from './audit-chain.ts'
import { knownVersion } from './migrations/index.ts'
import type { HashedEvent } from './queries/audit.ts'
import { asStoreError } from './store-errors.ts'

export interface SnapshotRun {
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

/** Two megabytes: a few milliseconds, then other work gets its turn. */
const pagesPerStep = 512
const eventsPerBatch = 2000

/** A database and what SQLite keeps beside it: gone once nothing uses it, unless the disk is full or the program is killed. */
export const databaseFiles = (path: string): string[] =>
  ['', '-wal', '-shm', '-journal'].map((ending) => path + ending)

/**
 * Copies a database as it is at this moment into a new file, while it may be written, by this or by another process: the
 * copy is of one transaction. It needs no lock of the workspace.
 * @throws AppError as a write does (`asStoreError`, with the path of the copy); `job.cancelled`
 */
export async function snapshotDatabase(
  path: string,
  target: string,
  { signal, onProgress }: SnapshotRun = {},
): Promise<void> {
  let source: Database | undefined
  try {
    source = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 5000 })
    // The transaction begins with its first read; without it, each write of others would begin the copy again.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    await source.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        throwIfCancelled(signal)
        onProgress?.(totalPages - remainingPages, totalPages)
        return pagesPerStep
      },
    })
    leaveLogBehind(target)
  } catch (error) {
    throw asStoreError(error, target)
  } finally {
    source?.close()
  }
}

/** A copy is one file: with the mark of a log, SQLite makes one beside it as soon as the copy is read. */
function leaveLogBehind(path: string): void {
  const copy = new Sqlite(path)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

/** What is known of a database without opening it as a workspace. */
export interface DatabaseFacts {
  /** Damage that SQLite or the hashes of the audit trail show; null: the database is whole. */
  readonly damage: string | null
  readonly name: string
  readonly createdAt: string
  readonly format: number
  readonly head: { event: number; hash: string } | null
  readonly images: number
  readonly labels: number
  readonly models: number
  /** Booster texts and vectors of training images that its models need. */
  readonly modelFiles: readonly { model: string; sha256: string; isReference: boolean }[]
  /** Paths of copied images, inside the workspace. */
  readonly copies: readonly string[]
  /** SHA-256 of each map of an analysed slide. */
  readonly slideMaps: readonly string[]
}

/**
 * Reads and checks a copy of a database: its structure, its references, and the chain of its audit events, in steps
 * between which other work gets its turn.
 * @throws AppError `workspace.corrupt`, `workspace.newer`, `job.cancelled`
 */
export async function examineDatabase(path: string, signal?: AbortSignal): Promise<DatabaseFacts> {
  let connection: Database | undefined
  try {
    connection = new Sqlite(path, { readonly: true, fileMustExist: true })
    const format = Number(connection.pragma('user_version', { simple: true }))
    if (format > knownVersion)
      throw new AppError('workspace.newer', { path, found: format, known: knownVersion })
    const damage = (await damageOf(connection, signal)) ?? (await brokenChain(connection, format, signal))
    return { damage, format, ...factsOf(connection, format) }
  } catch (error) {
    const known = asStoreError(error, path)
    if (!(known instanceof Sqlite.SqliteError)) throw known
    throw new AppError('workspace.corrupt', { path, reason: known.message }, { cause: error })
  } finally {
    connection?.close()
  }
}

async function damageOf(connection: Database, signal: AbortSignal | undefined): Promise<string | null> {
  const tables = connection
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
    .all()
  for (const { name } of tables) {
    await setImmediate()
    throwIfCancelled(signal)
    const found = connection.pragma(`integrity_check('${name.replaceAll("'", "''")}')`, { simple: true })
    if (found !== 'ok') return String(found)
  }
  await setImmediate()
  const loose = connection.pragma('foreign_key_check') as { table: string }[]
  const [first] = loose
  return first === undefined ? null : `a row of ${first.table} refers to one that does not exist`
}

async function brokenChain(
  connection: Database,
  format: number,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (format < 5) return null
  const next = connection.prepare<[number, number], HashedEvent>(
    `SELECT id, at, kind, reader, object, before_json AS before, after_json AS after, reason, hash
     FROM audit_events WHERE id > ? ORDER BY id LIMIT ?`,
  )
  let previous = beforeFirst
  let count = 0
  for (;;) {
    await setImmediate()
    throwIfCancelled(signal)
    const events = next.all(count, eventsPerBatch)
    for (const event of events) {
      if (event.id !== ++count || eventHash(previous, event) !== event.hash)
        return `the audit trail is broken at event ${event.id}`
      previous = event.hash
    }
    if (events.length < eventsPerBatch) return null
  }
}

function factsOf(connection: Database, format: number): Omit<DatabaseFacts, 'damage' | 'format'> {
  const counted = connection
    .prepare<[], Omit<DatabaseFacts, 'damage' | 'format' | 'head' | 'modelFiles' | 'copies' | 'slideMaps'>>(
      `SELECT name, created_at AS createdAt, (SELECT count(*) FROM images) AS images,
        (SELECT count(*) FROM labels) AS labels, (SELECT count(*) FROM models) AS models FROM workspace`,
    )
    .get()
  if (counted === undefined)
    throw new AppError('workspace.corrupt', { path: connection.name, reason: 'it is empty' })
  const head =
    format < 5
      ? undefined
      : connection
          .prepare<[], { event: number; hash: string }>(
            'SELECT id AS event, hash FROM audit_events ORDER BY id DESC LIMIT 1',
          )
          .get()
  const boosters = connection
    .prepare<[], { model: string; sha256: string }>(
      'SELECT DISTINCT m.name AS model, b.text_sha256 AS sha256 FROM boosters b JOIN models m ON m.id = b.model_id',
    )
    .all()
  const references =
    format < 3
      ? []
      : connection
          .prepare<[], { model: string; sha256: string }>(
            `SELECT DISTINCT m.name AS model, r.content ->> '$.likeness.sha256' AS sha256
             FROM model_reports r JOIN models m ON m.id = r.model_id WHERE sha256 IS NOT NULL`,
          )
          .all()
  const copies =
    format < 2
      ? []
      : connection
          .prepare<[], { path: string }>(
            'SELECT DISTINCT copied_path AS path FROM images WHERE copied_path IS NOT NULL',
          )
          .all()
  const slideMaps =
    format < 21
      ? []
      : connection
          .prepare<[], { sha256: string }>('SELECT DISTINCT map_sha256 AS sha256 FROM slide_analyses')
          .all()
  return {
    ...counted,
    head: head ?? null,
    modelFiles: [
      ...boosters.map((file) => ({ ...file, isReference: false })),
      ...references.map((file) => ({ ...file, isReference: true })),
    ],
    copies: copies.map(({ path }) => path),
    slideMaps: slideMaps.map(({ sha256 }) => sha256),
  }
}
