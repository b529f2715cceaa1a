import sharp, { type Metadata } from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { bytesOf, withFile, type ByteSource } from './byte-source.ts'
import { readTiffTags, TiffFormatError, tiffTag, type TiffTags } from './tiff-tags.ts'

// A file that changes under its name must be read anew, and memory must not grow with the images seen.
sharp.cache(false)

export type ImageFormat = 'png' | 'jpeg' | 'tiff' | 'webp'

/** What can be known of an image file without decoding its pixels. */
export interface ImageHeader {
  format: ImageFormat
  byteCount: number
  metadata: Metadata
  /** The first directory of a TIFF, or the EXIF block of another format; null where there is none. */
  tags: TiffTags | null
  /** The resolution that the format itself states, pixels per micrometre; null where there is none. */
  ownPixelsPerUm: readonly [number, number] | null
}

/** A file may claim this many pixels: 2^34, a slide of 131 072 x 131 072. */
export const viewLimitPx = 2 ** 34
const tailBytes = 65_536
const headBytes = 65_536

/**
 * Recognises the file by its content (never by its ending), sees that it is whole as far as its structure
 * tells, and reads its metadata.
 * path.*, image.empty-file, image.unsupported-format, image.truncated, image.too-large.
 */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  return withFile(path, async (source) => {
    const head = await source.read(0, headBytes)
    const format = sniff(head)
    if (format === null) {
      const reason = 'its content is not PNG, JPEG, TIFF or WebP'
      throw new AppError('image.unsupported-format', { path, reason })
    }
    try {
      const fileTags = format === 'tiff' ? await readTiffTags(source) : null
      await checkStructure(format, source, head, fileTags, path)
      const metadata = await sharp(path, { limitInputPixels: false }).metadata()
      checkPixels(metadata, path)
      return {
        format,
        byteCount: source.byteCount,
        metadata,
        tags: fileTags ?? (await exifTags(metadata.exif)),
        ownPixelsPerUm:
          format === 'png' ? pngResolution(head) : format === 'jpeg' ? jfifResolution(head) : null,
      }
    } catch (error) {
      throw asImageError(error, path)
    }
  })
}

function sniff(head: Buffer): ImageFormat | null {
  const text = head.toString('latin1', 0, 12)
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff'
  if (/^RIFF[^]{4}WEBP/.test(text)) return 'webp'
  return null
}

/** libtiff's numbers: none, CCITT (2 to 4), LZW, JPEG, deflate, PackBits. libvips answers black for JPEG 2000. */
const readableCompressions = [1, 2, 3, 4, 5, 7, 8, 32946, 32773]

/** Refuses a file whose end is missing, and a TIFF whose pixels lie past it; decoders differ in noticing. */
async function checkStructure(
  format: ImageFormat,
  source: ByteSource,
  head: Buffer,
  tags: TiffTags | null,
  path: string,
): Promise<void> {
  const truncated = (reason: string) => new AppError('image.truncated', { path, reason })
  if (tags !== null) {
    const [compression = 1] = tags.numbers(tiffTag.compression)
    if (!readableCompressions.includes(compression)) {
      const reason = `its pixels are packed in a way (TIFF compression ${compression}) that cannot be read`
      throw new AppError('image.unsupported-format', { path, reason })
    }
    const offsets = [...tags.numbers(tiffTag.stripOffsets), ...tags.numbers(tiffTag.tileOffsets)]
    const counts = [...tags.numbers(tiffTag.stripByteCounts), ...tags.numbers(tiffTag.tileByteCounts)]
    const end = offsets.reduce((last, offset, index) => Math.max(last, offset + (counts[index] ?? 0)), 0)
    if (end > source.byteCount) {
      throw truncated(`its pixels end at byte ${end}, but it has ${source.byteCount}`)
    }
    return
  }
  if (format === 'webp') {
    const stated = head.length < 8 ? Infinity : head.readUInt32LE(4) + 8
    if (stated > source.byteCount) throw truncated(`it has ${source.byteCount} of ${stated} bytes`)
    return
  }
  const tail = await source.read(Math.max(0, source.byteCount - tailBytes), tailBytes)
  const mark = Buffer.from(format === 'png' ? 'IEND\xaeB`\x82' : '\xff\xd9', 'latin1')
  if (!tail.includes(mark)) throw truncated('its end is missing')
}

function checkPixels({ depth, channels, width, height }: Metadata, path: string): void {
  const pixels = width * height
  if (pixels > viewLimitPx) throw new AppError('image.too-large', { path, pixels, limit: viewLimitPx })
  if (depth !== 'uchar' && depth !== 'ushort') {
    // A floating-point or 32-bit image does not say which value is white.
    throw new AppError('image.unsupported-format', { path, reason: `its pixels are of type ${depth}` })
  }
  if (channels > 4) {
    throw new AppError('image.unsupported-format', { path, reason: `it has ${channels} channels` })
  }
}

async function exifTags(exif: Buffer | undefined): Promise<TiffTags | null> {
  if (exif === undefined) return null
  const body = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif
  // A damaged EXIF block is no reason to refuse the picture.
  return readTiffTags(bytesOf(body)).catch(() => null)
}

/** PNG's pHYs chunk, which must stand before the pixels; unit 1 is the metre. */
function pngResolution(head: Buffer): [number, number] | null {
  for (let at = 8; at + 12 <= head.length; at += 12 + head.readUInt32BE(at)) {
    const kind = head.toString('latin1', at + 4, at + 8)
    if (kind === 'IDAT') return null
    if (kind === 'pHYs' && at + 17 <= head.length) {
      const isMetric = head[at + 16] === 1
      return isMetric ? [head.readUInt32BE(at + 8) / 1e6, head.readUInt32BE(at + 12) / 1e6] : null
    }
  }
  return null
}

/** JFIF's density; unit 1 is the inch, 2 the centimetre. */
function jfifResolution(head: Buffer): [number, number] | null {
  if (head.length < 18 || head.toString('latin1', 6, 11) !== 'JFIF\0') return null
  const unitUm = [0, 25_400, 10_000][head[13] ?? 0] ?? 0
  return unitUm === 0 ? null : [head.readUInt16BE(14) / unitUm, head.readUInt16BE(16) / unitUm]
}

/** What a decoder said, as an AppError with the path; AppErrors stay as they are. */
export function asImageError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  if (error instanceof TiffFormatError) {
    return new AppError('image.truncated', { path, reason: error.message }, { cause: error })
  }
  const reason = (error.message.split('\n')[0] ?? '').replace(/^(Input \w+ |\w+: )+/, '').replace(/\.$/, '')
  const isUnreadableKind =
    /not configured|not implemented|not supported|unsupported (?!image format)|bad \w+ format/i
  const code = isUnreadableKind.test(reason) ? 'image.unsupported-format' : 'image.truncated'
  return new AppError(code, { path, reason }, { cause: error })
}
