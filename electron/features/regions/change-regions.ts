import { randomUUID } from 'node:crypto'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  type CallOutput,
  type ImageView,
  type RegionGeometry,
  type RegionView,
} from '../../contract/index.ts'
import {
  appendEvent,
  findImageOfRegion,
  getImage,
  insertRegion,
  insertRegionChange,
  listClasses,
  listRegionEntries,
  type NewRegionEntry,
  type StoredRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { checkedGeometry } from '../../engine/regions/geometry.ts'
import { newestEntries, standingRegions } from './standing.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

/** Of one image, standing ones. */
export const mostRegions = 20_000

export interface RegionContent {
  geometry: RegionGeometry
  className: string | null
  name: string | null
  comment: string | null
}

/**
 * Records what a reader did to regions of an image, with the event of the audit trail. The trail holds what
 * people call the regions; of their geometry a hash, since it may be long.
 */
export function recordChange(
  database: Writable,
  image: ImageView,
  { name: reader }: RegionReader,
  entries: readonly NewRegionEntry[],
  { undoes = null, reason = null }: { undoes?: number | null; reason?: string | null } = {},
): void {
  database.transaction(() => {
    const before = new Map(
      newestEntries(listRegionEntries(database, image.id)).map((entry) => [entry.regionId, entry]),
    )
    const change = insertRegionChange(database, { imageId: image.id, reader, undoes, entries })
    const object = { type: 'image', id: image.id, name: image.fileName }
    const stood = entries.flatMap(({ regionId }) => before.get(regionId) ?? [])
    appendEvent(database, {
      kind: 'region',
      object,
      before: stood.length === 0 ? null : told(stood),
      after: { change, undoes, ...told(entries) },
      reader,
      reason,
    })
  })()
}

/** One region in words; of several their number; and the SHA-256 of all that is stored of them. */
function told(entries: readonly (NewRegionEntry | StoredRegionEntry)[]): Record<string, unknown> {
  const contents = entries.map(({ regionId, geometry, className, name, comment }) => ({
    regionId,
    geometry,
    className,
    name,
    comment,
  }))
  const contentsSha256 = sha256(JSON.stringify(contents))
  const [only, ...others] = contents
  if (only === undefined || others.length > 0) return { regions: contents.length, sha256: contentsSha256 }
  const { geometry, ...said } = only
  return { ...said, kind: geometry?.kind ?? null, sha256: contentsSha256 }
}

/** @throws AppError `classes.unknown` */
function checkClass(database: Writable, className: string | null): void {
  const known = listClasses(database).map(({ name }) => name)
  if (className !== null && !known.includes(className))
    throw new AppError('classes.unknown', { className, known })
}

/**
 * Draws a region. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`, `region.invalid`
 */
export function addRegion(
  database: Writable,
  imageId: number,
  content: RegionContent,
  reader: RegionReader,
): RegionView {
  return database.transaction(() => {
    const image = getImage(database, imageId)
    checkClass(database, content.className)
    const geometry = checkedGeometry(content.geometry, image)
    refuseMore(database, image, 1)
    const regionId = insertRegion(database, imageId, randomUUID())
    recordChange(database, image, reader, [{ ...content, regionId, geometry }])
    return standingRegion(database, regionId, reader).region
  })()
}

/** @throws AppError `region.invalid` */
export function refuseMore(database: Writable, image: ImageView, added: number): void {
  const standing = standingRegions(listRegionEntries(database, image.id), image).length
  if (standing + added <= mostRegions) return
  const reason = `the image would have ${standing + added} regions; at most ${mostRegions} are kept`
  throw new AppError('region.invalid', { reason })
}

/** @throws AppError `region.not-found` where there is none, where it is deleted, or withheld from the reader */
function standingRegion(
  database: Writable,
  regionId: number,
  reader: RegionReader,
): { image: ImageView; region: RegionView } {
  const imageId = findImageOfRegion(database, regionId)
  if (imageId !== null) {
    const image = getImage(database, imageId)
    const entries = readableEntries(database, imageId, reader)
    const region = standingRegions(entries, image).find(({ id }) => id === regionId)
    if (region !== undefined) return { image, region }
  }
  throw new AppError('region.not-found', { region: String(regionId) })
}

/**
 * Gives a region another place, class, name or comment; what stands so already is no change.
 * @throws AppError `region.not-found`, `classes.unknown`, `region.invalid`
 */
export function changeRegion(
  database: Writable,
  regionId: number,
  changes: { [K in keyof RegionContent]?: RegionContent[K] | undefined },
  reader: RegionReader,
): RegionView {
  return database.transaction(() => {
    const { image, region } = standingRegion(database, regionId, reader)
    const given = changes.geometry
    const after: RegionContent = {
      geometry: given === undefined ? region.geometry : checkedGeometry(given, image),
      className: changes.className === undefined ? region.className : changes.className,
      name: changes.name === undefined ? region.name : changes.name,
      comment: changes.comment === undefined ? region.comment : changes.comment,
    }
    checkClass(database, after.className)
    if (!isSameContent(after, region)) recordChange(database, image, reader, [{ ...after, regionId }])
    return standingRegion(database, regionId, reader).region
  })()
}

export const isSameContent = (a: RegionContent, b: RegionContent): boolean =>
  a.className === b.className &&
  a.name === b.name &&
  a.comment === b.comment &&
  JSON.stringify(a.geometry) === JSON.stringify(b.geometry)

/** Answers the image that it was drawn on. @throws AppError `region.not-found` */
export function deleteRegion(database: Writable, regionId: number, reader: RegionReader): number {
  return database.transaction(() => {
    const { image } = standingRegion(database, regionId, reader)
    recordChange(database, image, reader, [gone(regionId)])
    return image.id
  })()
}

const gone = (regionId: number): NewRegionEntry => ({
  regionId,
  geometry: null,
  className: null,
  name: null,
  comment: null,
})

/**
 * Takes the newest change of a reader that still stands back, by a new one that says what stood before it; asked
 * again, the one before. Another reader's later change of the same regions is never overwritten.
 * @throws AppError `image.not-found`, `region.nothing-to-undo`, `region.changed-since`
 */
export function undoRegions(
  database: Writable,
  imageId: number,
  reader: RegionReader,
): CallOutput<'region.undo'> {
  return database.transaction(() => {
    const image = getImage(database, imageId)
    const entries = listRegionEntries(database, imageId)
    const undone = new Set(entries.flatMap(({ undoes }) => undoes ?? []))
    const standing = entries.filter(({ undoes, changeId }) => undoes === null && !undone.has(changeId))
    const changeId = standing.findLast((entry) => entry.reader === reader.name)?.changeId
    if (changeId === undefined)
      throw new AppError('region.nothing-to-undo', { reader: reader.name, image: String(imageId) })
    const mine = standing.filter((entry) => entry.changeId === changeId)
    const after = mine.map(({ regionId }) => {
      const history = standing.filter((entry) => entry.regionId === regionId)
      const place = history.findIndex((entry) => entry.changeId === changeId)
      const later = history[place + 1]
      if (later !== undefined) throw new AppError('region.changed-since', { reader: later.reader })
      const before = history[place - 1]
      return before === undefined ? gone(regionId) : { ...contentOf(before), regionId }
    })
    recordChange(database, image, reader, after, { undoes: changeId })
    return { kind: kindOf(mine, after), regions: mine.length }
  })()
}

const contentOf = ({
  geometry,
  className,
  name,
  comment,
}: NewRegionEntry): Omit<NewRegionEntry, 'regionId'> => ({
  geometry,
  className,
  name,
  comment,
})

/** What a change was, by how regions stood after and before it. */
function kindOf(
  mine: readonly NewRegionEntry[],
  before: readonly NewRegionEntry[],
): CallOutput<'region.undo'>['kind'] {
  const kinds = new Set(
    mine.map(({ geometry }, place) => {
      if (geometry === null) return 'delete'
      return before[place]?.geometry === null ? 'add' : 'change'
    }),
  )
  const [only, ...others] = kinds
  return only === undefined || others.length > 0 ? 'several' : only
}
