import type { Readable } from '../database.ts'
import { prepared } from './prepared.ts'
import { listRegionEntries, type StoredRegionEntry } from './regions.ts'
import { undoneEntries } from './undo-chains.ts'

/**
 * The entries in effect: those of changes that undo nothing, and were not undone, or redone since. An undo contains what
 * counted before it where it was made. Changes from another workspace can count since, so only these entries say what counts.
 */
export function entriesInEffect(entries: readonly StoredRegionEntry[]): StoredRegionEntry[] {
  const undone = undoneEntries(entries.map(({ changeId, undoes }) => [changeId, undoes]))
  return entries.filter(({ undoes, changeId }) => undoes === null && !undone.has(changeId))
}

/** The newest entry of each region, deleted ones included, in the order in which they were drawn. */
export function newestEntries(entries: readonly StoredRegionEntry[]): StoredRegionEntry[] {
  const newest = new Map<number, StoredRegionEntry>()
  for (const entry of entries) newest.set(entry.regionId, entry)
  return [...newest.values()].toSorted((a, b) => a.regionId - b.regionId)
}

/** The entry in effect of each region of an image, deleted ones included; a region whose drawing was undone has none. */
export const listRegionStates = (database: Readable, imageId: number): StoredRegionEntry[] =>
  newestEntries(entriesInEffect(listRegionEntries(database, imageId)))

/**
 * SQL: whether an image has changes from another workspace. Without one, the newest row of a region says what is in effect,
 * and no entry need be read.
 */
export const hasReceivedRegions = (imageId: string): string =>
  `EXISTS (SELECT 1 FROM region_changes WHERE image_id = ${imageId} AND order_ms IS NOT NULL)`

/** Number of regions of an image that are not deleted. */
export function countCurrentRegions(database: Readable, imageId: number): number {
  const { isReceived, n } = prepared<[{ imageId: number }], { isReceived: number; n: number }>(
    database,
    `SELECT ${hasReceivedRegions(':imageId')} AS isReceived, count(*) AS n FROM region_entries e
     WHERE e.geometry IS NOT NULL AND e.id IN (
       SELECT max(newest.id) FROM regions r JOIN region_entries newest ON newest.region_id = r.id
       WHERE r.image_id = :imageId GROUP BY r.id)`,
  ).get({ imageId }) as { isReceived: number; n: number }
  return isReceived === 0
    ? n
    : listRegionStates(database, imageId).filter(({ geometryText }) => geometryText !== null).length
}
