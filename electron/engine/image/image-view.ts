import sharp, { type Sharp } from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { decodeCached, maxCachedPixels } from './decoded-image-cache.ts'
import { asImageError, viewLimitPx } from './image-header.ts'
import { levelFor, readPyramid, type Pyramid, type PyramidLevel } from './pyramid.ts'
import type { Raster } from './raster.ts'
import { tiffTag } from './tiff-tags.ts'

/** The address of a tile in a deep-zoom pyramid: level 0 is one pixel, each level doubles the size, the last is full size. */
export interface TileAddress {
  level: number
  column: number
  row: number
  tileSizePx: number
  /** From 1, the first by default. */
  page?: number
}

/** Good quality for viewing at a small size. Without optimised Huffman codes, whose second pass takes a third of the time. */
const jpeg = { quality: 88, chromaSubsampling: '4:4:4', optimiseCoding: false } as const

/**
 * One tile of an image as JPEG bytes, without overlap; tiles at the right and lower edge are smaller. A field of
 * ordinary size is decoded once and cached for its other tiles. A larger image is decoded as a stream, so memory holds
 * only the tile's strip. From a tiled TIFF only the area under the tile is read, from the coarsest pyramid level that is
 * fine enough. Both ways give the same bytes.
 * @throws AppError `image.invalid-raster` if there is no such tile, and the codes of inspectImage
 */
export async function readTile(path: string, address: TileAddress): Promise<Buffer> {
  const tile = await findTile(path, address)
  try {
    return await (await openTile(path, tile)).jpeg(jpeg).toBuffer()
  } catch (error) {
    throw asImageError(error, path)
  }
}

/** The same tile as pixels. The codes of readTile. */
export async function readTilePixels(path: string, address: TileAddress): Promise<Raster> {
  const tile = await findTile(path, address)
  try {
    return await toRaster(await openTile(path, tile))
  } catch (error) {
    throw asImageError(error, path)
  }
}

/** A raster as JPEG bytes with the quality of tiles. */
export const encodeJpeg = async ({ data, widthPx: width, heightPx: height }: Raster): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg(jpeg)
    .toBuffer()

interface TilePlace {
  from: PyramidLevel
  shape: (image: Sharp) => Sharp
  /** Whether the whole image is decoded and cached. */
  isCached: boolean
}

async function toRaster(image: Sharp): Promise<Raster> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) }
}

async function openTile(path: string, { from, shape, isCached }: TilePlace): Promise<Sharp> {
  if (!isCached) return open(path, from, shape)
  const { widthPx, heightPx } = from
  const decode = (): Promise<Raster> => toRaster(open(path, from, (image) => image))
  const { data } = await decodeCached(path, from.place.page, widthPx * heightPx, decode)
  return shape(sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } }))
}

/** Whether an image can be cached: sharp decodes it to the same bytes in any order of operations, and it is not tiled. */
function canCache({ header, levels: [full] }: Pyramid): boolean {
  const { channels, depth, space, hasAlpha } = header.metadata
  const isPlain = channels === 3 && depth === 'uchar' && space === 'srgb' && !hasAlpha
  const isTiled = (header.tags?.numbers(tiffTag.tileOffsets) ?? []).length > 0
  return isPlain && !isTiled && full.widthPx * full.heightPx <= maxCachedPixels
}

async function findTile(
  path: string,
  { level, column, row, tileSizePx, page = 1 }: TileAddress,
): Promise<TilePlace> {
  const pyramid = await readPyramid(path, page)
  const { widthPx: width, heightPx: height } = pyramid.levels[0]
  const shrink = 2 ** (Math.ceil(Math.log2(Math.max(width, height))) - level)
  const left = column * tileSizePx * shrink
  const top = row * tileSizePx * shrink
  const isWhole = [level, column, row].every((part) => Number.isInteger(part) && part >= 0)
  if (!isWhole || shrink < 1 || left >= width || top >= height) {
    throw new AppError('image.invalid-raster', { reason: `it has no tile ${level}/${column}_${row}` })
  }
  const right = Math.min(width, left + tileSizePx * shrink)
  const bottom = Math.min(height, top + tileSizePx * shrink)
  const tile = { width: Math.ceil((right - left) / shrink), height: Math.ceil((bottom - top) / shrink) }
  const from = levelFor(pyramid, shrink)
  const [across, down] = [from.widthPx / width, from.heightPx / height]
  const [x, y] = [Math.floor(left * across), Math.floor(top * down)]
  const region = {
    left: x,
    top: y,
    width: Math.max(1, Math.ceil(right * across) - x),
    height: Math.max(1, Math.ceil(bottom * down) - y),
  }
  const shape = (image: Sharp): Sharp =>
    image.extract(region).resize({ ...tile, fit: 'fill', kernel: 'linear' })
  return { from, shape, isCached: from === pyramid.levels[0] && canCache(pyramid) }
}

/** The whole image as JPEG bytes with a longer edge of at most `edgePx`, never enlarged. The codes of inspectImage. */
export async function makeThumbnail(path: string, edgePx: number, page = 1): Promise<Buffer> {
  const pyramid = await readPyramid(path, page)
  const { widthPx, heightPx } = pyramid.levels[0]
  return toJpeg(path, levelFor(pyramid, Math.max(widthPx, heightPx) / edgePx), (image) =>
    image.resize({ width: edgePx, height: edgePx, fit: 'inside', withoutEnlargement: true }),
  )
}

async function toJpeg(path: string, from: PyramidLevel, shape: TilePlace['shape']): Promise<Buffer> {
  try {
    return await open(path, from, shape).jpeg(jpeg).toBuffer()
  } catch (error) {
    throw asImageError(error, path)
  }
}

const open = (path: string, { place }: PyramidLevel, shape: TilePlace['shape']): Sharp =>
  shape(
    sharp(path, { ...place, failOn: 'warning', ignoreIcc: true, limitInputPixels: viewLimitPx }).autoOrient(),
  )
    .flatten({ background: 'white' })
    .toColourspace('srgb')
