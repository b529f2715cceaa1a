import { exportContent, type ExportKind } from '../../base/export-file.ts'
import type { CallOutput } from '../../contract/index.ts'
import { appendEvent, getImage, listClasses, type Writable } from '../../store/index.ts'
import { writeGeojson } from '../../engine/regions/geojson.ts'
import { currentRegions } from './current-regions.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

export const regionFile: ExportKind = { what: 'a file of regions', endings: ['.geojson', '.json'] }

/**
 * Writes the current regions of an image as GeoJSON, into a file (complete or not at all) or, without a path, as text.
 * @throws AppError `image.not-found`, `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function exportRegions(
  database: Writable,
  { imageId, path, replace }: { imageId: number; path: string | null; replace: boolean },
  reader: RegionReader,
): Promise<CallOutput<'region.export'>> {
  const image = getImage(database, imageId)
  const regions = currentRegions(readableEntries(database, imageId, reader), image)
  const text = writeGeojson(regions, listClasses(database))
  if (path === null) return { regions: regions.length, path, text }
  await exportContent(path, text, { replace })
  appendEvent(database, {
    kind: 'export',
    object: { type: 'file', id: null, name: path },
    after: { image: imageId, regions: regions.length },
    reader: reader.name,
  })
  return { regions: regions.length, path, text: null }
}
