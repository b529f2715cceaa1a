import { AppError } from '../../contract/errors.ts'
import { readPixels } from './decode-raster.ts'
import { decodeLimitPx } from './limits.ts'
import { openPicture } from './open-picture.ts'
import type { Raster } from './raster.ts'

export interface Region {
  /** Index in the pyramid: 0 is the image itself. */
  level: number
  /** In pixels of that level. */
  left: number
  top: number
  widthPx: number
  heightPx: number
  /** From 1, the first by default. */
  page?: number
}

/**
 * Reads a region of one pyramid level of an image (`Picture.levels`) as 8-bit RGB, converted like in decodeRaster.
 * From a tiled TIFF only the tiles under the region are read and decoded; other formats are decoded up to its lower edge.
 * @throws AppError `image.invalid-raster` if the region is not inside the level, the level does not exist, or the
 *   region has more than `decodeLimitPx` pixels; and the codes of decodeRaster
 */
export async function readRegion(path: string, region: Region): Promise<Raster> {
  const { left, top, widthPx: width, heightPx: height, page = 1 } = region
  const picture = await openPicture(path, page)
  const level = picture.levels[region.level]
  const isWhole = [left, top, width - 1, height - 1].every((part) => Number.isInteger(part) && part >= 0)
  const isInside = level !== undefined && left + width <= level.widthPx && top + height <= level.heightPx
  if (!isWhole || !isInside || width * height > decodeLimitPx) {
    const reason = `it has no region of ${width} x ${height} pixels at ${left}, ${top} of level ${region.level}`
    throw new AppError('image.invalid-raster', { reason })
  }
  const image = await picture.read(region.level, { box: { left, top, width, height } })
  return readPixels(image, picture.depth, path)
}
