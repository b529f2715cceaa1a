import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { asPathError } from '../../base/path-errors.ts'
import { AppError, hasCode, type RegionImportReport } from '../../contract/index.ts'
import {
  getImage,
  hasRegionUuid,
  insertRegion,
  listClasses,
  type NewRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { isSameContent, recordChange, refuseMore, type RegionContent } from './change-regions.ts'
import { checkedGeometry } from '../../engine/regions/geometry.ts'
import { readGeojson, type ReadFeature, type RefusedFeature } from '../../engine/regions/geojson.ts'
import { standingRegions } from './standing.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

/** Longer files are refused unread. */
const mostBytes = 32 * 1024 * 1024

interface GivenFile {
  /** What people call it. */
  name: string
  text: string
}

/** @throws AppError `path.not-found`, `path.unreadable`, `region.invalid-file` */
export async function openRegionFile(path: string): Promise<GivenFile> {
  const name = basename(path)
  try {
    const { size } = await stat(path)
    if (size > mostBytes) {
      const reason = `it has ${size} bytes; at most ${mostBytes} are read`
      throw new AppError('region.invalid-file', { file: name, reason })
    }
    return { name, text: await readFile(path, 'utf8') }
  } catch (error) {
    throw asPathError(error, path)
  }
}

/**
 * Takes the annotations of a GeoJSON file into an image, as one change that one undo takes back. A feature with
 * the id of a region that stands here is that region: where it says the same, nothing happens; where it says
 * something else, the region follows it. Any other feature becomes a new region, under its own id where no region
 * of the workspace bears that. A feature that cannot be taken is told; the others go in.
 * @throws AppError `image.not-found`, `region.invalid-file`, `region.unknown-classes`, `region.invalid`
 */
export function importRegions(
  database: Writable,
  imageId: number,
  { name, text }: GivenFile,
  { unknownClasses, reader }: { unknownClasses: 'drop' | 'refuse'; reader: RegionReader },
): RegionImportReport {
  const { features, refused } = readGeojson(text, name)
  return database.transaction(() => {
    const image = getImage(database, imageId)
    const scheme = listClasses(database).map((tissueClass) => tissueClass.name)
    const unknown = countUnknown(features, scheme)
    if (unknown.length > 0 && unknownClasses === 'refuse') {
      throw new AppError('region.unknown-classes', { classes: unknown.map((one) => one.name), known: scheme })
    }
    const here = new Map(
      standingRegions(readableEntries(database, imageId, reader), image).map((region) => [
        region.uuid,
        region,
      ]),
    )
    const taken = new Set<string>()
    const report: RegionImportReport = { added: 0, changed: 0, known: 0, unknownClasses: unknown, refused }
    const changes: { uuid: string | null; regionId: number | null; content: RegionContent }[] = []
    for (const feature of features) {
      const read = contentOf(feature, image, scheme)
      if ('reason' in read) {
        refused.push(read)
        continue
      }
      const isRepeated = feature.uuid !== null && taken.has(feature.uuid)
      const uuid = isRepeated ? null : feature.uuid
      const region = uuid === null ? undefined : here.get(uuid)
      if (uuid !== null) taken.add(uuid)
      if (region === undefined) report.added++
      else if (isSameContent(region, read)) report.known++
      else report.changed++
      if (region === undefined || !isSameContent(region, read)) {
        changes.push({ uuid, regionId: region?.id ?? null, content: read })
      }
    }
    refused.sort((a, b) => a.feature - b.feature)
    refuseMore(database, image, report.added)
    const entries = changes.map(({ uuid, regionId, content }): NewRegionEntry => {
      const isFree = uuid !== null && !hasRegionUuid(database, uuid)
      const id = regionId ?? insertRegion(database, imageId, isFree ? uuid : randomUUID())
      return { ...content, regionId: id }
    })
    if (entries.length > 0)
      recordChange(database, image, reader, entries, { reason: `Imported from ${name}` })
    return report
  })()
}

const isSameClass = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function countUnknown(
  features: readonly ReadFeature[],
  scheme: readonly string[],
): { name: string; features: number }[] {
  const counts = new Map<string, number>()
  for (const { className } of features) {
    if (className === null || scheme.some((known) => isSameClass(known, className))) continue
    counts.set(className, (counts.get(className) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => ({ name, features: count }))
}

function contentOf(
  { feature, geometry, className, name, comment }: ReadFeature,
  size: { widthPx: number; heightPx: number },
  scheme: readonly string[],
): RegionContent | RefusedFeature {
  try {
    return {
      geometry: checkedGeometry(geometry, size),
      className: scheme.find((known) => className !== null && isSameClass(known, className)) ?? null,
      name,
      comment,
    }
  } catch (error) {
    if (!hasCode(error, 'region.invalid')) throw error
    return { feature, name, reason: (error as AppError<'region.invalid'>).details.reason }
  }
}
