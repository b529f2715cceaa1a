import type { WorkspaceInfo } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { listClasses } from './classes.ts'
import { countAgreed } from './readings.ts'

export function insertWorkspace(database: Writable, name: string): void {
  database
    .prepare('INSERT INTO workspace (id, name, created_at) VALUES (1, ?, ?)')
    .run(name, new Date().toISOString())
}

export interface WorkspaceCounts {
  name: string
  imageCount: number
  labelledCount: number
  modelCount: number
}

export function readWorkspace(database: Readable): WorkspaceCounts {
  const counted = database
    .prepare<[], Omit<WorkspaceCounts, 'labelledCount'>>(
      `SELECT name,
        (SELECT count(*) FROM images WHERE removed_at IS NULL) AS imageCount,
        (SELECT count(*) FROM models WHERE removed_at IS NULL) AS modelCount
      FROM workspace`,
    )
    .get() as Omit<WorkspaceCounts, 'labelledCount'>
  return { ...counted, labelledCount: countAgreed(database).labelled }
}

/** Undone ones count: what was recorded keeps its class. */
const classEntries = `(SELECT count(*) FROM labels WHERE is_comment IS NULL) +
  (SELECT count(*) FROM region_entries WHERE class_id IS NOT NULL)`

/** Number of entries of labels and regions that name a class, also those that were undone. */
export const countClassEntries = (database: Readable): number =>
  (database.prepare(`SELECT ${classEntries} AS n`).get() as { n: number }).n

export type StoredInfo = Omit<WorkspaceInfo, 'path' | 'bytes' | 'freeBytes' | 'readers'>

/** The part of the workspace's info that is in the database. */
export function readWorkspaceInfo(database: Readable): StoredInfo {
  const info = database
    .prepare<[], Omit<StoredInfo, 'classes' | 'labelled' | 'disputed' | 'unsure'>>(
      `SELECT name, created_at AS createdAt,
        (SELECT user_version FROM pragma_user_version) AS format,
        (SELECT count(*) FROM images WHERE removed_at IS NULL) AS images,
        (SELECT count(*) FROM images WHERE copied_path IS NOT NULL AND removed_at IS NULL) AS copied,
        (SELECT count(*) FROM cases) AS cases,
        (SELECT count(*) FROM labels) AS labelEntries,
        ${classEntries} AS classEntries,
        (SELECT count(*) FROM models WHERE removed_at IS NULL) AS models,
        (SELECT count(*) FROM verdicts) AS verdicts
      FROM workspace`,
    )
    .get() as Omit<StoredInfo, 'classes' | 'labelled' | 'disputed' | 'unsure'>
  const { byClass, ...counts } = countAgreed(database)
  const classes = listClasses(database).map(({ name, isPositive }) => ({
    name,
    isPositive,
    images: byClass.get(name) ?? 0,
  }))
  return { ...info, ...counts, classes }
}

/** Number of rows that this connection has changed so far: while it stays the same, so does the content. */
export const countChanges = (database: Readable): number =>
  (database.prepare('SELECT total_changes() AS n').get() as { n: number }).n
