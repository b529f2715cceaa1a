import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { findTissue } from '../../../../electron/engine/tissue/find-tissue.ts'
import { TissueArea } from '../../../../electron/engine/slides/tissue-area.ts'
import { maskAreas, whyNoTissue } from '../../../../electron/engine/tissue/mask-facts.ts'
import {
  maskClasses,
  type MaskClass,
  type TissueMask,
} from '../../../../electron/engine/tissue/tissue-mask.ts'
import { sharedPath } from '../../../shared-data.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lobule-tissue-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Rgb = readonly [number, number, number]
const glass: Rgb = [243, 242, 243]
const eosin: Rgb = [214, 140, 186]

/** A shape of one colour, um. */
interface Shape {
  leftUm: number
  topUm: number
  widthUm: number
  heightUm: number
  colour: Rgb
}

let files = 0
/** An image over glass; tissue has the grain of fibres, so that it has edges. `umPerPx` 2 unless given. */
async function draw(
  widthUm: number,
  heightUm: number,
  shapes: readonly Shape[],
  { umPerPx = 2, blurUm = 0, pyramid = false } = {},
): Promise<string> {
  const [width, height] = [Math.round(widthUm / umPerPx), Math.round(heightUm / umPerPx)]
  const data = new Uint8Array(3 * width * height)
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      const [x, y] = [(column + 0.5) * umPerPx, (row + 0.5) * umPerPx]
      const shape = shapes.findLast(
        ({ leftUm, topUm, widthUm: wide, heightUm: high }) =>
          x >= leftUm && x < leftUm + wide && y >= topUm && y < topUm + high,
      )
      // A check of 8 um: darker and lighter squares.
      const grain = shape?.colour === eosin ? (((x >> 3) + (y >> 3)) % 2 === 0 ? 15 : -15) : 0
      data.set(
        (shape?.colour ?? glass).map((level) => level + grain),
        at,
      )
    }
  }
  const path = join(folder, `drawn-${files++}.tif`)
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  await (blurUm === 0 ? image : image.blur(blurUm / umPerPx))
    .tiff({ compression: 'deflate', tile: true, tileWidth: 256, tileHeight: 256, pyramid })
    .toFile(path)
  return path
}

const maskOf = (path: string, pixelSizeUm: number | null = 2) =>
  findTissue({ path, page: 1, sha256: '', pixelSizeUm })
const shares = ({ cells }: TissueMask) =>
  Object.fromEntries(
    maskClasses.map((name, code) => [name, cells.filter((cell) => cell === code).length / cells.length]),
  ) as Record<MaskClass, number>
/** The share of tissue in a square. */
const tissueShare =
  (mask: TissueMask) =>
  ({ leftUm, topUm, edgeUm }: { leftUm: number; topUm: number; edgeUm: number }): number =>
    new TissueArea(mask).shareOf(leftUm, topUm, edgeUm)
const square = (leftUm: number, topUm: number, edgeUm: number, colour: Rgb = eosin): Shape => ({
  leftUm,
  topUm,
  widthUm: edgeUm,
  heightUm: edgeUm,
  colour,
})
/** 7.2 mm2: a slide. */
const [wide, high] = [3072, 2336]

describe('what is tissue', () => {
  test('one island of 800 x 800 um on glass', async () => {
    const mask = await maskOf(await draw(wide, high, [square(800, 640, 800)]))
    expect([mask.columns, mask.rows]).toEqual([wide / 8, high / 8])
    // The median rounds its corners by a few cells.
    expect(maskAreas(mask).tissue).toBeCloseTo(0.64, 2)
    expect(maskAreas(mask).background).toBeCloseTo((wide * high) / 1e6 - 0.64, 2)
    const share = tissueShare(mask)
    expect(share({ leftUm: 840, topUm: 680, edgeUm: 720 })).toBe(1)
    expect(share({ leftUm: 0, topUm: 0, edgeUm: 600 })).toBe(0)
    expect(share({ leftUm: 400, topUm: 840, edgeUm: 400 })).toBe(0)
    // Half of it is in the island.
    expect(share({ leftUm: 700, topUm: 840, edgeUm: 200 })).toBeCloseTo(0.5, 10)
    expect(whyNoTissue(mask)).toBeNull()
  })

  test('parts under 200 x 200 um are not, gaps under 190 x 190 um are', async () => {
    const island = square(1000, 640, 1000)
    const path = await draw(wide, high, [
      island,
      square(100, 100, 184),
      square(100, 1000, 232),
      square(1100, 800, 168, glass),
      square(1500, 800, 232, glass),
    ])
    const share = tissueShare(await maskOf(path))
    expect(share({ leftUm: 100, topUm: 100, edgeUm: 184 })).toBe(0)
    expect(share({ leftUm: 140, topUm: 1040, edgeUm: 152 })).toBe(1)
    expect(share({ leftUm: 1100, topUm: 800, edgeUm: 168 })).toBe(1)
    expect(share({ leftUm: 1540, topUm: 840, edgeUm: 152 })).toBe(0)
  })

  test('a turned image has the turned mask', async () => {
    const path = await draw(2048, 2560, [
      square(320, 256, 640),
      square(700, 1100, 900),
      square(900, 1300, 240, glass),
      { leftUm: 1600, topUm: 200, widthUm: 160, heightUm: 1800, colour: [30, 130, 60] },
      { leftUm: 0, topUm: 0, widthUm: 80, heightUm: 2560, colour: [4, 3, 6] },
    ])
    const turnedPath = join(folder, 'turned.tif')
    await sharp(path).rotate(90).tiff({ compression: 'deflate' }).toFile(turnedPath)
    const [mask, turned] = [await maskOf(path), await maskOf(turnedPath)]
    const expected = turned.cells.map((_, at) => {
      const [row, column] = [Math.floor(at / turned.columns), at % turned.columns]
      return mask.cells[(mask.rows - 1 - column) * mask.columns + row] ?? 9
    })
    expect(new Set(mask.cells).size).toBe(4)
    expect(turned.cells).toEqual(expected)
  })

  test('the mask depends on the pixel size only by its rounding, and not on the pyramid', async () => {
    const shapes = [square(800, 640, 800)]
    const coarse = await maskOf(await draw(wide, high, shapes))
    const fine = await maskOf(await draw(wide, high, shapes, { umPerPx: 1, pyramid: true }), 1)
    expect(fine).toEqual(coarse)
    const between = await maskOf(await draw(wide, high, shapes, { umPerPx: 3 }), 3)
    const differing = between.cells.filter((code, at) => code !== coarse.cells[at]).length
    // A row of cells along the island's edges, 4 x 100, may be either.
    expect(differing).toBeLessThanOrEqual(400)
  })

  test('only with a known pixel size', async () => {
    await expect(maskOf('none.tif', null)).rejects.toThrow(RangeError)
  })
})

describe('what is not', () => {
  const inks: readonly [string, Rgb][] = [
    ['green', [30, 130, 60]],
    ['blue', [60, 120, 190]],
    ['red', [200, 20, 30]],
    ['black', [40, 38, 42]],
  ]
  test.each(inks)('a stroke of %s pen is a class of its own, on glass and over tissue', async (_, colour) => {
    const stroke: Shape = { leftUm: 400, topUm: 1000, widthUm: 2000, heightUm: 240, colour }
    const path = await draw(wide, high, [square(1400, 500, 1200), stroke])
    const mask = await maskOf(path)
    const areas = maskAreas(mask)
    // Only the outermost cells of the stroke may be something else.
    expect(Math.abs(areas.pen - 0.48)).toBeLessThan(0.03)
    expect(Math.abs(areas.tissue - (1.44 - 1 * 0.24))).toBeLessThan(0.05)
    expect(tissueShare(mask)({ leftUm: 500, topUm: 1020, edgeUm: 200 })).toBe(0)
  })

  test('a black border', async () => {
    const border: Shape = { leftUm: 0, topUm: 0, widthUm: 400, heightUm: high, colour: [2, 1, 3] }
    const {
      border: ofBorder,
      pen,
      tissue,
    } = maskAreas(await maskOf(await draw(wide, high, [square(800, 640, 800), border])))
    expect([ofBorder, pen]).toEqual([0.4 * (high / 1000), 0])
    expect(tissue).toBeCloseTo(0.64, 2)
  })

  test('tissue out of focus', async () => {
    const islands = [square(200, 200, 800), square(1200, 900, 1000)]
    const sharpMask = shares(await maskOf(await draw(wide, high, islands)))
    const blurred = shares(await maskOf(await draw(wide, high, islands, { blurUm: 6 })))
    expect([sharpMask.blur, blurred.tissue]).toEqual([0, 0])
    expect(blurred.blur).toBeGreaterThan(0.9 * sharpMask.tissue)
  })

  test('out of focus from any row on: the border is right on average', async () => {
    // More blur would leave no edges of the grain, and larger squares would decide.
    const edgePx = 320
    const field = square(0, 0, 2 * edgePx)
    const paths = [await draw(640, 640, [field]), await draw(640, 640, [field], { blurUm: 3 })]
    const [clear, blurred] = await Promise.all(paths.map((path) => sharp(path).raw().toBuffer()))
    const misses: number[] = []
    // Borders in steps of 8 um through a square of 64.
    for (let fromUm = 256; fromUm < 320; fromUm += 8) {
      const bytes = (fromUm / 2) * edgePx * 3
      const data = Buffer.concat(
        [clear?.subarray(0, bytes) ?? [], blurred?.subarray(bytes) ?? []].map((part) => Buffer.from(part)),
      )
      const path = join(folder, `half-${fromUm}.png`)
      await sharp(data, { raw: { width: edgePx, height: edgePx, channels: 3 } }).toFile(path)
      const { tissue } = maskAreas(await maskOf(path))
      misses.push((tissue * 1e6) / 640 - fromUm)
    }
    const mean = misses.reduce((sum, miss) => sum + miss, 0) / misses.length
    // Half a step is left to the choice of borders.
    expect(Math.abs(mean)).toBeLessThanOrEqual(8)
    expect(Math.max(...misses.map(Math.abs))).toBeLessThanOrEqual(32)
  })

  test('a zone out of focus that holds one whole square has its area on average', async () => {
    const [edgePx, zonePx] = [320, 64]
    const field = square(0, 0, 2 * edgePx)
    const paths = [await draw(640, 640, [field]), await draw(640, 640, [field], { blurUm: 3 })]
    const [clear, blurred] = await Promise.all(paths.map((path) => sharp(path).raw().toBuffer()))
    let [found, zones] = [0, 0]
    // The middles of steps of 16 um through a square of 64, both ways; each zone holds one whole square.
    for (let top = 100; top < 128; top += 8) {
      for (let left = 100; left < 128; left += 8) {
        const data = Buffer.from(clear ?? [])
        for (let row = top; row < top + zonePx; row++) {
          const start = 3 * (row * edgePx + left)
          blurred?.copy(data, start, start, start + 3 * zonePx)
        }
        const path = join(folder, `zone-${top}-${left}.png`)
        await sharp(data, { raw: { width: edgePx, height: edgePx, channels: 3 } }).toFile(path)
        found += maskAreas(await maskOf(path)).blur
        zones++
      }
    }
    expect(found / zones).toBeCloseTo(0.128 ** 2, 3)
  })

  test('no tissue is a result, with the reason', async () => {
    const empty = await maskOf(await draw(wide, high, []))
    expect(whyNoTissue(empty)).toBe('No tissue was found: 100.0 % is glass or too pale.')
    const pen: Shape = { leftUm: 0, topUm: 0, widthUm: wide, heightUm: high / 2, colour: [30, 130, 60] }
    const marked = await maskOf(await draw(wide, high, [pen]))
    expect(whyNoTissue(marked)).toMatch(/^No tissue was found: \d\d\.\d % is (pen|glass.*), \d\d\.\d % is/)
  })
})

describe('fields', () => {
  const size = { widthPx: 1024, heightPx: 768 }
  test.each(['Normal', 'Benign', 'InSitu', 'Invasive'] as const)(
    'a field of %s is all tissue',
    async (className) => {
      const {
        data,
        widthPx: width,
        heightPx: height,
      } = makeSyntheticField({ className, seed: 5, index: 1, ...size })
      const path = join(folder, `${className}.png`)
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toFile(path)
      expect(shares(await maskOf(path, 0.42))).toEqual({
        background: 0,
        tissue: 1,
        pen: 0,
        border: 0,
        blur: 0,
      })
    },
  )

  const real = sharedPath('data/breakhis100x')
  test.skipIf(real === null)(
    'every fourteenth real field is tissue, and none of it blurred or pen',
    async () => {
      const { readFile } = await import('node:fs/promises')
      const rows = (await readFile(join(real ?? '', 'manifest.csv'), 'utf8')).trim().split('\n').slice(1)
      for (const row of rows.filter((_, at) => at % 14 === 0)) {
        const { tissue, background } = shares(await maskOf(join(real ?? '', row.split(',')[0] ?? ''), 0.46))
        expect([row, tissue + background]).toEqual([row, 1])
        expect(tissue).toBeGreaterThan(0.95)
      }
    },
  )
})

test('areas of a mask, by hand', () => {
  const mask = { rows: 2, columns: 3, cells: Uint8Array.of(1, 1, 0, 0, 2, 4) }
  expect(maskAreas(mask)).toEqual({ background: 128e-6, tissue: 128e-6, pen: 64e-6, border: 0, blur: 64e-6 })
})
