import type { RegionGeometry } from '../../contract/index.ts'
import { firstClassNames, renamedOrNull, type Rename } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { prepared } from './prepared.ts'
import { changeContent } from '../reading-keys.ts'
import { inOrder, type ReceivedPlace } from '../reading-order.ts'
import { insertReaderOnce } from './readings.ts'

/** The state of a region after a change; without a geometry it is deleted. */
export interface NewRegionEntry {
  readonly regionId: number
  /** The geometry as JSON. An import has thousands, so they stay text wherever they are only passed on. */
  readonly geometryText: string | null
  readonly className: string | null
  readonly name: string | null
  readonly comment: string | null
}

interface EntryRow {
  id: number
  changeId: number
  regionId: number
  uuid: string
  reader: string
  at: string
  orderMs: number | null
  undoes: number | null
  geometryText: string | null
  className: string | null
  name: string | null
  comment: string | null
}

/** An entry as it is stored. */
export class StoredRegionEntry implements NewRegionEntry {
  readonly id: number
  readonly changeId: number
  readonly regionId: number
  readonly uuid: string
  readonly reader: string
  readonly at: string
  /** Of a change that came from another workspace: its place in time. */
  readonly orderMs: number | null
  /** The change that this one undoes. */
  readonly undoes: number | null
  readonly geometryText: string | null
  readonly className: string | null
  readonly name: string | null
  readonly comment: string | null

  constructor(row: EntryRow) {
    this.id = row.id
    this.changeId = row.changeId
    this.regionId = row.regionId
    this.uuid = row.uuid
    this.reader = row.reader
    this.at = row.at
    this.orderMs = row.orderMs
    this.undoes = row.undoes
    this.geometryText = row.geometryText
    this.className = row.className
    this.name = row.name
    this.comment = row.comment
  }

  get geometry(): RegionGeometry | null {
    return this.geometryText === null ? null : (JSON.parse(this.geometryText) as RegionGeometry)
  }
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
  change: {
    imageId: number
    reader: string
    undoes: number | null
    entries: readonly NewRegionEntry[]
    /** Absent: now. */
    at?: string
    /** Absent: it is made here. */
    received?: ReceivedPlace
  },
): number {
  return database.transaction(() => {
    const at = change.at ?? new Date().toISOString()
    insertReaderOnce(database, change.reader, at)
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO region_changes (image_id, reader_id, at, undoes, import_id, order_ms)
         SELECT ?, id, ?, ?, ?, ? FROM readers WHERE name = ?`,
      )
      .run(
        change.imageId,
        at,
        change.undoes,
        change.received?.importId ?? null,
        change.received?.orderMs ?? null,
        change.reader,
      )
    const classIds = new Map(
      prepared<[], { id: number; name: string }>(database, 'SELECT id, name FROM classes')
        .all()
        .map(({ id, name }) => [name, id]),
    )
    const insert = prepared(
      database,
      `INSERT INTO region_entries (change_id, region_id, geometry, class_id, name, comment)
       SELECT ?, id, ?, ?, ?, ? FROM regions WHERE id = ?`,
    )
    for (const { regionId, geometryText, className, name, comment } of change.entries) {
      const classId = className === null ? null : classIds.get(className)
      if (classId === undefined) throw new Error(`no class ${String(className)}`)
      const { changes } = insert.run(lastInsertRowid, geometryText, classId, name, comment, regionId)
      if (changes !== 1) throw new Error(`no region ${regionId}`)
    }
    return Number(lastInsertRowid)
  })()
}

const entryColumns = `SELECT e.id, h.id AS changeId, r.id AS regionId, r.uuid, d.name AS reader, h.at, h.order_ms AS orderMs, h.undoes,
  e.geometry AS geometryText, c.name AS className, e.name, e.comment
  FROM region_changes h JOIN region_entries e ON e.change_id = h.id
  JOIN regions r ON r.id = e.region_id JOIN readers d ON d.id = h.reader_id
  LEFT JOIN classes c ON c.id = e.class_id`

/** Every entry of the regions of an image, in the order of their rows. */
export const listRegionEntriesByRow = (database: Readable, imageId: number): StoredRegionEntry[] =>
  prepared<[number], EntryRow>(database, `${entryColumns} WHERE h.image_id = ? ORDER BY e.id`)
    .all(imageId)
    .map((row) => new StoredRegionEntry(row))

/** What an entry says in every workspace that has it, its class by the first name (`firstClassNames`). */
export type ExchangedRegionEntry = Pick<
  StoredRegionEntry,
  'uuid' | 'geometryText' | 'className' | 'name' | 'comment'
>

export const exchangedEntries = (
  entries: readonly ExchangedRegionEntry[],
  first: Rename,
): ExchangedRegionEntry[] =>
  entries.map(({ uuid, geometryText, className, name, comment }) => ({
    ...{ uuid, geometryText, name, comment },
    className: renamedOrNull(className, first),
  }))

/** Every entry of the regions of an image, oldest first. */
export function listRegionEntries(database: Readable, imageId: number): StoredRegionEntry[] {
  const rows = listRegionEntriesByRow(database, imageId)
  if (rows.every(({ orderMs }) => orderMs === null)) return rows
  const changes = [...Map.groupBy(rows, ({ changeId }) => changeId).values()]
  const placed = changes.map((entries) => {
    const { at = '', orderMs = null, reader = '' } = entries[0] ?? {}
    return { at, orderMs, reader, entries }
  })
  const first = firstClassNames(database)
  return inOrder(placed, ({ reader, entries }) =>
    changeContent(reader, exchangedEntries(entries, first)),
  ).flatMap(({ entries }) => entries)
}

/** Every entry of these regions, region by region, oldest first. */
export function listEntriesOfRegions(database: Readable, regionIds: readonly number[]): StoredRegionEntry[] {
  const query = prepared<[number], EntryRow>(database, `${entryColumns} WHERE e.region_id = ? ORDER BY e.id`)
  return regionIds.flatMap((regionId) => {
    const rows = query.all(regionId)
    if (rows.every(({ orderMs }) => orderMs === null)) return rows.map((row) => new StoredRegionEntry(row))
    const ofImage = listRegionEntries(database, findImageOfRegion(database, regionId) ?? 0)
    return ofImage.filter((entry) => entry.regionId === regionId)
  })
}

/** The image of a region, or null. */
export const findImageOfRegion = (database: Readable, regionId: number): number | null =>
  database
    .prepare<[number], { imageId: number }>('SELECT image_id AS imageId FROM regions WHERE id = ?')
    .get(regionId)?.imageId ?? null

/** Those of these regions that the workspace has, deleted ones included, by their UUIDs. */
export function findRegions(
  database: Readable,
  uuids: readonly string[],
): Map<string, { id: number; imageId: number }> {
  const query = database.prepare<[string], { id: number; imageId: number }>(
    'SELECT id, image_id AS imageId FROM regions WHERE uuid = ?',
  )
  return new Map(
    uuids.flatMap((uuid) => {
      const found = query.get(uuid)
      return found === undefined ? [] : [[uuid, found]]
    }),
  )
}

/** Whether there is a region without an entry, which Lobule never writes. */
export const hasRegionWithoutEntry = (database: Readable): boolean =>
  database
    .prepare(
      `SELECT 1 FROM regions r WHERE NOT EXISTS (SELECT 1 FROM region_entries e WHERE e.region_id = r.id) LIMIT 1`,
    )
    .get() !== undefined
