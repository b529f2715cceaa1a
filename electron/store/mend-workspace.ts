import { join, resolve } from 'node:path'
import { realpathSync } from 'node:fs'
import Sqlite, { type Database } from 'better-sqlite3'
import { AppError } from '../contract/index.ts'
import type { Writable } from './database.ts'
import { asOpeningError, refuseForeign } from './connection.ts'
import { guardDatabase } from './guarded-database.ts'
import { FolderLock } from './lock.ts'
import { formatVersion } from './migrations/index.ts'
import { appendEvent } from './queries/audit.ts'
import { setStaleLogAside } from './stale-wal.ts'
import { compareSchema, describeDifference, type SchemaDifference } from './schema.ts'
import { databaseName, isWorkspace } from './workspace.ts'

/** The first format with an audit trail. */
const firstAuditedFormat = 5
/** The first format with users. */
const firstFormatWithUsers = 30

export interface Mended {
  path: string
  /** One for each difference, as `describeDifference`. */
  mended: string[]
  /** The database as it was before, in the folder of the workspace. */
  copy: string
}

/** Who mends a workspace, for the event. */
export interface Mender {
  reader: string | null
  /** Why no user signed in, although the workspace has users. */
  withoutSignIn?: string
}

interface Mending {
  program: string
  /** The reader of this machine, who mends a workspace of a format without users. */
  reader: string
  reason: string
  /**
   * Refuses who may not mend; called before anything is changed or copied. Its database is `isReadOnly` where a trigger is
   * not Lobule's: nothing may be written, since the trigger would act on it.
   */
  admit: (database: Writable) => Mender | Promise<Mender>
}

/**
 * Makes the tables, indexes, triggers and views of a workspace that is not open as Lobule made them: removes foreign
 * ones and puts missing or changed indexes and triggers back. Rows stay as they are. Keeps a copy of the database and
 * adds an event with what was found.
 * @throws AppError `workspace.not-found`, `workspace.locked`, `workspace.newer`, `workspace.nothing-to-mend`;
 * `workspace.corrupt` if a table of Lobule is missing or was changed; what `admit` throws
 */
export async function mendWorkspace(
  path: string,
  { program, reader, reason, admit }: Mending,
): Promise<Mended> {
  if (!isWorkspace(path)) throw new AppError('workspace.not-found', { path: resolve(path) })
  const root = realpathSync(path)
  const lock = new FolderLock(root, program)
  let database: Database | undefined
  try {
    setStaleLogAside(join(root, databaseName))
    database = new Sqlite(join(root, databaseName), { fileMustExist: true })
    refuseForeign(database, root)
    database.pragma('trusted_schema = OFF')
    const hasTrigger = mendable(database, root).some(
      ({ difference, type }) => type === 'trigger' && difference !== 'missing',
    )
    const guarded = guardDatabase(database, {
      folder: root,
      isReadOnly: hasTrigger,
      beforeWrite: () => undefined,
    })
    const mender = formatVersion(database) < firstFormatWithUsers ? { reader } : await admit(guarded)
    return { path: root, ...mend(database, guarded, { root, reason, ...mender }) }
  } catch (error) {
    throw asOpeningError(error, root)
  } finally {
    database?.close()
    lock.release()
  }
}

/**
 * What is to be mended.
 * @throws AppError `workspace.nothing-to-mend`, `workspace.corrupt`
 */
function mendable(database: Database, root: string): SchemaDifference[] {
  const differences = compareSchema(database)
  if (differences.length === 0) throw new AppError('workspace.nothing-to-mend', { path: root })
  const lost = differences.find(({ difference, type }) => difference !== 'foreign' && type === 'table')
  if (lost !== undefined)
    throw new AppError('workspace.corrupt', { path: root, reason: describeDifference(lost) })
  return differences
}

function mend(
  database: Database,
  guarded: Writable,
  { root, reason, reader, withoutSignIn }: Mender & { root: string; reason: string },
): Omit<Mended, 'path'> {
  // Again: a sign-in takes a while.
  const differences = mendable(database, root)
  const copy = join(root, `before-mending-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.sqlite`)
  database.prepare('VACUUM INTO ?').run(copy)
  // A foreign table may refer to others in any way.
  database.pragma('foreign_keys = OFF')
  const found = database
    .prepare<[string], { sql: string | null }>(
      `SELECT sql FROM sqlite_schema WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name`,
    )
    .all(JSON.stringify(differences.map(({ name }) => name)))
    .map(({ sql }) => sql)
  const mended = differences.map(describeDifference)
  database.transaction(() => {
    for (const difference of differences.toSorted((a, b) => rank(a) - rank(b))) replace(database, difference)
    const [left] = compareSchema(database)
    if (left !== undefined)
      throw new AppError('workspace.corrupt', { path: root, reason: describeDifference(left) })
    if (formatVersion(database) < firstAuditedFormat) return
    appendEvent(guarded, {
      kind: 'chain',
      object: { type: 'workspace', id: null, name: null },
      reader,
      before: { found },
      after: { mended, ...(withoutSignIn === undefined ? {} : { withoutSignIn }) },
      reason,
    })
  })()
  return { mended, copy }
}

/** Triggers first, so that none sees what is removed after it; a virtual table removes its own tables. */
const order = ['trigger', 'view', 'virtual table']
const rank = ({ type }: SchemaDifference): number =>
  order.includes(type) ? order.indexOf(type) : order.length

function replace(database: Database, { difference, type, name, sql }: SchemaDifference): void {
  const kind = type === 'virtual table' ? 'table' : type
  if (difference !== 'missing') database.exec(`DROP ${kind} IF EXISTS "${name.replaceAll('"', '""')}"`)
  if (sql !== null) database.exec(sql)
}
