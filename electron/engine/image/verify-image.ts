import sharp, { type Sharp, type Stats } from 'sharp'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import { brightestValue } from './brightest-value.ts'
import { asImageError, type ImageHeader } from './image-header.ts'
import { decodeLimitPx, viewLimitPx } from './limits.ts'
import type { Picture, VerifiedPixels } from './picture.ts'
import { samplePicture } from './sample-picture.ts'
import { tiffTag } from './tiff-tags.ts'

/**
 * Above this a file counts as a decompression bomb. A blank JPEG has about 57 pixels per byte and blank deflate 344, so
 * no real slide comes near.
 */
const maxPixelsPerByte = 1000

/**
 * Below this size even a bomb is harmless. Above it, the rows that a decoder buffers can be too large: a PNG of 7 KB that
 * declares 5 308 476 x 40 takes 3.3 GB before it turns out to be truncated.
 */
const harmlessPx = 2 ** 24

/** Pixels of a tiled file that are decoded between two checks of the signal. */
const bandPx = 2 ** 26
/** The same of 16 bits, whose values are kept until the largest is found: 100 MB of RGB. */
const deepBandPx = 2 ** 24

/**
 * Detects a damaged file by decoding every pixel of an image once, without keeping any. Memory is bounded: a tiled TIFF is
 * read band by band, anything else in one pass of the decoder. Images of more than `decodeLimitPx` must be tiled,
 * because parts of other formats cannot be read without decoding everything before them; if they have smaller copies,
 * only a part is decoded (`samplePicture`). Of 16 bits, the same pass finds the largest value of what is decoded.
 * @throws AppError `path.*`, `image.truncated`, `image.too-large`, `image.implausible`, `job.cancelled`
 */
export async function verifyImage(
  path: string,
  page: number,
  header: ImageHeader,
  picture: Pick<Picture, 'levels' | 'read'>,
  signal: AbortSignal | undefined,
): Promise<VerifiedPixels> {
  const { metadata, tags, format, byteCount } = header
  const { width, height, depth } = metadata
  const pixels = width * height
  const [tileHeight = 0] = format === 'tiff' ? (tags?.numbers(tiffTag.tileHeight) ?? []) : []
  const isBomb = pixels / byteCount > maxPixelsPerByte
  if (pixels > decodeLimitPx && tileHeight === 0) {
    throw new AppError('image.too-large', { path, pixels, limit: decodeLimitPx })
  }
  if (pixels > harmlessPx && isBomb) {
    throw new AppError('image.implausible', { path, pixels, bytes: byteCount })
  }
  if (pixels > decodeLimitPx && picture.levels.length > 1)
    return samplePicture({ ...picture, depth }, path, signal)
  const isDeep = depth === 'ushort'
  const maxPx = isDeep ? deepBandPx : bandPx
  const bandRows = tileHeight === 0 ? height : Math.ceil(maxPx / width / tileHeight) * tileHeight
  const input = { page: page - 1, failOn: 'warning', ignoreIcc: true, limitInputPixels: viewLimitPx } as const
  let brightest = 0
  for (let top = 0; top < height; top += bandRows) {
    throwIfCancelled(signal)
    const rows = Math.min(bandRows, height - top)
    const band = { left: 0, top, width, height: rows }
    try {
      if (isDeep && tileHeight === 0 && pixels > 2 * deepBandPx) {
        brightest = brightestOf(await sharp(path, input).stats())
      } else {
        const image = sharp(path, { ...input, sequentialRead: true }).extract(band)
        if (isDeep) brightest = Math.max(brightest, await brightestValue(image))
        else await decode(image)
      }
    } catch (error) {
      throw asImageError(error, path)
    }
  }
  return { brightest: isDeep ? brightest : null }
}

/** Extracting before resizing keeps the decoder from skipping pixels while loading. */
const decode = (band: Sharp): Promise<Buffer> =>
  band.resize({ width: 16, height: 16, fit: 'fill' }).raw().toBuffer()

/** Statistics read the pixels several times, but keep none. */
function brightestOf({ channels }: Stats): number {
  const hasAlpha = channels.length === 2 || channels.length === 4
  return Math.max(...channels.slice(0, hasAlpha ? -1 : undefined).map(({ max }) => max))
}
