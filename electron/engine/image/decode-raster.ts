import type { Metadata, Sharp } from 'sharp'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import type { CameraBits } from '../../contract/camera-bits.ts'
import type { ColourStep } from '../../contract/recipe.ts'
import { toSrgb } from './colour-profile.ts'
import { asImageError } from './image-header.ts'
import { decodeLimitPx } from './limits.ts'
import { openPicture } from './open-picture.ts'
import type { Raster } from './raster.ts'

/**
 * Decodes one page of a file (`page` from 1, the first by default) to 8-bit RGB (docs/pipeline.md, section 1). Grey and
 * palette images are converted to RGB, alpha is flattened on white, CMYK is converted with libvips' own profile, 16 bits
 * are scaled to round(v / 257), and EXIF orientation is applied. Warnings of the decoder count as errors, so that a damaged
 * file never becomes a half-grey image. The caller owns the returned bytes.
 * @param options.cameraBits as in ImageFile
 * @param options.colour what becomes of an ICC profile (`Recipe.colour`)
 * @throws AppError `path.not-found`, `path.unreadable`, `image.empty-file`, `image.unsupported-format`,
 *   `image.truncated`, `image.too-large`, `image.no-page`; `job.cancelled` (checked before and after decoding, which
 *   itself cannot be stopped)
 */
export async function decodeRaster(
  path: string,
  options: {
    page?: number
    signal?: AbortSignal | undefined
    colour?: ColourStep | undefined
    cameraBits?: CameraBits | null | undefined
  } = {},
): Promise<Raster> {
  const { page = 1, cameraBits } = options
  const picture = await openPicture(path, page, { cameraBits })
  const { widthPx, heightPx } = picture.info
  const pixels = widthPx * heightPx
  if (pixels > decodeLimitPx) throw new AppError('image.too-large', { path, pixels, limit: decodeLimitPx })
  throwIfCancelled(options.signal)
  const raster = await readPixels(await picture.read(0), picture.depth, path)
  throwIfCancelled(options.signal)
  return options.colour === 'srgb' ? toSrgb(raster, picture.profile) : raster
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
