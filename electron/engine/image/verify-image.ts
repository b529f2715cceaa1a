import sharp from 'sharp'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import { decodeLimitPx } from './decode-raster.ts'
import { asImageError, readImageHeader, viewLimitPx } from './image-header.ts'
import { tiffTag } from './tiff-tags.ts'

/**
 * Above this a file is a decompression bomb. Blank JPEG has about 57 pixels a byte and blank deflate 344, so no
 * real slide comes near.
 */
const maxPixelsPerByte = 1000

/**
 * Below this not even a bomb does harm. Above it, the rows that a decoder keeps may: a PNG of 7 KB that claims
 * 5 308 476 x 40 takes 3.3 GB before it is found to be cut off.
 */
const harmlessPx = 2 ** 24

/** Pixels of a tiled file that are decoded between two looks at the signal. */
const bandPx = 2 ** 26

/**
 * Decodes every pixel of a picture once and keeps none, which tells a damaged file. Memory stays bounded: a
 * tiled TIFF is read band by band, anything else in one pass of the decoder. Pictures of more than
 * `decodeLimitPx` must be tiled, since no part of the others can be looked at without decoding all before it.
 * path.*, image.empty-file, image.unsupported-format, image.truncated, image.too-large, image.no-page,
 * job.cancelled.
 */
export async function verifyImage(
  path: string,
  { page = 1, signal }: { page?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const { metadata, tags, format, byteCount } = await readImageHeader(path, page)
  const { width, height } = metadata
  const pixels = width * height
  const [tileHeight = 0] = format === 'tiff' ? (tags?.numbers(tiffTag.tileHeight) ?? []) : []
  const isBomb = pixels / byteCount > maxPixelsPerByte
  if ((pixels > decodeLimitPx && tileHeight === 0) || (pixels > harmlessPx && isBomb)) {
    throw new AppError('image.too-large', { path, pixels, limit: decodeLimitPx })
  }
  const bandRows = tileHeight === 0 ? height : Math.ceil(bandPx / width / tileHeight) * tileHeight
  for (let top = 0; top < height; top += bandRows) {
    throwIfCancelled(signal)
    const band = { left: 0, top, width, height: Math.min(bandRows, height - top) }
    try {
      // The region before the resize keeps the decoder from skipping pixels as it loads.
      await sharp(path, {
        page: page - 1,
        failOn: 'warning',
        ignoreIcc: true,
        limitInputPixels: viewLimitPx,
        sequentialRead: true,
      })
        .extract(band)
        .resize({ width: 16, height: 16, fit: 'fill' })
        .raw()
        .toBuffer()
    } catch (error) {
      throw asImageError(error, path)
    }
  }
}
