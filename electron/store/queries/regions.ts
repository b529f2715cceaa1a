import type { RegionGeometry } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { insertReaderOnce } from './readings.ts'

/** The state of a region after a change; without a geometry it is deleted. */
export interface NewRegionEntry {
  regionId: number
  geometry: RegionGeometry | null
  className: string | null
  name: string | null
  comment: string | null
}

export interface StoredRegionEntry extends NewRegionEntry {
  id: number
  changeId: number
  uuid: string
  reader: string
  at: string
  /** The change that this one undoes. */
  undoes: number | null
}

interface EntryRow extends Omit<StoredRegionEntry, 'geometry'> {
  geometry: string | null
}

/** Creates regions without a state; the `uuids` must be unique. Returns their ids. */
export function insertRegions(database: Writable, imageId: number, uuids: readonly string[]): number[] {
  const insert = database.prepare('INSERT INTO regions (image_id, uuid) VALUES (?, ?)')
  return uuids.map((uuid) => Number(insert.run(imageId, uuid).lastInsertRowid))
}

/**
 * Records a reader's change to regions of an image, in one transaction. The caller has checked that the classes belong
 * to the scheme; any other class is a bug. Returns the change's id.
 */
export function insertRegionChange(
  database: Writable,
  change: { imageId: number; reader: string; undoes: number | null; entries: readonly NewRegionEntry[] },
): number {
  return database.transaction(() => {
    const at = new Date().toISOString()
    insertReaderOnce(database, change.reader, at)
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO region_changes (image_id, reader_id, at, undoes)
         SELECT ?, id, ?, ? FROM readers WHERE name = ?`,
      )
      .run(change.imageId, at, change.undoes, change.reader)
    const insert = database.prepare(
      `INSERT INTO region_entries (change_id, region_id, geometry, class_id, name, comment)
       SELECT ?, r.id, ?, c.id, ?, ? FROM regions r LEFT JOIN classes c ON c.name = ?
       WHERE r.id = ? AND (c.id IS NOT NULL OR ? IS NULL)`,
    )
    for (const { regionId, geometry, className, name, comment } of change.entries) {
      const text = geometry === null ? null : JSON.stringify(geometry)
      const { changes } = insert.run(lastInsertRowid, text, name, comment, className, regionId, className)
      if (changes !== 1) throw new Error(`no region ${regionId} or no class ${String(className)}`)
    }
    return Number(lastInsertRowid)
  })()
}

const entryColumns = `SELECT e.id, h.id AS changeId, r.id AS regionId, r.uuid, d.name AS reader, h.at, h.undoes,
  e.geometry, c.name AS className, e.name, e.comment
  FROM region_changes h JOIN region_entries e ON e.change_id = h.id
  JOIN regions r ON r.id = e.region_id JOIN readers d ON d.id = h.reader_id
  LEFT JOIN classes c ON c.id = e.class_id`

const storedEntry = (row: EntryRow): StoredRegionEntry => ({
  ...row,
  geometry: row.geometry === null ? null : (JSON.parse(row.geometry) as RegionGeometry),
})

/** Every entry of the regions of an image, oldest first. */
export const listRegionEntries = (database: Readable, imageId: number): StoredRegionEntry[] =>
  database
    .prepare<[number], EntryRow>(`${entryColumns} WHERE h.image_id = ? ORDER BY e.id`)
    .all(imageId)
    .map(storedEntry)

/** Every entry of these regions, region by region, oldest first. */
export function listEntriesOfRegions(database: Readable, regionIds: readonly number[]): StoredRegionEntry[] {
  const query = database.prepare<[number], EntryRow>(`${entryColumns} WHERE e.region_id = ? ORDER BY e.id`)
  return regionIds.flatMap((regionId) => query.all(regionId).map(storedEntry))
}

/** Number of regions of an image whose newest entry is not a deletion. */
export const countCurrentRegions = (database: Readable, imageId: number): number =>
  (
    database
      .prepare<[number], { n: number }>(
        `SELECT count(*) AS n FROM region_entries e
         WHERE e.geometry IS NOT NULL AND e.id IN (
           SELECT max(newest.id) FROM regions r JOIN region_entries newest ON newest.region_id = r.id
           WHERE r.image_id = ? GROUP BY r.id)`,
      )
      .get(imageId) as { n: number }
  ).n

/** The image of a region, or null. */
export const findImageOfRegion = (database: Readable, regionId: number): number | null =>
  database
    .prepare<[number], { imageId: number }>('SELECT image_id AS imageId FROM regions WHERE id = ?')
    .get(regionId)?.imageId ?? null

/** Those of these UUIDs that any region of the workspace has, deleted ones included. */
export function takenRegionUuids(database: Readable, uuids: readonly string[]): Set<string> {
  const query = database.prepare('SELECT 1 FROM regions WHERE uuid = ?')
  return new Set(uuids.filter((uuid) => query.get(uuid) !== undefined))
}

/** Number of entries with a class. */
export const countClassedRegionEntries = (database: Readable): number =>
  (
    database.prepare('SELECT count(*) AS n FROM region_entries WHERE class_id IS NOT NULL').get() as {
      n: number
    }
  ).n

/** Whether there is a region without an entry, which Lobule never writes. */
export const hasRegionWithoutEntry = (database: Readable): boolean =>
  database
    .prepare(
      `SELECT 1 FROM regions r WHERE NOT EXISTS (SELECT 1 FROM region_entries e WHERE e.region_id = r.id) LIMIT 1`,
    )
    .get() !== undefined
