import sharp, { type Sharp } from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { asImageError, readImageHeader, viewLimitPx } from './image-header.ts'

/** A tile's place in a deep-zoom pyramid: level 0 is one pixel, each level doubles, the last is full size. */
export interface TileAddress {
  level: number
  column: number
  row: number
  tileSizePx: number
  /** From 1, the first by default. */
  page?: number
}

/** As the encoders' own: good enough to look at, small enough to send. */
const jpegQuality = 88

/**
 * One tile of an image as JPEG bytes, without overlap; tiles at the right and lower edge are smaller. Decoding
 * streams, so memory holds the tile's strip and not the image; from tiled TIFF only what lies under the tile
 * is read. image.invalid-raster where there is no such tile, and the codes of inspectImage.
 */
export async function readTile(
  path: string,
  { level, column, row, tileSizePx, page = 1 }: TileAddress,
): Promise<Buffer> {
  const { metadata } = await readImageHeader(path, page)
  const { width, height } = metadata.autoOrient
  const shrink = 2 ** (Math.ceil(Math.log2(Math.max(width, height))) - level)
  const left = column * tileSizePx * shrink
  const top = row * tileSizePx * shrink
  const isWhole = [level, column, row].every((part) => Number.isInteger(part) && part >= 0)
  if (!isWhole || shrink < 1 || left >= width || top >= height) {
    throw new AppError('image.invalid-raster', { reason: `it has no tile ${level}/${column}_${row}` })
  }
  const region = {
    left,
    top,
    width: Math.min(width - left, tileSizePx * shrink),
    height: Math.min(height - top, tileSizePx * shrink),
  }
  const tile = { width: Math.ceil(region.width / shrink), height: Math.ceil(region.height / shrink) }
  return toJpeg(path, page, (image) =>
    image.extract(region).resize({ ...tile, fit: 'fill', kernel: 'linear' }),
  )
}

/** The whole image as JPEG bytes, its longer edge at most `edgePx`, never enlarged. Codes of inspectImage. */
export async function makeThumbnail(path: string, edgePx: number, page = 1): Promise<Buffer> {
  await readImageHeader(path, page)
  return toJpeg(path, page, (image) =>
    image.resize({ width: edgePx, height: edgePx, fit: 'inside', withoutEnlargement: true }),
  )
}

async function toJpeg(path: string, page: number, shape: (image: Sharp) => Sharp): Promise<Buffer> {
  try {
    const image = sharp(path, {
      page: page - 1,
      failOn: 'warning',
      ignoreIcc: true,
      limitInputPixels: viewLimitPx,
    })
    return await shape(image.autoOrient())
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' })
      .toBuffer()
  } catch (error) {
    throw asImageError(error, path)
  }
}
