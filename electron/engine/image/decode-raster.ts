import sharp, { type Metadata, type Sharp } from 'sharp'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import { asImageError, readImageHeader } from './image-header.ts'
import type { Raster } from './raster.ts'

/** Maximum number of pixels of a raster (2^28, 805 MB): 87 fields of 2048 x 1536. Larger slides are read by tile. */
export const decodeLimitPx = 2 ** 28

/**
 * Decodes one page of a file (`page` from 1, the first by default) to 8-bit RGB (docs/pipeline.md, section 1). Grey and
 * palette images are converted to RGB, alpha is flattened on white, CMYK is converted with libvips' own profile, 16 bits
 * are scaled to round(v / 257), EXIF orientation is applied, an ICC profile is not. Warnings of the decoder count as
 * errors, so that a damaged file never becomes a half-grey image. The caller owns the returned bytes.
 * @throws AppError `path.not-found`, `path.unreadable`, `image.empty-file`, `image.unsupported-format`,
 *   `image.truncated`, `image.too-large`, `image.no-page`; `job.cancelled` (checked before and after decoding, which
 *   itself cannot be stopped)
 */
export async function decodeRaster(
  path: string,
  options: { page?: number; signal?: AbortSignal } = {},
): Promise<Raster> {
  const { page = 1 } = options
  const { metadata } = await readImageHeader(path, page)
  const pixels = metadata.width * metadata.height
  if (pixels > decodeLimitPx) throw new AppError('image.too-large', { path, pixels, limit: decodeLimitPx })
  throwIfCancelled(options.signal)
  const input = {
    page: page - 1,
    failOn: 'warning',
    ignoreIcc: true,
    limitInputPixels: decodeLimitPx,
  } as const
  const raster = await readPixels(sharp(path, input).autoOrient(), metadata.depth, path)
  throwIfCancelled(options.signal)
  return raster
}

/** The pixels of a decoder, converted like in decodeRaster and with its codes. `depth`: that of the file. */
export async function readPixels(image: Sharp, depth: Metadata['depth'], path: string): Promise<Raster> {
  const isDeep = depth === 'ushort'
  try {
    const { data, info } = await image
      .flatten({ background: 'white' })
      .toColourspace(isDeep ? 'rgb16' : 'srgb')
      .raw({ depth: isDeep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { widthPx: info.width, heightPx: info.height, data: isDeep ? scaledToBytes(data) : bytes(data) }
  } catch (error) {
    throw asImageError(error, path)
  }
}

const bytes = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)

function scaledToBytes(buffer: Buffer): Uint8Array {
  const deep = new Uint16Array(buffer.buffer, buffer.byteOffset, buffer.byteLength / 2)
  return Uint8Array.from(deep, (value) => (value + 128) / 257)
}
