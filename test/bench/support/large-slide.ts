import { open } from 'node:fs/promises'
import sharp from 'sharp'
import { makeSyntheticField, syntheticClasses } from '../../../electron/engine/synthetic/index.ts'

/** As scanners write them. */
const tilePx = 256
const channels = 3
const tileBytes = tilePx * tilePx * channels
/** The pattern: a synthetic field of each class, in whole tiles. */
const [patternColumns, patternRows] = [8, 6]
const tissue = Array.from({ length: 4 * patternColumns * patternRows }, (_, index) => index)
const glass = tissue.length

interface Level {
  readonly columns: number
  readonly rows: number
  readonly edgePx: number
  /** The picture of each tile, row by row: an index into the pictures of the level. */
  readonly tiles: Uint16Array
}

/**
 * Writes a square slide with its smaller copies, each half of the one before, as a tiled BigTIFF of JPEG tiles: four islands of synthetic
 * tissue on glass, repeated from a pattern. Few tiles differ, so that it takes seconds; each is written in full, so that the file is as
 * large as a scanner's.
 * @param edgePx more than 512
 */
export async function writeLargeSlide(path: string, edgePx: number, pixelSizeUm: number): Promise<void> {
  const file = await open(path, 'wx')
  let at = 16
  const append = async (bytes: Buffer): Promise<number> => {
    await file.write(bytes, 0, bytes.length, at)
    const start = at
    at += bytes.length
    return start
  }
  try {
    let pictures = patternTiles()
    let level = islands(edgePx)
    let directories: { level: Level; offsets: BigUint64Array; counts: BigUint64Array }[] = []
    for (;;) {
      const encoded = await Promise.all(pictures.map(encode))
      const offsets = new BigUint64Array(level.tiles.length)
      const counts = new BigUint64Array(level.tiles.length)
      for (const [place, picture] of level.tiles.entries()) {
        const bytes = encoded[picture] ?? Buffer.alloc(0)
        offsets[place] = BigInt(await append(bytes))
        counts[place] = BigInt(bytes.length)
      }
      directories = [...directories, { level, offsets, counts }]
      // A list of one place would be in the directory itself.
      if (level.tiles.length <= 4) break
      ;({ level, pictures } = halved(level, pictures))
    }
    let next = 0
    // From the last: each names the one after it.
    for (const [index, { level: of, offsets, counts }] of [...directories.entries()].reverse()) {
      const places = { offsets: await append(bytesOf(offsets)), counts: await append(bytesOf(counts)) }
      next = await append(directory({ level: of, isCopy: index > 0, pixelSizeUm, places, next }))
    }
    const head = Buffer.from('II+\0\x08\0\0\0\0\0\0\0\0\0\0\0', 'latin1')
    head.writeBigUInt64LE(BigInt(next), 8)
    await file.write(head, 0, head.length, 0)
  } finally {
    await file.close()
  }
}

const bytesOf = ({ buffer }: BigUint64Array): Buffer => Buffer.from(buffer as ArrayBuffer)

/** Tiles of the pattern of each class, and of glass. */
function patternTiles(): Uint8Array[] {
  const fields = syntheticClasses.map((className) => makeSyntheticField({ className, seed: 1, index: 0 }))
  const tiles = tissue.map((tile) => {
    const { data, widthPx } = fields[Math.floor(tile / (patternColumns * patternRows))] ?? {
      data: [],
      widthPx: 0,
    }
    const place = tile % (patternColumns * patternRows)
    const [left, top] = [(place % patternColumns) * tilePx, Math.floor(place / patternColumns) * tilePx]
    const picture = new Uint8Array(tileBytes)
    for (let row = 0; row < tilePx; row++) {
      const from = ((top + row) * widthPx + left) * channels
      picture.set(data.slice(from, from + tilePx * channels), row * tilePx * channels)
    }
    return picture
  })
  return [...tiles, new Uint8Array(tileBytes).fill(244)]
}

/** The full size: an island of each class, a disc in its quarter. */
function islands(edgePx: number): Level {
  const columns = Math.ceil(edgePx / tilePx)
  const tiles = new Uint16Array(columns * columns).fill(glass)
  for (const place of tiles.keys()) {
    const [column, row] = [place % columns, Math.floor(place / columns)]
    const [right, lower] = [2 * column >= columns, 2 * row >= columns]
    const [x, y] = [
      (column + 0.5) / columns - (right ? 0.75 : 0.25),
      (row + 0.5) / columns - (lower ? 0.75 : 0.25),
    ]
    if (Math.hypot(x, y) > 0.2) continue
    const field = Number(right) + 2 * Number(lower)
    tiles[place] = (field * patternRows + (row % patternRows)) * patternColumns + (column % patternColumns)
  }
  return { columns, rows: columns, edgePx, tiles }
}

/** The copy of half the size. Four tiles that occur together more than once are averaged once. */
function halved({ columns, rows, edgePx, tiles }: Level, pictures: readonly Uint8Array[]) {
  const known = new Map<string, number>()
  const made: Uint8Array[] = []
  const half = Math.floor(edgePx / 2)
  const across = Math.ceil(half / tilePx)
  const smaller = new Uint16Array(across * across)
  for (const place of smaller.keys()) {
    const [column, row] = [2 * (place % across), 2 * Math.floor(place / across)]
    const four = [0, 1].flatMap((down) =>
      [0, 1].map((right) => {
        // Beyond the edge the last tile is repeated; nothing of it is seen.
        const [x, y] = [Math.min(columns - 1, column + right), Math.min(rows - 1, row + down)]
        return tiles[y * columns + x] ?? 0
      }),
    )
    const key = four.join(' ')
    const picture = known.get(key) ?? made.push(average(four.map((one) => pictures[one]))) - 1
    known.set(key, picture)
    smaller[place] = picture
  }
  return { level: { columns: across, rows: across, edgePx: half, tiles: smaller }, pictures: made }
}

/** Four tiles (upper left, upper right, lower left, lower right) as one, each pixel the mean of four. */
function average(four: readonly (Uint8Array | undefined)[]): Uint8Array {
  const made = new Uint8Array(tileBytes)
  const half = tilePx / 2
  const stride = tilePx * channels
  for (const [index, picture = made] of four.entries()) {
    const [left, top] = [(index % 2) * half, Math.floor(index / 2) * half]
    for (let row = 0; row < half; row++) {
      for (let at = 0; at < half * channels; at++) {
        const from = 2 * row * stride + 2 * Math.floor(at / channels) * channels + (at % channels)
        const sum =
          (picture[from] ?? 0) +
          (picture[from + channels] ?? 0) +
          (picture[from + stride] ?? 0) +
          (picture[from + stride + channels] ?? 0)
        made[(top + row) * stride + left * channels + at] = (sum + 2) >> 2
      }
    }
  }
  return made
}

const encode = (picture: Uint8Array): Promise<Buffer> =>
  sharp(picture, { raw: { width: tilePx, height: tilePx, channels } })
    .jpeg({ quality: 80 })
    .toBuffer()

/** A directory of BigTIFF: YCbCr JPEG with colours of half the size, as sharp's JPEG is. */
function directory({
  level,
  isCopy,
  pixelSizeUm,
  places,
  next,
}: {
  level: Level
  isCopy: boolean
  pixelSizeUm: number
  places: { offsets: number; counts: number }
  next: number
}): Buffer {
  const [short, long, rational, long8] = [3, 4, 5, 16]
  const few = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(8)
    for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index)
    return bytes
  }
  const wide = (value: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    return bytes
  }
  const perCm = Buffer.alloc(8)
  perCm.writeUInt32LE(Math.round(1e8 / pixelSizeUm), 0)
  perCm.writeUInt32LE(10_000, 4)
  const { edgePx, tiles } = level
  const entries: [tag: number, type: number, count: number, value: Buffer][] = [
    [254, long, 1, wide(isCopy ? 1 : 0)],
    [256, long, 1, wide(edgePx)],
    [257, long, 1, wide(edgePx)],
    [258, short, 3, few(8, 8, 8)],
    [259, short, 1, few(7)],
    [262, short, 1, few(6)],
    [277, short, 1, few(3)],
    [282, rational, 1, perCm],
    [283, rational, 1, perCm],
    [284, short, 1, few(1)],
    [296, short, 1, few(3)],
    [322, long, 1, wide(tilePx)],
    [323, long, 1, wide(tilePx)],
    [324, long8, tiles.length, wide(places.offsets)],
    [325, long8, tiles.length, wide(places.counts)],
    [530, short, 2, few(2, 2)],
  ]
  const bytes = Buffer.alloc(8 + 20 * entries.length + 8)
  bytes.writeBigUInt64LE(BigInt(entries.length), 0)
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 8 + 20 * index
    bytes.writeUInt16LE(tag, at)
    bytes.writeUInt16LE(type, at + 2)
    bytes.writeBigUInt64LE(BigInt(count), at + 4)
    value.copy(bytes, at + 12)
  }
  bytes.writeBigUInt64LE(BigInt(next), bytes.length - 8)
  return bytes
}
