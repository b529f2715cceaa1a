import { writeFile } from 'node:fs/promises'
import { writeThroughDraft } from '../../base/atomic-file.ts'
import { AppError, type CallOutput } from '../../contract/index.ts'
import { appendEvent, getImage, listClasses, type Writable } from '../../store/index.ts'
import { writeGeojson } from '../../engine/regions/geojson.ts'
import { currentRegions } from './current-regions.ts'
import { readableEntries, type RegionReader } from './region-reader.ts'

/**
 * Writes the current regions of an image as GeoJSON, into a file (complete or not at all) or, without a path, as text.
 * @throws AppError `image.not-found`, `path.not-writable`, `region.file-exists` unless `replace` is set
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
  await writeThroughDraft(path, async (file) => {
    await file.writeFile(text)
    if (!replace) await reserve(path)
  })
  appendEvent(database, {
    kind: 'export',
    object: { type: 'file', id: null, name: path },
    after: { image: imageId, regions: regions.length },
    reader: reader.name,
  })
  return { regions: regions.length, path, text: null }
}

/** Creates the file before the draft replaces it, so that a file that another program just wrote is not lost. */
async function reserve(path: string): Promise<void> {
  await writeFile(path, '', { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new AppError('region.file-exists', { path })
    throw error
  })
}
