import { describe, expect, it } from 'vitest'
import type { RegionGeometry } from '../../../../electron/contract/index.ts'
import {
  maxFieldsPerRegion,
  planFields,
  type LabelledRegion,
} from '../../../../electron/engine/fields/plan-fields.ts'

const image = { widthPx: 10_000, heightPx: 8000 }
const edgePx = 100

const box = (left: number, top: number, right: number, bottom: number): RegionGeometry => ({
  kind: 'rectangle',
  left,
  top,
  right,
  bottom,
})
const region = (
  id: number,
  geometry: RegionGeometry,
  changes: Partial<LabelledRegion> = {},
): LabelledRegion => ({
  id,
  reader: 'Ada',
  className: 'Benign',
  geometry,
  ...changes,
})
const fieldsOf = (geometry: RegionGeometry, size = image) =>
  planFields([region(1, geometry)], size, edgePx).regions.flatMap(({ fields }) => fields)
/** Ids of the regions that keep fields, with how many. */
const kept = (...regions: LabelledRegion[]) =>
  planFields(regions, image, edgePx).regions.map((one) => [one.region.id, one.fields.length])

describe('the fields of one region', () => {
  it('of a place is the place', () => {
    expect(fieldsOf(box(300, 400, 400, 500))).toEqual([{ x: 350, y: 450 }])
    // The edge of a place in micrometres is rounded.
    expect(fieldsOf(box(300, 400, 399.98, 499.98))).toEqual([{ x: 350, y: 450 }])
  })

  it('of a small region is one around its middle', () => {
    expect(fieldsOf(box(300, 400, 320, 430))).toEqual([{ x: 310, y: 415 }])
  })

  it('of a larger region are squares of a grid in its middle', () => {
    expect(fieldsOf(box(1000, 2000, 1230, 2350))).toEqual([
      { x: 1065, y: 2075 },
      { x: 1165, y: 2075 },
      { x: 1065, y: 2175 },
      { x: 1165, y: 2175 },
      { x: 1065, y: 2275 },
      { x: 1165, y: 2275 },
    ])
  })

  it('are at least half inside', () => {
    // The lower left half of 300 x 300: on the diagonal half of each square is inside, above it nothing.
    const triangle: RegionGeometry = {
      kind: 'polygon',
      parts: [
        [
          [
            [0, 0],
            [0, 300],
            [300, 300],
          ],
        ],
      ],
    }
    expect(fieldsOf(triangle).map(({ x, y }) => `${x} ${y}`)).toEqual([
      '50 50',
      '50 150',
      '150 150',
      '50 250',
      '150 250',
      '250 250',
    ])
  })

  it('is the square with most of it where none is half inside', () => {
    // A ribbon 20 pixels wide, with a wider end.
    const ribbon: RegionGeometry = {
      kind: 'polygon',
      parts: [
        [
          [
            [0, 40],
            [380, 40],
            [380, 30],
            [400, 30],
            [400, 70],
            [0, 60],
          ],
        ],
      ],
    }
    expect(fieldsOf(ribbon)).toEqual([{ x: 350, y: 50 }])
  })

  it('is none where its only square is a hole', () => {
    const frame: RegionGeometry = {
      kind: 'polygon',
      parts: [
        [
          [
            [0, 0],
            [180, 0],
            [180, 180],
            [0, 180],
          ],
          [
            [30, 30],
            [150, 30],
            [150, 150],
            [30, 150],
          ],
        ],
      ],
    }
    const planned = planFields([region(7, frame)], image, edgePx)
    expect(planned.regions).toEqual([])
    expect(planned.without.map(({ id }) => id)).toEqual([7])
  })

  it('are spread over a huge region, a few of them', () => {
    const huge = fieldsOf(box(0, 0, image.widthPx, image.heightPx))
    expect(huge).toHaveLength(maxFieldsPerRegion)
    // 80 rows of 100 squares; one in three by three is looked at, 34 x 27 of them; the first is number 28 of 918.
    expect(huge[0]).toEqual({ x: 5000 + (28 - 16.5) * 300, y: 4000 - 13 * 300 })
    expect(new Set(huge.map(({ y }) => y)).size).toBeGreaterThan(10)
  })

  it('are inside the image, or in the middle of one that is smaller', () => {
    expect(fieldsOf(box(0, 7980, 30, 8000))).toEqual([{ x: 50, y: 7950 }])
    expect(fieldsOf(box(0, 0, 60, 90), { widthPx: 60, heightPx: 90 })).toEqual([{ x: 30, y: 45 }])
  })

  it('is none for lines and points', () => {
    expect(fieldsOf({ kind: 'point', points: [[500, 500]] })).toEqual([])
  })
})

describe('fields of several regions', () => {
  const place = box(300, 400, 400, 500)

  it('count tissue that two regions of a class share once', () => {
    expect(kept(region(1, place), region(2, place, { reader: 'Bo' }))).toEqual([[1, 1]])
    // Half of the square, and a little less.
    expect(kept(region(1, place), region(2, box(350, 400, 450, 500)))).toEqual([[1, 1]])
    expect(kept(region(1, place), region(2, box(352, 400, 452, 500)))).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  it('take the inner region where one reader drew a class inside another', () => {
    const around = region(1, box(200, 300, 500, 600))
    const inner = region(2, place, { className: 'InSitu' })
    expect(kept(around, inner)).toEqual([
      [1, 8],
      [2, 1],
    ])
    expect(kept(inner, around)).toEqual([
      [2, 1],
      [1, 8],
    ])
  })

  it('take neither where readers differ', () => {
    const planned = planFields(
      [
        region(1, box(200, 300, 500, 600)),
        region(2, place, { className: 'InSitu', reader: 'Bo' }),
        region(3, place, { className: 'InSitu', reader: 'Cy' }),
      ],
      image,
      edgePx,
    )
    expect(planned.regions.map((one) => [one.region.id, one.fields.length])).toEqual([[1, 8]])
    expect(planned.without.map(({ id }) => id)).toEqual([2, 3])
  })

  it('take neither where readers differ, whichever region hid another', () => {
    // Bo has the class of the region around, in which Ada drew another class.
    const around = region(1, box(200, 300, 500, 600), { className: 'Malignant' })
    const inner = region(2, place)
    const others = region(3, place, { className: 'Malignant', reader: 'Bo' })
    const orders = [
      [around, inner, others],
      [around, others, inner],
      [inner, around, others],
      [inner, others, around],
      [others, around, inner],
      [others, inner, around],
    ]
    for (const order of orders) expect(kept(...order)).toEqual([[1, 8]])
  })

  it('take the innermost of three regions of one reader', () => {
    const inMiddle = region(2, box(310, 410, 390, 490), { className: 'InSitu' })
    expect(kept(region(1, place), inMiddle, region(3, box(320, 420, 380, 480)))).toEqual([[3, 1]])
  })

  it('take neither where a reader gave one place two classes', () => {
    expect(kept(region(1, place), region(2, place, { className: 'InSitu' }))).toEqual([])
  })
})

it('takes thousands of small regions of two classes in one place in a moment', () => {
  const nuclei = Array.from({ length: 20_000 }, (_, index) =>
    region(index + 1, box(1000, 1000, 1005, 1005 + (index % 7)), {
      className: index % 2 === 0 ? 'Benign' : 'Malignant',
      reader: `reader ${index % 3}`,
    }),
  )
  const startedAt = performance.now()
  expect(planFields(nuclei, image, edgePx).regions).toEqual([])
  // Measured 0.7 s with both cores busy; with a list of neighbours for each field, 8 s.
  expect(performance.now() - startedAt).toBeLessThan(5000)
})

it('takes thousands of small regions in one place in a moment', () => {
  const nuclei = Array.from({ length: 20_000 }, (_, index) => {
    const [x, y] = [1000 + 7 * (index % 200), 1000 + 13 * Math.floor(index / 200)]
    return region(index + 1, box(x, y, x + 5, y + 5))
  })
  const startedAt = performance.now()
  const { regions, without } = planFields(nuclei, image, edgePx)
  // 1400 x 1300 pixels hold 182 squares; those that share less than half may overlap.
  expect(regions.length).toBeGreaterThan(150)
  expect(regions.length).toBeLessThan(1200)
  expect(regions.length + without.length).toBe(20_000)
  // Measured 0.6 s with both cores busy; 200 million pairs take longer.
  expect(performance.now() - startedAt).toBeLessThan(5000)
})
