import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  cutCrop,
  drawGains,
  planCrops,
  planTiles,
  planWholeTurn,
  turnRaster,
  type Pose,
} from '../../../../electron/engine/crops/index.ts'
import { decodeRaster, makeRaster, type Raster } from '../../../../electron/engine/image/index.ts'
import { sharedPath } from '../../../shared-data.ts'
import { cropOf, type GoldenCrop } from '../../../support/golden-crop.ts'

const upright: Pose = { quarterTurns: 0, flipVertical: false, flipHorizontal: false }
const draw = { recipeSeed: 0, imageSha256: 'a'.repeat(64), augmentation: 0 }

/** A raster whose red channel counts its pixels. */
function counting(widthPx: number, heightPx: number): Raster {
  const raster = makeRaster(widthPx, heightPx)
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) raster.data[pixel * 3] = pixel
  return raster
}
const reds = ({ data }: Raster) => [...data.filter((_, at) => at % 3 === 0)]

describe('the pixels of a crop', () => {
  const golden = sharedPath('reference/preprocess/golden.json')
  test.skipIf(golden === null)('as the published system cuts them, to the byte', async () => {
    const { images } = JSON.parse(readFileSync(golden ?? '', 'utf8')) as {
      images: Record<string, { crops_of_half_macenko: GoldenCrop[] }>
    }
    let compared = 0
    for (const [name, { crops_of_half_macenko: crops }] of Object.entries(images)) {
      const raster = await decodeRaster(sharedPath(`reference/preprocess/${name}_half_macenko.png`) ?? '')
      for (const crop of crops) {
        const { data } = cutCrop(raster, cropOf(crop))
        expect(createHash('sha256').update(data).digest('hex')).toBe(crop.rgb_sha256)
        compared += 1
      }
    }
    expect(compared).toBeGreaterThanOrEqual(10)
  })

  // 0 1 2     2 5     5 4 3     3 0
  // 3 4 5     1 4     2 1 0     4 1
  //           0 3               5 2
  test('turned and flipped by hand', () => {
    const raster = counting(3, 2)
    const turned = (turn: Partial<Pose>) => reds(turnRaster(raster, { ...upright, ...turn }))
    expect(turned({})).toEqual([0, 1, 2, 3, 4, 5])
    expect(turned({ quarterTurns: 1 })).toEqual([2, 5, 1, 4, 0, 3])
    expect(turned({ quarterTurns: 2 })).toEqual([5, 4, 3, 2, 1, 0])
    expect(turned({ quarterTurns: 3 })).toEqual([3, 0, 4, 1, 5, 2])
    expect(turned({ flipVertical: true })).toEqual([3, 4, 5, 0, 1, 2])
    expect(turned({ flipHorizontal: true })).toEqual([2, 1, 0, 5, 4, 3])
    // The turn comes first.
    expect(turned({ quarterTurns: 1, flipVertical: true })).toEqual([0, 3, 1, 4, 2, 5])
    expect(turnRaster(raster, { ...upright, quarterTurns: 1 })).toMatchObject({ widthPx: 2, heightPx: 3 })
  })

  test('a window from the middle', () => {
    const crop = cutCrop(counting(5, 4), { ...upright, top: 1, left: 2, sizePx: 2 })
    expect(reds(crop)).toEqual([7, 8, 12, 13])
  })

  test('four quarter turns and two flips give the raster back', () => {
    let raster = counting(4, 3)
    for (let turn = 0; turn < 4; turn++) raster = turnRaster(raster, { ...upright, quarterTurns: 1 })
    raster = turnRaster(raster, { ...upright, flipVertical: true, flipHorizontal: true })
    expect(turnRaster(raster, { ...upright, quarterTurns: 2 })).toEqual(counting(4, 3))
  })

  test('refuses a window that is not inside', () => {
    const raster = counting(4, 4)
    for (const [top, left, sizePx] of [
      [-1, 0, 2],
      [0, -1, 2],
      [3, 0, 2],
      [0, 3, 2],
      [0, 0, 5],
    ] as const) {
      expect(() => cutCrop(raster, { ...upright, top, left, sizePx })).toThrow(
        expect.objectContaining({ code: 'image.invalid-raster' }),
      )
    }
  })
})

describe('the plan', () => {
  const request = { ...draw, sizePx: 400, count: 20, widthPx: 1024, heightPx: 768 }

  // Written by this program, so that the plan of a stored model never changes.
  test('does not change', () => {
    expect(planCrops({ ...request, count: 2 })).toMatchInlineSnapshot(`
      [
        {
          "flipHorizontal": false,
          "flipVertical": true,
          "left": 475,
          "quarterTurns": 2,
          "sizePx": 400,
          "top": 242,
        },
        {
          "flipHorizontal": true,
          "flipVertical": false,
          "left": 293,
          "quarterTurns": 3,
          "sizePx": 400,
          "top": 283,
        },
      ]
    `)
    expect(planWholeTurn(draw)).toMatchInlineSnapshot(`
      {
        "flipHorizontal": false,
        "flipVertical": true,
        "quarterTurns": 2,
      }
    `)
    expect(drawGains(draw, [0.7, 1.3])).toMatchInlineSnapshot(`
      {
        "eosin": 1.0728481573887028,
        "hematoxylin": 0.983769010890789,
      }
    `)
  })

  test('depends on seed, image, augmentation and size, and on nothing else', () => {
    const plan = planCrops(request)
    expect(planCrops({ ...request })).toEqual(plan)
    expect(planCrops({ ...request, count: 5 })).toEqual(plan.slice(0, 5))
    for (const other of [
      { recipeSeed: 1 },
      { imageSha256: 'b'.repeat(64) },
      { augmentation: 1 },
      { sizePx: 401 },
    ]) {
      const corners = planCrops({ ...request, ...other }).map(({ top, left }) => [top, left])
      expect(corners).not.toEqual(plan.map(({ top, left }) => [top, left]))
    }
  })

  test('reaches every valid position and orientation, evenly', () => {
    const plan = planCrops({ ...draw, sizePx: 8, count: 4000, widthPx: 10, heightPx: 9 })
    const counts = (pick: (crop: (typeof plan)[number]) => unknown) =>
      [...Map.groupBy(plan, pick).values()].map((group) => group.length)
    for (const [values, kinds] of [
      [counts(({ left }) => left), 3],
      [counts(({ top }) => top), 2],
      [counts(({ quarterTurns }) => quarterTurns), 4],
      [counts(({ flipVertical }) => flipVertical), 2],
      [counts(({ flipHorizontal }) => flipHorizontal), 2],
    ] as const) {
      expect(values).toHaveLength(kinds)
      // Five standard deviations of a binomial count.
      for (const value of values)
        expect(Math.abs(value - 4000 / kinds)).toBeLessThan(5 * Math.sqrt(4000 / kinds))
    }
  })

  test('gains stay within their range', () => {
    const gains = Array.from({ length: 500 }, (_, augmentation) =>
      drawGains({ ...draw, augmentation }, [0.7, 1.3]),
    )
    const all = gains.flatMap(({ hematoxylin, eosin }) => [hematoxylin, eosin])
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0.7)
    expect(Math.max(...all)).toBeLessThan(1.3)
    const mean = all.reduce((sum, gain) => sum + gain, 0) / all.length
    // Five standard errors of 1000 uniform draws over 0.6.
    expect(Math.abs(mean - 1)).toBeLessThan((5 * 0.6) / Math.sqrt(12 * 1000))
  })

  test('a crop as large as the image has one position; a larger one is refused', () => {
    const [crop] = planCrops({ ...draw, sizePx: 64, count: 1, widthPx: 64, heightPx: 64 })
    expect(crop).toMatchObject({ top: 0, left: 0 })
    expect(() => planCrops({ ...draw, sizePx: 65, count: 1, widthPx: 64, heightPx: 100 })).toThrow(RangeError)
  })
})

test('tiles are the fewest that cover an image, evenly spaced and inside it', () => {
  const places = planTiles({ sizePx: 224, widthPx: 500, heightPx: 224 }, upright)
  expect(places.map(({ left, top }) => [left, top])).toEqual([
    [0, 0],
    [138, 0],
    [276, 0],
  ])
  for (const [widthPx, heightPx] of [
    [224, 224],
    [449, 1000],
    [1720, 1290],
  ] as const) {
    const tiles = planTiles({ sizePx: 224, widthPx, heightPx }, upright)
    expect(tiles).toHaveLength(Math.ceil(widthPx / 224) * Math.ceil(heightPx / 224))
    const covered = new Uint8Array(widthPx * heightPx)
    for (const { left, top, sizePx } of tiles) {
      for (let y = top; y < top + sizePx; y++)
        covered.fill(1, y * widthPx + left, y * widthPx + left + sizePx)
    }
    expect(covered.every((value) => value === 1)).toBe(true)
    expect(Math.max(...tiles.map(({ left }) => left))).toBe(widthPx - 224)
  }
  expect(() => planTiles({ sizePx: 224, widthPx: 200, heightPx: 300 }, upright)).toThrow(/does not fit/)
})
