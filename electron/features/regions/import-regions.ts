import { randomUUID } from 'node:crypto'
import { zip } from '../../base/arrays.ts'
import type { Sliced } from '../../base/slices.ts'
import { AppError, type RegionImportReport } from '../../contract/index.ts'
import {
  entriesInEffect,
  findNamedClass,
  findRegions,
  getImage,
  insertRegions,
  listNamedClasses,
  newestEntries,
  type NamedClass,
  type NewRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { recordChange, requireRoomFor } from './change-regions.ts'
import type { CheckedFeature, ReadRegionFile } from '../../engine/regions/read-region-file.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

/** From so many changes on, the event loop turns before they are written. */
const manyRegions = 500

type ImportedContent = Omit<NewRegionEntry, 'regionId'>

export interface RegionFile extends ReadRegionFile {
  /** For messages. */
  name: string
}

/**
 * Imports the annotations of a GeoJSON file into an image, as one change that a single undo reverses. A feature with the
 * id of a current region of the image updates that region, or changes nothing if they are equal. Any other feature
 * becomes a new region, with its own id unless a region of the workspace has it.
 * @param file of `readRegionFile`, checked against the size of this image
 * Nothing else may change the regions of the image meanwhile (`Session.change`).
 * @throws AppError `image.not-found`, `region.unknown-classes`, `region.invalid`
 */
export function* importRegions(
  database: Writable,
  imageId: number,
  { name, features, refused }: RegionFile,
  { unknownClasses, reader }: { unknownClasses: 'drop' | 'refuse'; reader: RegionReader },
): Sliced<RegionImportReport> {
  const image = getImage(database, imageId)
  const scheme = listNamedClasses(database)
  const unknown = countUnknown(features, scheme)
  if (unknown.length > 0 && unknownClasses === 'refuse') {
    throw new AppError('region.unknown-classes', {
      classes: unknown.map(({ name: unknownName }) => unknownName),
      known: scheme.map(({ name: knownName }) => knownName),
    })
  }
  const current = new Map(
    newestEntries(entriesInEffect(readableEntries(database, imageId, reader))).flatMap((entry) =>
      entry.geometryText === null ? [] : [[entry.uuid, entry]],
    ),
  )
  const seen = new Set<string>()
  const report: RegionImportReport = { added: 0, changed: 0, known: 0, unknownClasses: unknown, refused }
  const changes: { uuid: string | null; regionId: number | null; content: ImportedContent }[] = []
  for (const feature of features) {
    const read = contentOf(feature, scheme)
    const isRepeated = feature.uuid !== null && seen.has(feature.uuid)
    const uuid = isRepeated ? null : feature.uuid
    const region = uuid === null ? undefined : current.get(uuid)
    if (uuid !== null) seen.add(uuid)
    if (region === undefined) report.added++
    else if (isSame(region, read)) report.known++
    else report.changed++
    if (region === undefined || !isSame(region, read)) {
      changes.push({ uuid, regionId: region?.regionId ?? null, content: read })
    }
  }
  if (changes.length >= manyRegions) yield
  database.transaction(() => {
    requireRoomFor(database, image, report.added)
    const added = changes.filter(({ regionId }) => regionId === null)
    const taken = findRegions(
      database,
      added.flatMap(({ uuid }) => uuid ?? []),
    )
    const ids = insertRegions(
      database,
      imageId,
      added.map(({ uuid }) => (uuid === null || taken.has(uuid) ? randomUUID() : uuid)),
    )
    const newIds = new Map(zip(added, ids))
    const entries = changes.map((change): NewRegionEntry => ({
      ...change.content,
      regionId: change.regionId ?? newIds.get(change) ?? 0,
    }))
    if (entries.length > 0) {
      // New regions have no earlier entries.
      const known = report.changed === 0 ? { history: [] } : {}
      recordChange(database, image, reader.name, entries, { reason: `Imported from ${name}`, ...known })
    }
  })()
  return report
}

const isSame = (entry: NewRegionEntry, content: ImportedContent): boolean =>
  entry.className === content.className &&
  entry.name === content.name &&
  entry.comment === content.comment &&
  entry.geometryText === content.geometryText

function countUnknown(
  features: readonly CheckedFeature[],
  scheme: readonly NamedClass[],
): { name: string; features: number }[] {
  const counts = new Map<string, number>()
  for (const { className } of features) {
    if (className === null || findNamedClass(scheme, className) !== undefined) continue
    counts.set(className, (counts.get(className) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => ({ name, features: count }))
}

const contentOf = (
  { geometryText, className, name, comment }: CheckedFeature,
  scheme: readonly NamedClass[],
): ImportedContent => ({
  geometryText,
  className: (className === null ? undefined : findNamedClass(scheme, className))?.name ?? null,
  name,
  comment,
})
