import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPicture } from '../../../../electron/engine/image/index.ts'
import { detectVendor, openSlideState, slideAt } from '../../../../electron/engine/image/openslide.ts'
import { readRegionText } from '../../../../electron/engine/regions/read-region-file.ts'
import { layOutSlide, spansOf } from '../../../../electron/engine/synthetic/slide-layout.ts'
import { SlidePainter } from '../../../../electron/engine/synthetic/slide-painter.ts'
import { syntheticClasses, writeSyntheticSlide } from '../../../../electron/engine/synthetic/index.ts'
import { findTissue } from '../../../../electron/engine/tissue/find-tissue.ts'
import { maskClasses, type MaskClass } from '../../../../electron/engine/tissue/tissue-mask.ts'

const size = { widthPx: 3072, heightPx: 2304 }
const seed = 2
let folder = ''
let path = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lobule-slide-'))
  path = join(folder, 'slide.tif')
  await writeSyntheticSlide(path, { ...size, seed })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Truth {
  classes: { className: string; areaMm2: number; clearMm2: number }[]
  penMm2: number
}
const truth = async () => JSON.parse(await readFile(join(folder, 'slide.json'), 'utf8')) as Truth

test('it is a pyramid of known pixel size, marked as synthetic, for both readers', async () => {
  const { info, levels } = await openPicture(path)
  expect(info).toMatchObject({ ...size, format: 'tiff', pixelSizeUm: 0.5, synthetic: true })
  expect(info.pictures).toHaveLength(1)
  expect(levels.map(({ widthPx }) => widthPx)).toEqual([3072, 1536, 768, 384, 192])
  expect((await readdir(folder)).toSorted()).toEqual(['slide.geojson', 'slide.json', 'slide.tif'])
})

test.skipIf(!('version' in openSlideState()))('OpenSlide takes it for a slide too', async () => {
  expect(await detectVendor(path)).toBe('generic-tiff')
  const slide = await slideAt(path)
  expect(slide.levels).toHaveLength(5)
  expect(Number(slide.properties['openslide.mpp-x'])).toBeCloseTo(0.5, 4)
})

describe('what is where', () => {
  test('the outlines are regions of the image, with their classes', async () => {
    const text = await readFile(join(folder, 'slide.geojson'), 'utf8')
    const { features, refused } = readRegionText({ name: 'slide', text, size })
    expect(refused).toEqual([])
    expect(features.map(({ className, comment }) => [className, comment])).toEqual(
      [...syntheticClasses, null, null].map((className) => [className, 'Lobule synthetic tissue']),
    )
  })

  test('the areas are those of the outlines', async () => {
    const { classes } = await truth()
    for (const { className, areaMm2, clearMm2 } of classes) {
      const island = layOutSlide(seed, size).islands.find((one) => one.className === className)
      const twice = (island?.outline ?? []).reduce((sum, [x, y], at, all) => {
        const [nextX, nextY] = all[(at + 1) % all.length] ?? [x, y]
        return sum + x * nextY - nextX * y
      }, 0)
      // Pixels count as a whole, by their centres: a millionth of an area of two million.
      expect(areaMm2).toBeCloseTo((twice / 2) * 0.25e-6, 3)
      expect(clearMm2).toBeLessThanOrEqual(areaMm2)
    }
  })

  test('spans by hand: a triangle', () => {
    const triangle = [
      [0, 0],
      [4.4, 0],
      [0, 4.4],
    ] as const
    expect(
      [0, 1, 2, 3, 4].map((row) =>
        spansOf(
          triangle.map(([x, y]) => [x, y]),
          row,
        ),
      ),
    ).toEqual([[[0, 4]], [[0, 3]], [[0, 2]], [[0, 1]], []])
  })
})

test('the mask of tissue finds the islands, the pen and the rows out of focus', async () => {
  const mask = await findTissue({ path, page: 1, sha256: '', pixelSizeUm: 0.5 })
  const layout = layOutSlide(seed, size)
  const { top, bottom } = layout.blurred
  // Cells of 16 pixels: what is at the centre of each.
  const counts: Record<string, Record<MaskClass, number>> = {}
  for (let row = 0; row < mask.rows; row++) {
    const y = 16 * row + 8
    const pen = spansOf(layout.pen, y)
    const tissue = layout.islands.flatMap(({ outline }) => spansOf(outline, y))
    const has = (spans: typeof pen, x: number) => spans.some(([first, end]) => x >= first && x < end)
    for (let column = 0; column < mask.columns; column++) {
      const x = 16 * column + 8
      // Blur is measured in squares of 128 pixels: those that the edge of the blurred rows cuts may be either.
      const square = 128 * Math.floor(y / 128)
      const isBlurred = square >= top && square + 128 <= bottom
      if (!isBlurred && square + 128 > top && square < bottom) continue
      const isInside = has(pen, x) ? 'pen' : !has(tissue, x) ? 'glass' : isBlurred ? 'blur' : 'tissue'
      const found = maskClasses[mask.cells[row * mask.columns + column] ?? 0] ?? 'background'
      const ofInside = (counts[isInside] ??= { background: 0, tissue: 0, pen: 0, border: 0, blur: 0 })
      ofInside[found]++
    }
  }
  const share = (truly: string, found: MaskClass): number => {
    const all = Object.values(counts[truly] ?? {}).reduce((sum, count) => sum + count, 0)
    return (counts[truly]?.[found] ?? 0) / all
  }
  expect(share('tissue', 'tissue')).toBeGreaterThan(0.9)
  expect(share('pen', 'pen')).toBeGreaterThan(0.95)
  expect(share('blur', 'blur')).toBeGreaterThan(0.85)
  expect(share('glass', 'background')).toBeGreaterThan(0.95)
})

test('its rows are the same however many are painted at once', async () => {
  const layout = layOutSlide(seed, { widthPx: 1024, heightPx: 1024 })
  const whole = await new SlidePainter(layout, seed).rows(600, 400)
  const painter = new SlidePainter(layout, seed)
  const parts = [await painter.rows(600, 250), await painter.rows(850, 13), await painter.rows(863, 137)]
  expect(Buffer.concat(parts.map(({ data }) => data)).equals(whole.data)).toBe(true)
})

test('files that are there are not replaced', async () => {
  const again = writeSyntheticSlide(path, { ...size, seed })
  await expect(again).rejects.toMatchObject({ code: 'path.exists' })
})
