import { createHash, randomUUID } from 'node:crypto'
import { AppError, type ImageView, type RegionGeometry, type RegionView } from '../../contract/index.ts'
import {
  appendEvent,
  countCurrentRegions,
  findImageOfRegion,
  getImage,
  insertAction,
  insertRegions,
  joinAction,
  insertRegionChange,
  listEntriesOfRegions,
  listRegionEntries,
  newestEntries,
  requireClassName,
  requireReaderName,
  type ActionPart,
  type NewRegionEntry,
  type StoredRegionEntry,
  type Writable,
} from '../../store/index.ts'
import type { CheckedGeometry } from '../../engine/regions/geometry.ts'
import { currentRegions } from './current-regions.ts'
import { readableEntriesOf, type RegionReader } from './region-reader.ts'

/** From so many regions on, reading all entries of the image is faster than those of each region. */
const manyRegions = 50

/** Maximum number of current regions of an image. */
export const maxRegions = 20_000

export interface RegionContent {
  geometry: RegionGeometry
  className: string | null
  name: string | null
  comment: string | null
}

/** What a change undoes, and the step that does it. */
interface UndoneChange {
  change: number
  action: ActionPart
}

interface ChangeOptions {
  undone?: UndoneChange | null
  reason?: string | null
  /** Every earlier entry of the regions, if the caller has read them. */
  history?: readonly StoredRegionEntry[]
}

/** What a region gets: its geometry has been checked, which may take long, before anything is written. */
export interface CheckedContent extends RegionContent {
  geometry: CheckedGeometry
}

/**
 * Records a reader's change to regions of an image, with its audit event. The event holds class, name and comment, and a
 * hash of the geometry, which may be long. A change that undoes nothing is a step of its own. Returns its id.
 * @throws AppError `reader.looks-alike`
 */
export function recordChange(
  database: Writable,
  image: ImageView,
  reader: string,
  entries: readonly NewRegionEntry[],
  { undone = null, reason = null, history }: ChangeOptions = {},
): number {
  return database.transaction(() => {
    requireReaderName(database, reader)
    const replaced = newestEntries(history ?? entriesBefore(database, image.id, entries))
    const undoes = undone?.change ?? null
    const action = undone?.action ?? {
      id: insertAction(database, { reader, kind: 'region' }),
      isListed: true,
      isLast: true,
    }
    const change = insertRegionChange(database, { imageId: image.id, reader, undoes, entries })
    const object = { type: 'image', id: image.id, name: image.fileName }
    appendEvent(database, {
      kind: 'region',
      object,
      before: replaced.length === 0 ? null : auditSummary(replaced),
      after: { change, undoes, ...auditSummary(entries) },
      rows: {
        region_changes: [change],
        region_entries: [change],
        ...joinAction(database, action, { change }),
      },
      reader,
      reason,
    })
    return change
  })()
}

/** Every earlier entry of the regions of these new ones, all of one image. */
function entriesBefore(
  database: Writable,
  imageId: number,
  entries: readonly NewRegionEntry[],
): StoredRegionEntry[] {
  const ids = entries.map(({ regionId }) => regionId)
  if (ids.length < manyRegions) return listEntriesOfRegions(database, ids)
  const wanted = new Set(ids)
  return listRegionEntries(database, imageId).filter(({ regionId }) => wanted.has(regionId))
}

/** What the audit trail holds of regions: one with its properties, several with their number, and a SHA-256 of all. */
export function auditSummary(entries: readonly NewRegionEntry[]): Record<string, unknown> {
  const hash = createHash('sha256')
  // The JSON of all entries, from the texts of the geometries that are at hand.
  for (const [index, { regionId, geometryText, className, name, comment }] of entries.entries()) {
    const properties = JSON.stringify({ className, name, comment }).slice(1)
    const geometry = geometryText ?? 'null'
    hash.update(`${index === 0 ? '[' : ','}{"regionId":${regionId},"geometry":${geometry},${properties}`)
  }
  const sha256 = hash.update(entries.length === 0 ? '[]' : ']').digest('hex')
  const [only, ...others] = entries
  if (only === undefined || others.length > 0) return { regions: entries.length, sha256 }
  const { geometryText, ...properties } = only
  const kind = geometryText === null ? null : (JSON.parse(geometryText) as RegionGeometry).kind
  return { ...properties, kind, sha256 }
}

/** By the present name of its class. @throws AppError `classes.unknown` */
const withKnownClass = <T extends { className: string | null }>(database: Writable, content: T): T => ({
  ...content,
  className: content.className === null ? null : requireClassName(database, content.className),
})

/**
 * Adds a region. On disk when this returns. Its geometry has been checked against this image.
 * @throws AppError `image.not-found`, `classes.unknown`, `region.invalid` if the image has too many
 */
export function addRegion(
  database: Writable,
  imageId: number,
  content: CheckedContent,
  reader: RegionReader,
): RegionView {
  return database.transaction(() => {
    const image = getImage(database, imageId)
    const known = withKnownClass(database, content)
    requireRoomFor(database, image, 1)
    const [regionId = 0] = insertRegions(database, imageId, [randomUUID()])
    recordChange(database, image, reader.name, [entryOf(regionId, known)])
    return requireRegion(database, regionId, reader).region
  })()
}

/** @throws AppError `region.invalid` if the image would have too many regions */
export function requireRoomFor(database: Writable, image: ImageView, added: number): void {
  const current = countCurrentRegions(database, image.id)
  if (current + added <= maxRegions) return
  const reason = `the image would have ${current + added} regions; the maximum is ${maxRegions}`
  throw new AppError('region.invalid', { reason })
}

/** @throws AppError `region.not-found` if there is none, it is deleted, or it is hidden from the reader */
export function requireRegion(
  database: Writable,
  regionId: number,
  reader: RegionReader,
): { image: ImageView; region: RegionView } {
  const imageId = findImageOfRegion(database, regionId)
  if (imageId !== null) {
    const image = getImage(database, imageId)
    const entries = readableEntriesOf(database, [regionId], imageId, reader)
    const [region] = currentRegions(entries, image)
    if (region !== undefined) return { image, region }
  }
  throw new AppError('region.not-found', { region: String(regionId) })
}

/**
 * Changes the geometry, class, name or comment of a region. Without a difference, nothing is recorded.
 * @param changes with a geometry that has been checked against the region's image
 * @throws AppError `region.not-found`, `classes.unknown`
 */
export function changeRegion(
  database: Writable,
  regionId: number,
  changes: { [K in keyof CheckedContent]?: CheckedContent[K] | undefined },
  reader: RegionReader,
): RegionView {
  return database.transaction(() => {
    const { image, region } = requireRegion(database, regionId, reader)
    const { geometry } = changes
    const after = withKnownClass<RegionContent>(database, {
      geometry: geometry ?? region.geometry,
      className: changes.className === undefined ? region.className : changes.className,
      name: changes.name === undefined ? region.name : changes.name,
      comment: changes.comment === undefined ? region.comment : changes.comment,
    })
    if (!isSameContent(after, region)) recordChange(database, image, reader.name, [entryOf(regionId, after)])
    return requireRegion(database, regionId, reader).region
  })()
}

const entryOf = (
  regionId: number,
  { geometry, className, name, comment }: RegionContent,
): NewRegionEntry => ({ regionId, geometryText: JSON.stringify(geometry), className, name, comment })

const isSameContent = (a: RegionContent, b: RegionContent): boolean =>
  a.className === b.className &&
  a.name === b.name &&
  a.comment === b.comment &&
  JSON.stringify(a.geometry) === JSON.stringify(b.geometry)

/** Deletes a region and returns the id of its image. @throws AppError `region.not-found` */
export function deleteRegion(database: Writable, regionId: number, reader: RegionReader): number {
  return database.transaction(() => {
    const { image } = requireRegion(database, regionId, reader)
    recordChange(database, image, reader.name, [deletedEntry(regionId)])
    return image.id
  })()
}

/** The state of a region that is deleted or was never drawn. */
export const deletedEntry = (regionId: number): NewRegionEntry => ({
  regionId,
  geometryText: null,
  className: null,
  name: null,
  comment: null,
})
