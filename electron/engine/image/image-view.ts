import sharp, { type Sharp } from 'sharp'
import type { CameraBits } from '../../contract/camera-bits.ts'
import { AppError } from '../../contract/errors.ts'
import { toSrgb } from './colour-profile.ts'
import { decodeCached } from './decoded-image-cache.ts'
import { asImageError } from './image-header.ts'
import { openPicture } from './open-picture.ts'
import { levelFor, type Box, type Picture } from './picture.ts'
import type { Raster } from './raster.ts'

/** The address of a tile in a deep-zoom pyramid: level 0 is one pixel, each level doubles the size, the last is full size. */
export interface TileAddress {
  level: number
  column: number
  row: number
  tileSizePx: number
  /** From 1, the first by default. */
  page?: number
  /** As in ImageFile. */
  cameraBits?: CameraBits | null | undefined
}

/** Good quality for viewing at a small size. Without optimised Huffman codes, whose second pass takes a third of the time. */
const jpeg = { quality: 88, chromaSubsampling: '4:4:4', optimiseCoding: false } as const

/**
 * One tile of an image as JPEG bytes, without overlap; tiles at the right and lower edge are smaller. A field of
 * ordinary size is decoded once and cached for its other tiles. A larger image is decoded as a stream, so memory holds
 * only the tile's strip. From a tiled TIFF only the area under the tile is read, from the coarsest pyramid level that is
 * fine enough. Both ways give the same bytes. Colours are converted to sRGB, as models of today read them.
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
  picture: Picture
  /** Index of the level to read. */
  from: number
  region: Box
  /** Size of the tile. */
  target: { width: number; height: number }
  page: number
}

async function toRaster(image: Sharp): Promise<Raster> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) }
}

async function openTile(path: string, tile: TilePlace): Promise<Sharp> {
  return inSrgb(await openOwnColours(path, tile), tile.picture)
}

/** Converted last, where there are the fewest pixels. */
async function inSrgb(image: Sharp, { profile }: Picture): Promise<Sharp> {
  if (profile?.kind !== 'other') return image
  const { data, widthPx: width, heightPx: height } = await toSrgb(await toRaster(image), profile)
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function openOwnColours(
  path: string,
  { picture, from, region, target, page }: TilePlace,
): Promise<Sharp> {
  const shape = (image: Sharp): Sharp => image.resize({ ...target, fit: 'fill', kernel: 'linear' })
  if (from > 0 || !picture.isKept) return plain(shape(await picture.read(from, { box: region, target })))
  const { widthPx: width, heightPx: height } = picture.levels[0]
  const decode = async (): Promise<Raster> => toRaster(plain(await picture.read(0)))
  const { data } = await decodeCached(path, page - 1, width * height, decode)
  return shape(sharp(data, { raw: { width, height, channels: 3 } }).extract(region))
}

async function findTile(
  path: string,
  { level, column, row, tileSizePx, page = 1, cameraBits }: TileAddress,
): Promise<TilePlace> {
  const picture = await openPicture(path, page, { cameraBits })
  const { widthPx: width, heightPx: height } = picture.levels[0]
  const shrink = 2 ** (Math.ceil(Math.log2(Math.max(width, height))) - level)
  const left = column * tileSizePx * shrink
  const top = row * tileSizePx * shrink
  const isWhole = [level, column, row].every((part) => Number.isInteger(part) && part >= 0)
  if (!isWhole || shrink < 1 || left >= width || top >= height) {
    throw new AppError('image.invalid-raster', { reason: `it has no tile ${level}/${column}_${row}` })
  }
  const right = Math.min(width, left + tileSizePx * shrink)
  const bottom = Math.min(height, top + tileSizePx * shrink)
  const target = { width: Math.ceil((right - left) / shrink), height: Math.ceil((bottom - top) / shrink) }
  const from = levelFor(picture, shrink)
  const { widthPx, heightPx } = picture.levels[from] ?? picture.levels[0]
  const [across, down] = [widthPx / width, heightPx / height]
  const [x, y] = [Math.floor(left * across), Math.floor(top * down)]
  const region = {
    left: x,
    top: y,
    width: Math.max(1, Math.ceil(right * across) - x),
    height: Math.max(1, Math.ceil(bottom * down) - y),
  }
  return { picture, from, region, target, page }
}

/** The whole image in sRGB as JPEG bytes with a longer edge of at most `edgePx`, never enlarged. The codes of inspectImage. */
export async function makeThumbnail(
  path: string,
  edgePx: number,
  page = 1,
  cameraBits?: CameraBits | null,
): Promise<Buffer> {
  const picture = await openPicture(path, page, { cameraBits })
  const { widthPx, heightPx } = picture.levels[0]
  const from = levelFor(picture, Math.max(widthPx, heightPx) / edgePx)
  try {
    const image = await picture.read(from, { target: { width: edgePx, height: edgePx } })
    const small = image.resize({ width: edgePx, height: edgePx, fit: 'inside', withoutEnlargement: true })
    return await (await inSrgb(plain(small), picture)).jpeg(jpeg).toBuffer()
  } catch (error) {
    throw asImageError(error, path)
  }
}

const plain = (image: Sharp): Sharp => image.flatten({ background: 'white' }).toColourspace('srgb')
