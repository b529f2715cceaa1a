import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { patientlySync } from '../base/patient-files.ts'
import { beforeFirst, eventHash } from './audit-chain.ts'
import type { HashedEvent } from './queries/audit.ts'

const walOf = (path: string): string => `${path}-wal`
const shmOf = (path: string): string => `${path}-shm`

/** Whether a process ended without closing the database: what it committed last may be in the log alone. */
const hasLog = (path: string): boolean => (statSync(walOf(path), { throwIfNoEntry: false })?.size ?? 0) > 0

/**
 * A log (`-wal`) that does not belong to its database is set aside, renamed and never deleted: only
 * the database of a backup was put back into the folder of a process that was killed. SQLite cannot tell: it mixes them.
 *
 * Neither names nor times of the files are a proof, so both states are examined: the log is set aside if the
 * database is damaged with it (its structure, its references, or the chain of its audit events) and sound without it.
 * The caller holds the lock. Call it before the database is opened for writing, which copies the log into it.
 * @returns the new names of the files that were set aside; empty: the log belongs to the database, or there is none
 */
export function setStaleLogAside(path: string): string[] {
  if (!hasLog(path) || isSound(path) || !isSoundAlone(path)) return []
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  return [walOf(path), shmOf(path)].filter(existsSync).map((file) => {
    const aside = freeName(`${file}-set-aside-${stamp}`)
    patientlySync(() => renameSync(file, aside))
    return basename(aside)
  })
}

function freeName(wanted: string): string {
  let name = wanted
  for (let n = 2; existsSync(name); n++) name = `${wanted}-${n}`
  return name
}

/** The database without its log, in a copy, since SQLite always reads a log that is there. */
function isSoundAlone(path: string): boolean {
  // Beside it, where there is room for it and where its content may be; removed at once.
  const folder = mkdtempSync(join(dirname(path), 'examined-'))
  try {
    const copy = join(folder, basename(path))
    copyFileSync(path, copy)
    return isSound(copy)
  } finally {
    patientlySync(() => rmSync(folder, { recursive: true, force: true }))
  }
}

/** Whether a database, with its log, is whole as far as SQLite and the hashes of the audit trail tell. */
function isSound(path: string): boolean {
  let connection: Database | undefined
  try {
    // Reading copies nothing from the log into the database.
    connection = new Sqlite(path, { readonly: true, fileMustExist: true })
    const isWhole = connection.pragma('integrity_check(1)', { simple: true }) === 'ok'
    return isWhole && isEmpty(connection.pragma('foreign_key_check')) && isChained(connection)
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  } finally {
    connection?.close()
  }
}

const isEmpty = (rows: unknown): boolean => Array.isArray(rows) && rows.length === 0

const isDamage = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR|SCHEMA)/.test(error.code)

/** Whether each event follows the one before it. */
function isChained(connection: Database): boolean {
  // Before its fifth format a workspace had no trail.
  if (Number(connection.pragma('user_version', { simple: true })) < 5) return true
  const events = connection
    .prepare<[], HashedEvent>(
      `SELECT id, at, kind, reader, object, before_json AS before, after_json AS after, reason, hash
       FROM audit_events ORDER BY id`,
    )
    .iterate()
  let previous = beforeFirst
  let count = 0
  for (const event of events) {
    if (event.id !== ++count || eventHash(previous, event) !== event.hash) return false
    previous = event.hash
  }
  return true
}
