import { describe, expect, it } from 'vitest'
import {
  hasCode,
  maxRegionVertices,
  type AppError,
  type RegionGeometry,
  type RegionPoint,
} from '../../../../electron/contract/index.ts'
import { checkedGeometry, extentOf, lengthOf } from '../../../../electron/engine/regions/geometry.ts'

const size = { widthPx: 100, heightPx: 80 }
const polygon = (...parts: RegionPoint[][][]): RegionGeometry => ({ kind: 'polygon', parts })
const line = (...points: RegionPoint[]): RegionGeometry => ({ kind: 'line', points })
const square = (left: number, top: number, edge: number): RegionPoint[] => [
  [left, top],
  [left + edge, top],
  [left + edge, top + edge],
  [left, top + edge],
]
/** A square that is not an upright rectangle: a corner of 0.5 px2 is cut off. */
const cut = (left: number, top: number, edge: number): RegionPoint[] => [
  [left + 1, top],
  [left + edge, top],
  [left + edge, top + edge],
  [left, top + edge],
  [left, top + 1],
]
const triangle: RegionPoint[] = [
  [10, 10],
  [50, 10],
  [10, 40],
]

function reasonOf(geometry: RegionGeometry): string {
  try {
    checkedGeometry(geometry, size)
  } catch (error) {
    if (hasCode(error, 'region.invalid')) return (error as AppError<'region.invalid'>).details.reason
    throw error
  }
  return 'taken'
}

describe('accepted', () => {
  it('a triangle of 3, 4, 5 tens of pixels: 600 px2 and 120 px, at 0.5 um a pixel 150 um2 and 60 um', () => {
    const geometry = checkedGeometry(polygon([triangle]), size)
    expect(geometry).toEqual(polygon([triangle]))
    expect(extentOf(geometry, 0.5)).toEqual({ areaPx: 600, perimeterPx: 120, areaUm2: 150, perimeterUm: 60 })
    expect(extentOf(geometry, null)).toMatchObject({ areaPx: 600, areaUm2: null, perimeterUm: null })
  })

  it('a hole is subtracted from the area, and its outline counts', () => {
    const geometry = checkedGeometry(polygon([square(10, 10, 20), square(15, 15, 5)]), size)
    expect(extentOf(geometry, null)).toMatchObject({ areaPx: 375, perimeterPx: 100 })
  })

  it('several parts, one within the hole of another', () => {
    const geometry = checkedGeometry(
      polygon([square(10, 10, 40), square(20, 20, 20)], [cut(25, 25, 10)], [cut(60, 60, 10)]),
      size,
    )
    expect(extentOf(geometry, null)?.areaPx).toBe(1600 - 400 + 2 * 99.5)
  })

  it('outlines of one region that touch', () => {
    expect(reasonOf(polygon([square(10, 10, 10)], [square(20, 10, 10)]))).toBe('taken')
    expect(
      reasonOf(
        polygon([
          square(10, 10, 20),
          [
            [10, 20],
            [15, 15],
            [15, 25],
          ],
        ]),
      ),
    ).toBe('taken')
  })

  it('either direction, kept as drawn', () => {
    const round = polygon([triangle.toReversed()])
    expect(checkedGeometry(round, size)).toEqual(round)
    expect(extentOf(round, null)?.areaPx).toBe(600)
  })

  it('an upright rectangle is a rectangle from any corner and in either direction; repeated vertices are removed', () => {
    const rectangle = { kind: 'rectangle', left: 10, top: 20, right: 40, bottom: 50 }
    const corners = square(10, 20, 30)
    for (let turn = 0; turn < 4; turn++) {
      const ring = [...corners.slice(turn), ...corners.slice(0, turn)]
      expect(checkedGeometry(polygon([ring]), size)).toEqual(rectangle)
      expect(checkedGeometry(polygon([ring.toReversed()]), size)).toEqual(rectangle)
    }
    const [first] = corners
    if (first === undefined) throw new Error('no corner')
    expect(checkedGeometry(polygon([[first, ...corners, first]]), size)).toEqual(rectangle)
    expect(checkedGeometry(polygon([cut(10, 20, 30)]), size)).toMatchObject({ kind: 'polygon' })
  })

  it('the border of the image, to its outer edges', () => {
    expect(reasonOf({ kind: 'rectangle', left: 0, top: 0, right: 100, bottom: 80 })).toBe('taken')
    expect(
      reasonOf({
        kind: 'point',
        points: [
          [100, 80],
          [0, 0],
        ],
      }),
    ).toBe('taken')
  })

  it('a point has neither extent nor length', () => {
    const point: RegionGeometry = { kind: 'point', points: [[1, 1]] }
    expect([extentOf(point, 0.5), lengthOf(point, 0.5)]).toEqual([null, null])
  })

  it('a line of 3, 4, 5 tens and back along itself: 100 px, at 0.5 um a pixel 50 um; repeated vertices are removed', () => {
    const way: RegionPoint[] = [
      [10, 10],
      [10, 10],
      [40, 50],
      [40, 50],
      [25, 30],
      [10, 10],
    ]
    const geometry = checkedGeometry(line(...way), size)
    expect(geometry).toEqual(line([10, 10], [40, 50], [25, 30], [10, 10]))
    expect(lengthOf(geometry, 0.5)).toEqual({ px: 100, um: 50 })
    expect(lengthOf(line([10, 10], [40, 50], [25, 30]), 0.5)).toEqual({ px: 75, um: 37.5 })
    expect(lengthOf(line([0, 0], [100, 0]), null)).toEqual({ px: 100, um: null })
    expect(extentOf(geometry, 0.5)).toBeNull()
  })
})

describe('refused', () => {
  it.each<[string, RegionGeometry, RegExp]>([
    [
      'left of the image',
      { kind: 'point', points: [[-0.01, 5]] },
      /\(-0.01, 5\) is outside the image of 100 x 80/,
    ],
    ['below it', { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 80.5 }, /outside/],
    [
      'far away',
      polygon([
        [
          [0, 0],
          [1e300, 0],
          [0, 1e300],
        ],
      ]),
      /outside/,
    ],
    ['no number', { kind: 'point', points: [[Number.NaN, 1]] }, /outside/],
    ['an empty rectangle', { kind: 'rectangle', left: 5, top: 5, right: 5, bottom: 9 }, /encloses nothing/],
    [
      'a rectangle inside out',
      { kind: 'rectangle', left: 9, top: 5, right: 5, bottom: 9 },
      /encloses nothing/,
    ],
    ['a line to nowhere', line([5, 5], [5, 5]), /no length/],
    ['a line too short to be one', line([5, 5], [5, 5.0009]), /no length/],
    ['a line out of the image', line([5, 5], [5, 80.1]), /outside/],
    [
      'too many points',
      { kind: 'point', points: Array.from({ length: maxRegionVertices + 1 }, (): RegionPoint => [1, 1]) },
      /10001 vertices; at most 10000/,
    ],
    [
      'two vertices',
      polygon([
        [
          [1, 1],
          [5, 5],
          [5, 5],
        ],
      ]),
      /fewer than 3/,
    ],
    [
      'a line',
      polygon([
        [
          [1, 1],
          [5, 5],
          [9, 9],
        ],
      ]),
      /^an outline encloses nothing$/,
    ],
    [
      'a bow tie',
      polygon([
        [
          [10, 10],
          [30, 30],
          [30, 10],
          [10, 30],
        ],
      ]),
      /^its outline crosses itself at \(20, 20\)$/,
    ],
    [
      'a bow tie whose halves are not equal',
      polygon([
        [
          [10, 10],
          [40, 25],
          [40, 10],
          [10, 40],
        ],
      ]),
      /^its outline crosses itself at \(30, 20\)$/,
    ],
    [
      'a spike',
      polygon([
        [
          [10, 10],
          [30, 10],
          [50, 10],
          [35, 10],
          [30, 30],
        ],
      ]),
      /^its outline runs back along itself at \(50, 10\)$/,
    ],
    [
      'a vertex on an edge',
      polygon([
        [
          [10, 10],
          [30, 10],
          [20, 10],
          [20, 30],
        ],
      ]),
      /^its outline runs back along itself at \(30, 10\)$/,
    ],
    [
      'a vertex visited twice',
      polygon([
        [
          [10, 10],
          [20, 20],
          [30, 10],
          [30, 30],
          [20, 20],
          [10, 30],
        ],
      ]),
      /^its outline touches itself at \(20, 20\)$/,
    ],
    [
      'crossing parts',
      polygon([square(10, 10, 20)], [square(20, 20, 20)]),
      /outlines cross at \((30, 20|20, 30)\)/,
    ],
    ['a part within another', polygon([square(10, 10, 40)], [cut(20, 20, 10)]), /parts overlap/],
    ['a part twice', polygon([square(10, 10, 40)], [square(10, 10, 40)]), /parts overlap/],
    ['a hole outside', polygon([square(10, 10, 10), square(40, 40, 10)]), /hole is outside/],
    [
      'a hole in a hole',
      polygon([square(0, 0, 60), square(10, 10, 40), cut(20, 20, 10)]),
      /within another hole/,
    ],
    ['a hole that leaves nothing', polygon([square(10, 10, 10), square(10, 10, 10)]), /encloses nothing/],
    [
      'too many vertices',
      polygon([Array.from({ length: maxRegionVertices + 1 }, (_, i): RegionPoint => [i % 90, i % 70])]),
      /at most 10000/,
    ],
  ])('%s', (_, geometry, reason) => expect(reasonOf(geometry)).toMatch(reason))
})

it('accepts an outline with the maximum number of vertices, and finds its one crossing', () => {
  const ring = Array.from({ length: maxRegionVertices }, (_, index): RegionPoint => {
    const angle = (2 * Math.PI * index) / maxRegionVertices
    const radius = 30 + 5 * Math.sin(40 * angle)
    return [50 + radius * Math.cos(angle), 40 + radius * Math.sin(angle)]
  })
  expect(reasonOf(polygon([ring]))).toBe('taken')
  const crossed = [...ring]
  const [a, b] = [crossed[4000], crossed[6000]]
  if (a === undefined || b === undefined) throw new Error('too short')
  crossed[4000] = b
  crossed[6000] = a
  expect(reasonOf(polygon([crossed]))).toMatch(/crosses itself/)
})
