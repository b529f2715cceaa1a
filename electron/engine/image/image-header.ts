import sharp, { type Metadata } from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { bytesOf, withFile, type ByteSource } from './byte-source.ts'
import { hasLabelPicture } from './label-picture.ts'
import { viewLimitPx } from './limits.ts'
import { descriptionOfPage, omeImages } from './ome.ts'
import type { SlideFormat } from './slide-formats.ts'
import {
  readTiffPages,
  readTiffTags,
  TiffFormatError,
  tiffTag,
  type TiffPage,
  type TiffPages,
  type TiffTags,
} from './tiff-tags.ts'

// A file whose content changes must be read again, and memory must not grow with the number of images.
sharp.cache(false)

export type SharpFormat = 'png' | 'jpeg' | 'tiff' | 'webp'
export type ImageFormat = SharpFormat | SlideFormat

/** One image of a file with several. Pages count from 1. */
export interface ImagePage {
  page: number
  widthPx: number
  heightPx: number
}

/** The properties of an image file that are known without decoding its pixels. */
export interface ImageHeader {
  format: SharpFormat
  byteCount: number
  metadata: Metadata
  /** The page's directory of a TIFF, or the EXIF block of another format; null if there is none. */
  tags: TiffTags | null
  /** The description of the page, or of the first page if it has none. */
  description: string
  /** The pages that are separate images, without a slide's smaller copies, label and overview. */
  pictures: readonly ImagePage[]
  /** The directories of a TIFF; empty for other formats. */
  tiffPages: readonly TiffPage[]
  /** Whether a TIFF has more than `maxTiffPages` directories. */
  hasMorePages: boolean
  /** Whether the file holds a picture of the slide's label, which can show a patient's name. */
  hasLabelPicture: boolean
  /** The resolution in the format's own header, pixels per micrometre; null if there is none. */
  ownPixelsPerUm: readonly [number, number] | null
}

const tailBytes = 65_536
const headBytes = 65_536

/**
 * Recognises a file by its content, never by its extension, checks that its structure is complete for `page` (from 1),
 * and reads its metadata.
 * @param options.known the header of another page of this file, so that its directories are followed only once
 * @throws AppError `path.*`, `image.empty-file`, `image.unsupported-format`, `image.truncated`, `image.too-large`,
 *   `image.no-page`, `job.cancelled`
 */
export async function readImageHeader(
  path: string,
  page = 1,
  { known, signal }: { known?: ImageHeader; signal?: AbortSignal | undefined } = {},
): Promise<ImageHeader> {
  return withFile(path, async (source) => {
    const head = await source.read(0, headBytes)
    const format = sniff(head)
    if (format === null) {
      const reason = 'its content is not PNG, JPEG, TIFF or WebP'
      throw new AppError('image.unsupported-format', { path, reason })
    }
    try {
      const { pages: tiffPages, hasMore } = await pagesOf(format, source, known, signal)
      if (format === 'tiff' && tiffPages[page - 1] === undefined) {
        throw new AppError('image.no-page', { path, page, pages: tiffPages.map((_, index) => index + 1) })
      }
      const fileTags = format === 'tiff' ? await readTiffTags(source, tiffPages[page - 1]?.offset) : null
      await checkStructure(format, source, head, fileTags, path)
      const metadata = await sharp(path, { limitInputPixels: false, page: page - 1 }).metadata()
      checkPixels(metadata, path)
      const tags = fileTags ?? (await exifTags(metadata.exif))
      const firstTags = page > 1 && fileTags !== null ? await readTiffTags(source) : tags
      const firstDescription = firstTags?.text(tiffTag.imageDescription) ?? ''
      return {
        format,
        byteCount: source.byteCount,
        metadata,
        tags,
        description: descriptionOfPage(tags?.text(tiffTag.imageDescription) || firstDescription, page),
        pictures: format === 'tiff' ? picturesOf(tiffPages, firstDescription) : framesOf(metadata),
        tiffPages,
        hasMorePages: hasMore,
        hasLabelPicture:
          known?.hasLabelPicture ?? (await hasLabelPicture(source, tiffPages, firstDescription)),
        ownPixelsPerUm:
          format === 'png' ? pngResolution(head) : format === 'jpeg' ? jfifResolution(head) : null,
      }
    } catch (error) {
      throw asImageError(error, path)
    }
  })
}

async function pagesOf(
  format: SharpFormat,
  source: ByteSource,
  known: ImageHeader | undefined,
  signal: AbortSignal | undefined,
): Promise<TiffPages> {
  if (known !== undefined) return { pages: known.tiffPages, hasMore: known.hasMorePages }
  return format === 'tiff' ? readTiffPages(source, signal) : { pages: [], hasMore: false }
}

/** The pages of a TIFF that are separate images, at least one: the first page, unless it is marked as a copy of a later one. */
function picturesOf(pages: readonly TiffPage[], firstDescription: string): ImagePage[] {
  const numbered = pages.map(({ widthPx, heightPx }, index) => ({ page: index + 1, widthPx, heightPx }))
  if (firstDescription.startsWith('Aperio')) return numbered.slice(0, 1)
  const beside = omeImages(firstDescription).flatMap(({ page, isBeside }) => (isBeside ? [page] : []))
  const isOwn = ({ page }: ImagePage): boolean =>
    pages[page - 1]?.isDerived === false && !beside.includes(page)
  const first = (pages[0]?.isDerived === true ? numbered.find(isOwn) : undefined) ?? numbered[0]
  if (first === undefined) return []
  const others = numbered.filter(({ page, widthPx, heightPx }) => {
    // Many writers of pyramids do not mark smaller copies, but these have the aspect ratio of the first image.
    const isSmallerCopy =
      widthPx < first.widthPx &&
      Math.abs(widthPx * first.heightPx - heightPx * first.widthPx) <= Math.max(first.widthPx, first.heightPx)
    return page > first.page && isOwn({ page, widthPx, heightPx }) && !isSmallerCopy
  })
  return [first, ...others]
}

/** The frames of an animated WebP; a single image in every other format. */
const framesOf = ({ pages = 1, width, height }: Metadata): ImagePage[] =>
  Array.from({ length: pages }, (_, index) => ({ page: index + 1, widthPx: width, heightPx: height }))

/** The format of an image by its first bytes; null: none that sharp reads here. */
export function sniff(head: Buffer): SharpFormat | null {
  const text = head.toString('latin1', 0, 12)
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff'
  if (/^RIFF[^]{4}WEBP/.test(text)) return 'webp'
  return null
}

/** libtiff's numbers: none, CCITT (2 to 4), LZW, JPEG, deflate, PackBits, WebP. libvips decodes JPEG 2000 as black. */
export const readableCompressions = [1, 2, 3, 4, 5, 7, 8, 32946, 32773, 50001]

/** Of those, 32 and 64 are refused by their own reason (`checkPixels`). */
const readableBits = [1, 2, 4, 8, 16, 32, 64]

/** Refuses a file without its end, and a TIFF whose pixels are past the end. Not all decoders notice this. */
async function checkStructure(
  format: SharpFormat,
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
    const oddBits = tags.numbers(tiffTag.bitsPerSample).find((bits) => !readableBits.includes(bits))
    if (oddBits !== undefined) {
      const reason = `${oddBits} bits a sample are not read: save it with 8 or 16`
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
  // A damaged EXIF block is no reason to refuse the image.
  return readTiffTags(bytesOf(body)).catch(() => null)
}

/** PNG's pHYs chunk, which must come before the pixels; unit 1 is the metre. */
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

/** Converts an error of a decoder to an AppError with the path. AppErrors stay unchanged. */
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
