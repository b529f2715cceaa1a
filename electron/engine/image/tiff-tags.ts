import { isUtf8 } from 'node:buffer'
import { throwIfCancelled } from '../../base/cancellation.ts'
import type { ByteSource } from './byte-source.ts'

/** The tags that Lobule reads from TIFF directories (TIFF 6.0, BigTIFF). An EXIF block is a TIFF directory too. */
export const tiffTag = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  imageDescription: 270,
  stripOffsets: 273,
  stripByteCounts: 279,
  samplesPerPixel: 277,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  extraSamples: 338,
} as const

export interface TiffTags {
  /** The numbers of a tag, rationals as quotients; empty if the tag is missing. */
  numbers(tag: number): readonly number[]
  /** The text of a tag, as Latin-1 or UTF-8; empty if the tag is missing. */
  text(tag: number): string
}

/** Why a directory could not be read; the caller knows the path. */
export class TiffFormatError extends Error {}

/** One page of a TIFF file. */
export interface TiffPage {
  /** Byte offset of the directory. */
  offset: number
  widthPx: number
  heightPx: number
  /** Whether it is a smaller copy of another page or a mask (TIFF 6.0, NewSubfileType), not a separate image. */
  isDerived: boolean
}

const everyTag: readonly number[] = Object.values(tiffTag)
const pageTags: readonly number[] = [tiffTag.subfileType, tiffTag.width, tiffTag.height]
/** Bytes of one element by TIFF type number; 0: a type that Lobule does not read. */
const elementBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
/** Maximum size of a tag's value: that of the offsets of 2 million tiles. */
const valueByteLimit = 16 * 2 ** 20
/** Maximum number of directories that are followed: more than the pages of any image stack. */
export const maxTiffPages = 4096

/**
 * Reads a directory of a TIFF in either byte order, classic or BigTIFF: the first, or the one at `offset`.
 * @throws TiffFormatError if it is truncated
 */
export async function readTiffTags(source: ByteSource, offset?: number): Promise<TiffTags> {
  const layout = await readLayout(source)
  return (await readDirectory(source, layout, offset ?? layout.first, everyTag)).tags
}

/** The same; null if the directory is damaged. */
export const wholeTiffTags = (source: ByteSource, offset?: number): Promise<TiffTags | null> =>
  readTiffTags(source, offset).catch((error: unknown) => {
    if (error instanceof TiffFormatError) return null
    throw error
  })

export interface TiffPages {
  pages: readonly TiffPage[]
  /** Whether the file has more than `maxTiffPages`, which are not followed. */
  hasMore: boolean
}

/**
 * The pages of a TIFF file in the order of its directories, at most `maxTiffPages`. Stops at a directory that is damaged
 * or was read already.
 * @throws TiffFormatError if the first directory is damaged; AppError `job.cancelled`
 */
export async function readTiffPages(source: ByteSource, signal?: AbortSignal): Promise<TiffPages> {
  const layout = await readLayout(source)
  const pages: TiffPage[] = []
  const seen = new Set<number>()
  for (let offset = layout.first; offset !== 0 && !seen.has(offset);) {
    throwIfCancelled(signal)
    if (pages.length === maxTiffPages) return { pages, hasMore: true }
    seen.add(offset)
    const found = await readDirectory(source, layout, offset, pageTags).catch((error: unknown) => {
      if (pages.length === 0 || !(error instanceof TiffFormatError)) throw error
      return null
    })
    if (found === null) break
    const first = (tag: number): number => found.tags.numbers(tag)[0] ?? 0
    // Bit 0: reduced resolution; bit 2: a transparency mask.
    const isDerived = (first(tiffTag.subfileType) & 0b101) !== 0
    pages.push({ offset, widthPx: first(tiffTag.width), heightPx: first(tiffTag.height), isDerived })
    offset = found.next
  }
  return { pages, hasMore: false }
}

interface Layout {
  unsigned: (bytes: Buffer, offset: number, size: number) => number
  isBig: boolean
  /** Byte offset of the first directory. */
  first: number
}

async function read(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  const bytes = offset + length > source.byteCount ? null : await source.read(offset, length)
  if (bytes?.length !== length) throw new TiffFormatError('its directory lies past the end of the file')
  return bytes
}

async function readLayout(source: ByteSource): Promise<Layout> {
  const start = await read(source, 0, 8)
  const littleEndian = start.toString('latin1', 0, 2) === 'II'
  const unsigned = (bytes: Buffer, offset: number, size: number): number => {
    if (size === 8) {
      return Number(littleEndian ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset))
    }
    return littleEndian ? bytes.readUIntLE(offset, size) : bytes.readUIntBE(offset, size)
  }
  const isBig = unsigned(start, 2, 2) === 43
  return { unsigned, isBig, first: isBig ? unsigned(await read(source, 8, 8), 0, 8) : unsigned(start, 4, 4) }
}

async function readDirectory(
  source: ByteSource,
  { unsigned, isBig }: Layout,
  directory: number,
  wanted: readonly number[],
): Promise<{ tags: TiffTags; next: number }> {
  const wordBytes = isBig ? 8 : 4
  const countBytes = isBig ? 8 : 2
  const entryBytes = isBig ? 20 : 12
  const entryCount = unsigned(await read(source, directory, countBytes), 0, countBytes)
  if (entryCount > 0xffff) throw new TiffFormatError(`its directory claims ${entryCount} entries`)
  const end = directory + countBytes + entryCount * entryBytes
  const entries = await read(source, directory + countBytes, entryCount * entryBytes)
  // Some writers omit the end mark of the last directory.
  const next =
    end + wordBytes > source.byteCount ? 0 : unsigned(await read(source, end, wordBytes), 0, wordBytes)

  const values = new Map<number, { type: number; bytes: Buffer }>()
  for (let at = 0; at < entries.length; at += entryBytes) {
    const tag = unsigned(entries, at, 2)
    const type = unsigned(entries, at + 2, 2)
    const size = elementBytes[type] ?? 0
    if (!wanted.includes(tag) || size === 0) continue
    const byteCount = unsigned(entries, at + 4, wordBytes) * size
    if (byteCount > valueByteLimit) throw new TiffFormatError(`its tag ${tag} claims ${byteCount} bytes`)
    const field = at + 4 + wordBytes
    const bytes =
      byteCount <= wordBytes
        ? entries.subarray(field, field + byteCount)
        : await read(source, unsigned(entries, field, wordBytes), byteCount)
    values.set(tag, { type, bytes })
  }

  const tags: TiffTags = {
    numbers(tag) {
      const value = values.get(tag)
      if (value === undefined) return []
      const size = elementBytes[value.type] ?? 1
      const isRational = value.type === 5 || value.type === 10
      return Array.from({ length: value.bytes.length / size }, (_, index) =>
        isRational
          ? unsigned(value.bytes, index * 8, 4) / unsigned(value.bytes, index * 8 + 4, 4)
          : unsigned(value.bytes, index * size, size),
      )
    },
    text: (tag) => {
      const { bytes } = values.get(tag) ?? { bytes: Buffer.alloc(0) }
      const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
      return text.replace(/\0[^]*$/, '')
    },
  }
  return { tags, next }
}
