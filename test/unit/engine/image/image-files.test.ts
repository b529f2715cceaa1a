import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type TiffOptions } from 'sharp'
import { describe, expect, test } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import {
  encodePng,
  inspectImage,
  makeThumbnail,
  readTile,
  writePng,
} from '../../../../electron/engine/image/index.ts'
import { sharedPath } from '../../../shared-data.ts'
import { folder, picture, place, put, raw } from './fixtures.ts'

describe('inspectImage', () => {
  const tiff = (options: TiffOptions) => raw().tiff(options).toBuffer()

  test.each([
    ['resolution in pixels per millimetre', () => tiff({ xres: 2000, yres: 2000 }), 0.5],
    ['a screen of 96 dpi', () => tiff({ xres: 96 / 25.4, yres: 96 / 25.4 }), null],
    ['a printer of 300 dpi', () => tiff({ xres: 300 / 25.4, yres: 300 / 25.4 }), null],
    ['pixels that are not square', () => tiff({ xres: 2000, yres: 1000 }), null],
    ['a PNG of 0.25 um', () => encodePng(picture, { pixelSizeUm: 0.25 }), 0.25],
    ['a PNG of 0.42 um', () => encodePng(picture, { pixelSizeUm: 0.42 }), 0.42],
    ['a PNG of 100 um', () => encodePng(picture, { pixelSizeUm: 100 }), null],
    ['a JPEG of 25400 dpi', () => raw().withMetadata({ density: 25_400 }).jpeg().toBuffer(), 1],
    ['a JPEG without density', () => raw().jpeg().toBuffer(), null],
  ])('pixel size: %s', async (name, encode, pixelSizeUm) => {
    const info = await inspectImage(await put(`${name.replaceAll(' ', '-')}.bin`, await encode()))
    expect(info).toMatchObject({
      pixelSizeUm,
      pixelSizeSource: pixelSizeUm === null ? 'none' : 'resolution-tag',
      widthPx: 60,
      heightPx: 40,
      pages: 1,
      synthetic: false,
      hasLabelPicture: false,
    })
  })

  /** A whole TIFF of one grey pixel by hand, with an ImageDescription. */
  function describedTiff(
    description: string,
    extra: readonly [number, number, number, number][] = [],
  ): Buffer {
    const text = Buffer.from(`${description}\0`.padEnd(6), 'utf8')
    const entries: [number, number, number, number][] = [
      [256, 4, 1, 1],
      [257, 4, 1, 1],
      [258, 3, 1, 8],
      [259, 3, 1, 1],
      [262, 3, 1, 1],
      [270, 2, text.length, 1000],
      [273, 4, 1, 8],
      [277, 3, 1, 1],
      [278, 4, 1, 1],
      [279, 4, 1, 1],
      ...extra,
    ]
    const bytes = Buffer.alloc(1000 + text.length)
    bytes.write('II*\0', 0, 'latin1')
    bytes.writeUInt32LE(16, 4)
    bytes.writeUInt16LE(entries.length, 16)
    for (const [index, [tag, type, count, value]] of entries.entries()) {
      bytes.writeUInt16LE(tag, 18 + index * 12)
      bytes.writeUInt16LE(type, 20 + index * 12)
      bytes.writeUInt32LE(count, 22 + index * 12)
      bytes.writeUInt32LE(value, 26 + index * 12)
    }
    text.copy(bytes, 1000)
    return bytes
  }

  test.each([
    ['Aperio Image Library v1\n1x1 |AppMag = 20|MPP = 0.4990|Left = 2', 0.499, 'aperio'],
    ['<OME xmlns="x"><Pixels PhysicalSizeX="0.325" PhysicalSizeXUnit="µm"/></OME>', 0.325, 'ome-xml'],
    ['<OME xmlns="x"><Pixels PhysicalSizeX="250" PhysicalSizeXUnit="nm"/></OME>', 0.25, 'ome-xml'],
    ['<OME xmlns="x"><Pixels PhysicalSizeX="0.5"/></OME>', 0.5, 'ome-xml'],
    ['<OME xmlns="x"><Pixels PhysicalSizeX="3" PhysicalSizeXUnit="pixel"/></OME>', null, 'none'],
    ["<OME><Pixels PhysicalSizeX='0.5' PhysicalSizeXUnit='µm'/></OME>", 0.5, 'ome-xml'],
    ['<OME><Pixels PhysicalSizeX="0.0005" PhysicalSizeXUnit="mm"/></OME>', 0.5, 'ome-xml'],
    ['<OME><Pixels PhysicalSizeX="5e-7" PhysicalSizeXUnit="m"/></OME>', 0.5, 'ome-xml'],
    ['<OME><Pixels PhysicalSizeX="5000" PhysicalSizeXUnit="\u212B"/></OME>', 0.5, 'ome-xml'],
    ['<OME><Pixels PhysicalSizeX="0,5" PhysicalSizeXUnit="&#xB5;m"/></OME>', 0.5, 'ome-xml'],
    ['Aperio Image Library v1\n1x1 |MPP = 0,4990|Left = 2', 0.499, 'aperio'],
    ['made by hand', null, 'none'],
  ])('pixel size in a description: %s', async (description, pixelSizeUm, pixelSizeSource) => {
    const info = await inspectImage(await put('described.tif', describedTiff(description)))
    expect(info).toMatchObject({ format: 'tiff', pixelSizeUm, pixelSizeSource })
  })

  test('recognises synthetic images, and counts bytes', async () => {
    const path = place('marked.png')
    await writePng(picture, path, { pixelSizeUm: 0.42, description: 'Lobule synthetic tissue' })
    expect(await inspectImage(path)).toMatchObject({
      synthetic: true,
      byteCount: (await readFile(path)).length,
    })
  })

  test('a compression that libvips would decode as black is refused', async () => {
    const bytes = describedTiff('x')
    bytes.writeUInt16LE(34712, 18 + 3 * 12 + 8)
    const path = await put('jpeg2000.tif', bytes)
    await expect(inspectImage(path)).rejects.toMatchObject({ code: 'image.unsupported-format' })
  })
})

describe('writePng', () => {
  test('the same raster gives the same bytes, and nothing else is left in the folder', async () => {
    const target = await mkdtemp(join(folder, 'write-'))
    await writePng(picture, join(target, 'a.png'), { pixelSizeUm: 0.42 })
    await writePng(picture, join(target, 'b.png'), { pixelSizeUm: 0.42 })
    expect(await sha256OfFile(join(target, 'a.png'))).toBe(await sha256OfFile(join(target, 'b.png')))
    expect(await readdir(target)).toEqual(['a.png', 'b.png'])
    await expect(writePng(picture, join(target, 'a.png', 'below-a-file.png'))).rejects.toMatchObject({
      code: 'path.not-writable',
    })
    const broken = { ...picture, widthPx: 61 }
    await expect(writePng(broken, join(target, 'c.png'))).rejects.toMatchObject({
      code: 'image.invalid-raster',
    })
  })
})

test('sha256OfFile is SHA-256', async () => {
  // FIPS 180-2, example of one block.
  expect(await sha256OfFile(await put('abc', 'abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

describe('tiles and thumbnails', () => {
  const size = async (jpeg: Buffer) => {
    const { width, height, format } = await sharp(jpeg).metadata()
    return [width, height, format]
  }

  test('the levels of a 60 x 40 image, by hand', async () => {
    const path = await put('levels.png', await raw().png().toBuffer())
    const tile = (level: number, column: number, row: number) =>
      readTile(path, { level, column, row, tileSizePx: 32 })
    // 64 is the next power of two: level 6 is full size, 0 one pixel.
    expect(await size(await tile(6, 0, 0))).toEqual([32, 32, 'jpeg'])
    expect(await size(await tile(6, 1, 1))).toEqual([28, 8, 'jpeg'])
    expect(await size(await tile(5, 0, 0))).toEqual([30, 20, 'jpeg'])
    expect(await size(await tile(4, 0, 0))).toEqual([15, 10, 'jpeg'])
    expect(await size(await tile(0, 0, 0))).toEqual([1, 1, 'jpeg'])
    const outside = [
      [7, 0, 0],
      [6, 2, 0],
      [6, 0, 2],
      [5, 1, 0],
      [-1, 0, 0],
      [6, 0.5, 0],
    ] as const
    for (const [level, column, row] of outside) {
      await expect(tile(level, column, row)).rejects.toMatchObject({ code: 'image.invalid-raster' })
    }
    const decoded = await sharp(await tile(6, 1, 0))
      .raw()
      .toBuffer()
    // The tile begins at column 32; JPEG at this quality keeps a smooth gradient within a few levels.
    expect(Math.abs((decoded[0] ?? 0) - 128)).toBeLessThanOrEqual(6)
  })

  test('a thumbnail keeps the shape and is never enlarged', async () => {
    const path = await put('thumb.png', await raw().png().toBuffer())
    expect(await size(await makeThumbnail(path, 30))).toEqual([30, 20, 'jpeg'])
    expect(await size(await makeThumbnail(path, 160))).toEqual([60, 40, 'jpeg'])
  })
})

describe('real files', () => {
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  test.skipIf(slide === null)('an Aperio slide', async () => {
    expect(await inspectImage(slide ?? '')).toMatchObject({
      format: 'tiff',
      widthPx: 2220,
      heightPx: 2967,
      pixelSizeUm: 0.499,
      pixelSizeSource: 'aperio',
      pages: 4,
    })
    const tile = await readTile(slide ?? '', { level: 12, column: 8, row: 11, tileSizePx: 256 })
    expect((await sharp(tile).metadata()).width).toBe(2220 - 8 * 256)
  })
})
