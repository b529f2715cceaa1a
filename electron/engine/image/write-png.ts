import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { exportContent } from '../../base/export-file.ts'
import { checkRaster, type Raster } from './raster.ts'

export interface PngOptions {
  /** Written as the resolution (pHYs), whole pixels per metre. */
  pixelSizeUm?: number
  /** Written as EXIF ImageDescription. */
  description?: string
}

/**
 * Writes a raster as an RGB PNG without loss. The same raster and options give the same bytes. The file appears
 * completely or not at all, and replaces a plain file.
 * @throws AppError `image.invalid-raster`, `path.not-writable`
 */
export async function writePng(raster: Raster, path: string, options: PngOptions = {}): Promise<void> {
  await writeEncoded(await encodePng(raster, options), path, true)
}

/**
 * Writes the bytes of an image file completely or not at all. Does not flush to the disk, because there can be hundreds
 * of such files, and they can be made again.
 * @throws AppError `path.exists` unless `replace` is set, `path.not-writable`
 */
export const writeEncoded = (bytes: Uint8Array, path: string, replace: boolean): Promise<void> =>
  exportContent(path, bytes, { replace, flush: false })

/** The bytes of `writePng`. */
export async function encodePng(raster: Raster, options: PngOptions = {}): Promise<Buffer> {
  checkRaster(raster)
  const { widthPx: width, heightPx: height, data } = raster
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer()
  const { pixelSizeUm, description } = options
  const chunks: Buffer[] = []
  if (pixelSizeUm !== undefined) chunks.push(chunk('pHYs', resolution(pixelSizeUm)))
  if (description !== undefined) chunks.push(chunk('eXIf', exifDescription(description)))
  // The header, 8 bytes of signature and 25 of IHDR, comes first; both chunks belong before the pixels.
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])
}

function chunk(kind: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + body.length)
  bytes.writeUInt32BE(body.length, 0)
  bytes.write(kind, 4, 'latin1')
  body.copy(bytes, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length)
  return bytes
}

function resolution(pixelSizeUm: number): Buffer {
  const body = Buffer.alloc(9)
  const pixelsPerMetre = Math.round(1e6 / pixelSizeUm)
  body.writeUInt32BE(pixelsPerMetre, 0)
  body.writeUInt32BE(pixelsPerMetre, 4)
  body[8] = 1
  return body
}

/** A TIFF directory of one entry, ImageDescription (270), ASCII with its closing zero. */
function exifDescription(text: string): Buffer {
  // Padded to at least 5 bytes, because shorter values would have to be inside the entry itself.
  const ascii = Buffer.from(`${text.padEnd(4)}\0`, 'utf8')
  const body = Buffer.alloc(26 + ascii.length)
  body.write('MM\0*', 0, 'latin1')
  body.writeUInt32BE(8, 4)
  body.writeUInt16BE(1, 8)
  body.writeUInt16BE(270, 10)
  body.writeUInt16BE(2, 12)
  body.writeUInt32BE(ascii.length, 14)
  body.writeUInt32BE(26, 18)
  ascii.copy(body, 26)
  return body
}
