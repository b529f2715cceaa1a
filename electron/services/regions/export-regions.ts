import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { AppError, type CallOutput } from '../../contract/index.ts'
import { asNotWritable } from '../../engine/image/index.ts'
import { appendEvent, getImage, listClasses, type Writable } from '../../store/index.ts'
import { writeGeojson } from './geojson.ts'
import { standingRegions } from './standing.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

/**
 * The regions of an image, as they stand, as GeoJSON: into a file, whole or not at all, or as text.
 * @throws AppError `image.not-found`, `path.not-writable`, `region.file-exists` unless it may be replaced
 */
export async function exportRegions(
  database: Writable,
  { imageId, path, replace }: { imageId: number; path: string | null; replace: boolean },
  reader: RegionReader,
): Promise<CallOutput<'region.export'>> {
  const image = getImage(database, imageId)
  const regions = standingRegions(readableEntries(database, imageId, reader), image)
  const text = writeGeojson(regions, listClasses(database))
  if (path === null) return { regions: regions.length, path, text }
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(draft, text)
    // The place is taken first, so that a file that appears in between is not lost.
    if (!replace) await writeFile(path, '', { flag: 'wx' })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new AppError('region.file-exists', { path })
    throw asNotWritable(error, path)
  }
  appendEvent(database, {
    kind: 'export',
    object: { type: 'file', id: null, name: path },
    after: { image: imageId, regions: regions.length },
    reader: reader.name,
  })
  return { regions: regions.length, path, text: null }
}
