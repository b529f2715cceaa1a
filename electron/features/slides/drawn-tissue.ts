import { randomUUID } from 'node:crypto'
import {
  AppError,
  tissueRegionName,
  type ImageView,
  type RegionGeometry,
  type RegionView,
} from '../../contract/index.ts'
import { insertRegions, listRegionEntries, type Readable, type Writable } from '../../store/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import type { TissueRequest } from '../../engine/tissue/describe-tissue.ts'
import { deletedEntry, recordChange, requireRoomFor } from '../regions/change-regions.ts'
import { currentRegions } from '../regions/current-regions.ts'
import { readableEntries, type RegionReader } from '../regions/region-reader.ts'

const isTissue = ({ name, geometry }: RegionView): boolean =>
  name === tissueRegionName && (geometry.kind === 'rectangle' || geometry.kind === 'polygon')

/**
 * The areas that readers drew as the tissue of an image.
 * @param reader whose regions they are as long as others' are hidden from them; null: everyone's
 */
export function drawnTissue(
  database: Readable,
  image: Pick<ImageView, 'id' | 'pixelSizeUm'>,
  reader: RegionReader | null,
): RegionView[] {
  const entries =
    reader === null ? listRegionEntries(database, image.id) : readableEntries(database, image.id, reader)
  return currentRegions(entries, image).filter(isTissue)
}

/**
 * Replaces the areas that are an image's tissue, as one change that a single undo reverses. Returns whether anything changed.
 * @param areas that have been checked against the image; none: what is found counts
 * @throws AppError `region.invalid` if the image would have too many regions
 */
export function replaceTissue(
  database: Writable,
  image: ImageView,
  areas: readonly RegionGeometry[],
  reader: RegionReader,
): boolean {
  const before = drawnTissue(database, image, reader)
  if (before.length === 0 && areas.length === 0) return false
  database.transaction(() => {
    requireRoomFor(database, image, areas.length)
    const ids = insertRegions(
      database,
      image.id,
      areas.map(() => randomUUID()),
    )
    const added = areas.map((geometry, index) => ({
      regionId: ids[index] ?? 0,
      geometryText: JSON.stringify(geometry),
      className: null,
      name: tissueRegionName,
      comment: null,
    }))
    recordChange(database, image, reader.name, [...before.map(({ id }) => deletedEntry(id)), ...added])
  })()
  return true
}

/**
 * What the compute process needs to know to find an image's tissue.
 * @throws AppError `slide.pixel-size-unknown`
 */
export function tissueRequest(
  image: ImageView,
  drawn: readonly Pick<RegionView, 'geometry'>[],
): TissueRequest {
  const { pixelSizeUm, widthPx, heightPx, path } = image
  if (pixelSizeUm === null) throw new AppError('slide.pixel-size-unknown', { path })
  return {
    image: { ...toImageFile(image), pixelSizeUm, widthPx, heightPx },
    drawn: drawn.map(({ geometry }) => geometry),
  }
}
