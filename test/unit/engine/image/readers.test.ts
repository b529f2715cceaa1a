import { copyFile, cp, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  decodeRaster,
  inspectPages,
  makeThumbnail,
  openPicture,
  readRegion,
  readTilePixels,
  sha256OfImage,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { oneOfEachSeries } from '../../../../electron/engine/image/image-parts.ts'
import { openSlideState, readSlide, slideAt } from '../../../../electron/engine/image/openslide.ts'
import { readGrey } from '../../../../electron/engine/image/read-grey.ts'
import { sharedPath } from '../../../shared-data.ts'
import { pixel, place, put } from './fixtures.ts'

const slides = sharedPath('data/wsi')
const canRead = slides !== null && 'version' in openSlideState()
if (!canRead) console.warn('SKIPPED: needs OpenSlide (npm run setup) and the slides of ../shared/data/wsi.')
const at = (name: string): string => join(slides ?? '', name)

/** Every file that OpenSlide reads here, and one that sharp reads: the same 2048 x 2048 pixels, or nearly. */
const same = [
  'svs-jpeg-label-macro.svs',
  'svs-jp2k-33005.svs',
  'hamamatsu.ndpi',
  'leica.scn',
  'mirax.mrxs',
  'philips.tiff',
  'sparse-jpeg.tiff',
  'ventana.bif',
  'ome-jpeg-subifd.ome.tiff',
] as const

/** Mean difference of two rasters of the same size. */
function difference(a: Raster, b: Raster): number {
  expect([a.widthPx, a.heightPx]).toEqual([b.widthPx, b.heightPx])
  return a.data.reduce((sum, value, index) => sum + Math.abs(value - (b.data[index] ?? 0)), 0) / a.data.length
}

function cut({ data, widthPx }: Raster, left: number, top: number, width: number, height: number): Raster {
  const rows = Array.from({ length: height }, (_, row) =>
    data.subarray(((top + row) * widthPx + left) * 3, ((top + row) * widthPx + left + width) * 3),
  )
  return { widthPx: width, heightPx: height, data: new Uint8Array(Buffer.concat(rows)) }
}

describe.skipIf(!canRead)('every reader', () => {
  test.each(same)('%s: the parts agree with the whole', async (name) => {
    const path = at(name)
    const [image, ...others] = await inspectPages(path, 'ask')
    expect(others).toEqual([])
    expect(image).toMatchObject({ page: 1, widthPx: 2048, heightPx: 2048 })
    const whole = await decodeRaster(path)
    expect([whole.widthPx, whole.heightPx]).toEqual([2048, 2048])
    const box = { left: 1501, top: 703, widthPx: 333, heightPx: 217 }
    const region = await readRegion(path, { level: 0, ...box })
    expect(difference(region, cut(whole, 1501, 703, 333, 217))).toBe(0)
    // The last tile of the full size, and the whole as one small tile.
    const tile = await readTilePixels(path, { level: 11, column: 1, row: 1, tileSizePx: 1024 })
    expect(difference(tile, cut(whole, 1024, 1024, 1024, 1024))).toBe(0)
    const small = await readTilePixels(path, { level: 7, column: 0, row: 0, tileSizePx: 1024 })
    const { data, info } = await sharp(whole.data, { raw: { width: 2048, height: 2048, channels: 3 } })
      .resize(128, 128)
      .raw()
      .toBuffer({ resolveWithObject: true })
    const shrunk = { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data) }
    // Smaller copies were compressed by themselves, with filters of their makers.
    expect(difference(small, shrunk)).toBeLessThan(8)
    const thumbnail = await sharp(await makeThumbnail(path, 300)).metadata()
    expect([thumbnail.width, thumbnail.height]).toEqual([300, 300])
    expect((await readGrey(path, 200)).widthPx).toBe(200)
    await expect(readRegion(path, { level: 0, ...box, left: 2000 })).rejects.toMatchObject({
      code: 'image.invalid-raster',
    })
    await expect(decodeRaster(path, { page: 9 })).rejects.toMatchObject({ code: 'image.no-page' })
  })

  test.each(same)('%s shows the same tissue as the others', async (name) => {
    const reference = await decodeRaster(at('svs-jpeg-label-macro.svs'))
    const own = await decodeRaster(at(name))
    // Each was compressed once more, as JPEG 2000 with rings beside the edges: up to 6.2 of 255. A shift of 8 pixels: over 15.
    expect(difference(own, reference)).toBeLessThan(8)
    const shifted = difference(cut(own, 8, 0, 2040, 2048), cut(reference, 0, 0, 2040, 2048))
    expect(shifted).toBeGreaterThan(12)
  })

  test('pixel sizes: from the vendor, and none where the file has none', async () => {
    const sizes = await Promise.all(
      same.map(async (name) => [name, (await openPicture(at(name))).info.pixelSizeUm]),
    )
    expect(sizes).toEqual(same.map((name) => [name, name === 'leica.scn' ? null : 0.499]))
  })
})

describe.skipIf(!canRead)('slides of several files', () => {
  const copied = async (): Promise<string> => {
    const folder = await mkdtemp(place('series-'))
    await cp(at('dicom-jpeg'), folder, { recursive: true })
    await copyFile(at('mirax.mrxs'), join(folder, 'slide.mrxs'))
    await cp(at('mirax'), join(folder, 'slide'), { recursive: true })
    return folder
  }

  test('a DICOM series is one image, whichever file is named', async () => {
    const folder = await copied()
    const names = (await readdir(folder)).filter((name) => name.endsWith('.dcm'))
    expect(names).toHaveLength(5)
    const hashes = await Promise.all(names.map((name) => sha256OfImage(join(folder, name))))
    expect(new Set(hashes).size).toBe(1)
    const files = [...names.map((name) => join(folder, name)), join(folder, 'slide.mrxs')]
    expect(await oneOfEachSeries({ files })).toEqual([files[0], files.at(-1)])
    const [image] = await inspectPages(join(folder, names[0] ?? ''), 'ask')
    expect(image).toMatchObject({ format: 'dicom', widthPx: 2048, pixelSizeUm: 0.499, fileSha256: hashes[0] })
  })

  test('a change in any part is another image; a missing folder is said', async () => {
    const folder = await copied()
    const path = join(folder, 'slide.mrxs')
    const before = await sha256OfImage(path)
    const part = join(folder, 'slide', 'Data0000.dat')
    const bytes = await readFile(part)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(part, bytes)
    expect(await sha256OfImage(path)).not.toBe(before)
    const alone = join(await mkdtemp(place('alone-')), 'slide.mrxs')
    await copyFile(at('mirax.mrxs'), alone)
    await expect(inspectPages(alone, 'ask')).rejects.toMatchObject({
      code: expect.stringMatching(/image\.(truncated|unsupported-format)/) as string,
    })
  })
})

describe.skipIf(slides === null)('what must stay refused or never be an image', () => {
  test.each(['openslide-aborts.svs', 'openslide-aborts.tiff'])('%s is refused', async (name) => {
    await expect(inspectPages(at(name), 'ask')).rejects.toMatchObject({
      code: expect.stringMatching(/image\.(truncated|unsupported-format)/) as string,
    })
  })

  test.skipIf(!canRead)('a file with a picture of the label says so', async () => {
    const found: string[] = []
    for (const name of [...same, 'cmu-1-small-region.svs', 'tiled-webp.tiff'])
      if ((await openPicture(at(name))).info.hasLabelPicture) found.push(name)
    expect(found).toEqual([...same.filter((name) => name !== 'sparse-jpeg.tiff'), 'cmu-1-small-region.svs'])
  })

  test('label and macro pictures of an OME-TIFF are no images', async () => {
    const pages = await inspectPages(at('ome-jpeg-subifd.ome.tiff'), 'all')
    expect(pages.map(({ page, widthPx }) => [page, widthPx])).toEqual([[1, 2048]])
  })

  test.skipIf(!canRead)('text properties never name a patient', async () => {
    for (const name of same.filter((one) => !one.includes('ome'))) {
      const { properties } = await slideAt(at(name))
      expect(Object.values(properties).every((value) => /^[\d.]+$|^[0-9A-F]{6}$/i.test(value))).toBe(true)
    }
  })
})

interface ReferenceRegion {
  file: string
  level: number
  x: number
  y: number
  widthPx: number
  heightPx: number
  sha256: string
}

test.skipIf(!canRead)('the pixels of every level are those of openslide-python, to the bit', async () => {
  const file = new URL('../../../references/slides/regions.json', import.meta.url)
  const { regions } = JSON.parse(await readFile(file, 'utf8')) as { regions: ReferenceRegion[] }
  expect(regions.length).toBeGreaterThan(90)
  const wrong: ReferenceRegion[] = []
  for (const region of regions) {
    const pixels = await readSlide(at(region.file), region.level, region)
    if (sha256(pixels) !== region.sha256) wrong.push(region)
  }
  expect(wrong).toEqual([])
})

test('a file that is named like a slide and is none is refused, never its preview', async () => {
  const preview = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'pink' } })
    .jpeg()
    .toBuffer()
  for (const name of ['preview.mrxs', 'preview.ndpi']) {
    const refused = await inspectPages(await put(name, preview), 'ask').catch((error: unknown) =>
      String(error),
    )
    expect(refused).toContain(
      `${basename(name)} is not an image that Lobule can read: it is named like a slide of`,
    )
  }
})

test('the middle of a slide without smaller copies is read in strips', async () => {
  const path = place('tall.tif')
  await sharp({ create: { width: 5000, height: 6000, channels: 3, background: '#c080a0' } })
    .tiff({ tile: true, tileWidth: 512, tileHeight: 512, compression: 'jpeg' })
    .toFile(path)
  expect(
    pixel(await readTilePixels(path, { level: 8, column: 0, row: 0, tileSizePx: 1024 }), 50, 50),
  ).toEqual(pixel(await readRegion(path, { level: 0, left: 2500, top: 2500, widthPx: 1, heightPx: 1 }), 0, 0))
})
