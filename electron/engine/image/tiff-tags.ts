import type { ByteSource } from './byte-source.ts'

/** The tags of a TIFF's first directory that Lobule reads (TIFF 6.0, BigTIFF); an EXIF block is one, too. */
export const tiffTag = {
  compression: 259,
  imageDescription: 270,
  stripOffsets: 273,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  tileOffsets: 324,
  tileByteCounts: 325,
} as const

export interface TiffTags {
  /** The numbers of a tag, rationals as quotients; empty where the tag is absent. */
  numbers(tag: number): readonly number[]
  /** The text of a tag, as Latin-1 or UTF-8; empty where the tag is absent. */
  text(tag: number): string
}

/** Why a directory could not be read; the caller knows the path. */
export class TiffFormatError extends Error {}

const wanted = new Set<number>(Object.values(tiffTag))
/** Bytes of one element by TIFF type number; 0: not a type that Lobule reads. */
const elementBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
/** A tag's value is refused above this; the offsets of 2 million tiles fit. */
const valueByteLimit = 16 * 2 ** 20

/** Reads the first directory of a TIFF, either byte order, classic or BigTIFF. TiffFormatError where it is cut. */
export async function readTiffTags(source: ByteSource): Promise<TiffTags> {
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const bytes = offset + length > source.byteCount ? null : await source.read(offset, length)
    if (bytes?.length !== length) throw new TiffFormatError('its directory lies past the end of the file')
    return bytes
  }
  const start = await read(0, 8)
  const littleEndian = start.toString('latin1', 0, 2) === 'II'
  const unsigned = (bytes: Buffer, offset: number, size: number): number => {
    if (size === 8) {
      return Number(littleEndian ? bytes.readBigUInt64LE(offset) : bytes.readBigUInt64BE(offset))
    }
    return littleEndian ? bytes.readUIntLE(offset, size) : bytes.readUIntBE(offset, size)
  }
  const big = unsigned(start, 2, 2) === 43
  const wordBytes = big ? 8 : 4
  const countBytes = big ? 8 : 2
  const entryBytes = big ? 20 : 12
  const directory = big ? unsigned(await read(8, 8), 0, 8) : unsigned(start, 4, 4)
  const entryCount = unsigned(await read(directory, countBytes), 0, countBytes)
  if (entryCount > 0xffff) throw new TiffFormatError(`its directory claims ${entryCount} entries`)
  const entries = await read(directory + countBytes, entryCount * entryBytes)

  const values = new Map<number, { type: number; bytes: Buffer }>()
  for (let at = 0; at < entries.length; at += entryBytes) {
    const tag = unsigned(entries, at, 2)
    const type = unsigned(entries, at + 2, 2)
    const size = elementBytes[type] ?? 0
    if (!wanted.has(tag) || size === 0) continue
    const byteCount = unsigned(entries, at + 4, wordBytes) * size
    if (byteCount > valueByteLimit) throw new TiffFormatError(`its tag ${tag} claims ${byteCount} bytes`)
    const field = at + 4 + wordBytes
    const bytes =
      byteCount <= wordBytes
        ? entries.subarray(field, field + byteCount)
        : await read(unsigned(entries, field, wordBytes), byteCount)
    values.set(tag, { type, bytes })
  }

  return {
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
    text: (tag) => (values.get(tag)?.bytes.toString('utf8') ?? '').replace(/\0[^]*$/, ''),
  }
}
