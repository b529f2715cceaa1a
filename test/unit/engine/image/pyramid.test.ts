import { readFile, writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../../electron/contract/errors.ts'
import {
  decodeRaster,
  encodePng,
  openPicture,
  readRegion,
  readTile,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../../../shared-data.ts'
import { pixel, place, put } from './fixtures.ts'

const slide = makeSyntheticField({ className: 'Benign', seed: 9, index: 0, widthPx: 700, heightPx: 500 })
const pyramidTiff = (bigtiff = false) =>
  sharp(slide.data, { raw: { width: 700, height: 500, channels: 3 } })
    .tiff({ pyramid: true, tile: true, tileWidth: 64, tileHeight: 64, compression: 'deflate', bigtiff })
    .toBuffer()

/** The entries of a classic little-endian directory. */
function directory(bytes: Buffer, at: number) {
  const count = bytes.readUInt16LE(at)
  const entries = Array.from({ length: count }, (_, index) =>
    bytes.subarray(at + 2 + 12 * index, at + 14 + 12 * index),
  )
  return { entries, nextAt: at + 2 + 12 * count }
}

/** The position of each offset of a tag; the tag must have more than one. */
function longs(bytes: Buffer, at: number, tag: number): number[] {
  const entry = directory(bytes, at).entries.find((one) => one.readUInt16LE(0) === tag)
  if (entry === undefined) throw new Error(`no tag ${tag}`)
  const from = entry.readUInt32LE(8)
  return Array.from({ length: entry.readUInt32LE(4) }, (_, index) => bytes.readUInt32LE(from + 4 * index))
}

/** The second page of a TIFF, and with it all others, hung below the first, as OME-TIFF does. */
function withSubDirectories(bytes: Buffer): Buffer {
  const firstAt = bytes.readUInt32LE(4)
  const { entries, nextAt } = directory(bytes, firstAt)
  const below: number[] = []
  for (let at = bytes.readUInt32LE(nextAt); at !== 0; at = bytes.readUInt32LE(directory(bytes, at).nextAt)) {
    below.push(at)
  }
  const list = Buffer.alloc(4 * below.length)
  below.forEach((offset, index) => list.writeUInt32LE(offset, 4 * index))
  const entry = Buffer.alloc(12)
  entry.writeUInt16LE(330, 0)
  entry.writeUInt16LE(4, 2)
  entry.writeUInt32LE(below.length, 4)
  entry.writeUInt32LE(bytes.length, 8)
  const count = Buffer.alloc(2)
  count.writeUInt16LE(entries.length + 1)
  const sorted = [...entries, entry].sort((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0))
  const moved = Buffer.concat([bytes, list, count, ...sorted, Buffer.alloc(4)])
  moved.writeUInt32LE(bytes.length + list.length, 4)
  return moved
}

const meanGap = (left: Raster, right: Raster): number => {
  expect([left.widthPx, left.heightPx]).toEqual([right.widthPx, right.heightPx])
  return (
    left.data.reduce((sum, value, at) => sum + Math.abs(value - (right.data[at] ?? 0)), 0) / left.data.length
  )
}

describe('the levels of a picture', () => {
  const sizes = async (path: string) =>
    (await openPicture(path)).levels.map(({ widthPx, heightPx }) => [widthPx, heightPx])
  const halves = [
    [700, 500],
    [350, 250],
    [175, 125],
    [87, 62],
    [43, 31],
  ]

  test('reduced pages, classic and BigTIFF', async () => {
    expect(await sizes(await put('pages.tif', await pyramidTiff()))).toEqual(halves)
    expect(await sizes(await put('big.tif', await pyramidTiff(true)))).toEqual(halves)
    const { levels } = await openPicture(place('pages.tif'))
    expect(levels[2]?.downsample).toBe(4)
  })

  test('sub-directories', async () => {
    const path = await put('below.tif', withSubDirectories(await pyramidTiff()))
    expect(await sizes(path)).toEqual(halves)
    const small = await readRegion(path, { level: 2, left: 10, top: 20, widthPx: 64, heightPx: 48 })
    const same = { level: 2, left: 10, top: 20, widthPx: 64, heightPx: 48 }
    expect(small).toEqual(await readRegion(place('pages.tif'), same))
  })

  test('a damaged level is skipped', async () => {
    const bytes = withSubDirectories(await pyramidTiff())
    const list = longs(bytes, bytes.readUInt32LE(4), 330)
    const at = bytes.indexOf(Buffer.from(Uint32Array.from(list).buffer))
    bytes.writeUInt32LE(bytes.length + 1000, at)
    expect(await sizes(await put('damaged.tif', bytes))).toEqual(halves.filter((_, level) => level !== 1))
  })

  test('everything else has one level', async () => {
    expect(await sizes(await put('plain.png', await encodePng(slide)))).toEqual([[700, 500]])
    const { data } = slide
    const turned = await sharp(data, { raw: { width: 700, height: 500, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .tiff({ pyramid: true, tile: true, tileWidth: 64, tileHeight: 64 })
      .toBuffer()
    expect(await sizes(await put('turned.tif', turned))).toEqual([[500, 700]])
  })
})

describe('readRegion', () => {
  beforeAll(async () => {
    await put('slide.tif', await pyramidTiff())
  })
  const path = place('slide.tif')

  test('the pixels of the full image, to the byte', async () => {
    const region = await readRegion(path, { level: 0, left: 130, top: 77, widthPx: 200, heightPx: 91 })
    for (const [x, y] of [
      [0, 0],
      [199, 90],
      [64, 3],
    ] as const) {
      expect(pixel(region, x, y)).toEqual(pixel(slide, 130 + x, 77 + y))
    }
    const whole = await readRegion(path, { level: 0, left: 0, top: 0, widthPx: 700, heightPx: 500 })
    expect(whole).toEqual(await decodeRaster(path))
    // Formats without tiles have the same answer.
    await put('slide.png', await encodePng(slide))
    const window = { level: 0, left: 130, top: 77, widthPx: 200, heightPx: 91 }
    expect(await readRegion(place('slide.png'), window)).toEqual(region)
  })

  test('a smaller level is the image at a smaller size', async () => {
    const level = await readRegion(path, { level: 1, left: 50, top: 60, widthPx: 100, heightPx: 80 })
    const full = await readRegion(path, { level: 0, left: 100, top: 120, widthPx: 200, heightPx: 160 })
    const { data } = await sharp(full.data, { raw: { width: 200, height: 160, channels: 3 } })
      .resize({ width: 100, height: 80, kernel: 'linear' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(meanGap(level, { ...level, data })).toBeLessThan(3)
  })

  test('only the tiles under it are read', async () => {
    const bytes = await readFile(path)
    const first = bytes.readUInt32LE(4)
    const offsets = longs(bytes, first, 324)
    const counts = longs(bytes, first, 325)
    // Tile 3 of row 2 of 11 x 8 tiles is kept, all others become nonsense.
    const kept = 2 * 11 + 3
    const broken = Buffer.from(bytes)
    offsets.forEach((offset, index) => {
      if (index !== kept) broken.fill(0x5a, offset, offset + (counts[index] ?? 0))
    })
    await writeFile(place('one-tile.tif'), broken)
    const window = { level: 0, left: 3 * 64, top: 2 * 64, widthPx: 64, heightPx: 64 }
    expect(await readRegion(place('one-tile.tif'), window)).toEqual(await readRegion(path, window))
    await expect(readRegion(place('one-tile.tif'), { ...window, left: 4 * 64 })).rejects.toMatchObject({
      code: 'image.truncated',
    })
  })

  test('tiles of the viewer come from the coarsest level that is fine enough', async () => {
    const bytes = await readFile(path)
    const first = bytes.readUInt32LE(4)
    const broken = Buffer.from(bytes)
    const counts = longs(bytes, first, 325)
    longs(bytes, first, 324).forEach((offset, index) => {
      broken.fill(0x5a, offset, offset + (counts[index] ?? 0))
    })
    await writeFile(place('no-full-level.tif'), broken)
    const tile = (file: string, level: number) =>
      readTile(file, { level, column: 0, row: 0, tileSizePx: 256 })
    // Level 10 is full size, 9 a half.
    await expect(tile(place('no-full-level.tif'), 10)).rejects.toMatchObject({ code: 'image.truncated' })
    for (const level of [9, 8, 7, 3, 0]) {
      expect(await tile(place('no-full-level.tif'), level)).toEqual(await tile(path, level))
    }
    // And they show the same as tiles made from the full image.
    await put('flat.png', await encodePng(slide))
    const pixels = async (jpeg: Buffer): Promise<Raster> => {
      const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
      return { widthPx: info.width, heightPx: info.height, data }
    }
    for (const level of [9, 8]) {
      const [fromLevel, fromFull] = [await tile(path, level), await tile(place('flat.png'), level)]
      // Different kernels, and JPEG twice; a shift by a pixel would give about 10.
      expect(meanGap(await pixels(fromLevel), await pixels(fromFull))).toBeLessThan(4)
    }
  })

  test.each([
    ['past the right edge', { left: 650, widthPx: 51 }],
    ['past the lower edge', { top: 450, heightPx: 51 }],
    ['before the left edge', { left: -1 }],
    ['not whole', { top: 0.5 }],
    ['empty', { widthPx: 0 }],
    ['a level that is not there', { level: 5 }],
    ['a negative level', { level: -1 }],
  ])('refuses a region %s', async (_, change) => {
    const window = { level: 0, left: 0, top: 0, widthPx: 10, heightPx: 10, ...change }
    await expect(readRegion(path, window)).rejects.toMatchObject({ code: 'image.invalid-raster' })
  })
})

const svs = sharedPath('data/wsi/cmu-1-small-region.svs')
test.skipIf(svs === null)('an Aperio slide: its thumbnail, label and overview are not levels', async () => {
  const { levels } = await openPicture(svs ?? '')
  expect(levels.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([[2220, 2967]])
  const window = { level: 0, left: 1990, top: 2700, widthPx: 230, heightPx: 267 }
  const region = await readRegion(svs ?? '', window)
  const whole = await decodeRaster(svs ?? '')
  expect(pixel(region, 229, 266)).toEqual(pixel(whole, 2219, 2966))
  expect(pixel(region, 0, 0)).toEqual(pixel(whole, 1990, 2700))
})

// LOBULE_MUTATIONS=5000 for the long run.
test('mutated pyramids are read or refused with a typed error, and crash nothing', async () => {
  const count = Number(process.env['LOBULE_MUTATIONS'] ?? 60)
  const plain = await pyramidTiff()
  const seeds = [plain, withSubDirectories(plain), await pyramidTiff(true)]
  const generator = keyedGenerator('mutated pyramids')
  const untyped: string[] = []
  let read = 0
  for (let round = 0; round < count; round++) {
    const bytes = Buffer.from(seeds[round % seeds.length] ?? plain)
    const directoryAt = bytes.readUInt32LE(4)
    for (let change = generator.nextInteger(4); change >= 0; change--) {
      // Half of the changes hit the first directory of a classic file.
      const at = generator.nextBoolean()
        ? directoryAt + generator.nextInteger(250)
        : generator.nextInteger(bytes.length)
      if (at < bytes.length) bytes[at] = generator.nextInteger(256)
    }
    const path = await put('mutated.tif', bytes)
    const attempts = [
      () => readTile(path, { level: 8, column: 0, row: 0, tileSizePx: 256 }),
      () => readRegion(path, { level: 1, left: 0, top: 0, widthPx: 64, heightPx: 64 }),
    ]
    for (const attempt of attempts) {
      try {
        await attempt()
        read += 1
      } catch (error) {
        if (!(error instanceof AppError)) untyped.push(String(error))
      }
    }
  }
  expect(untyped).toEqual([])
  expect(read).toBeGreaterThan(count / 10)
}, 600_000)
