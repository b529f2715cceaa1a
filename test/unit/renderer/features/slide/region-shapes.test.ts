import { expect, it } from 'vitest'
import type { RegionGeometry } from '../../../../../electron/contract/index.ts'
import {
  anchorOf,
  boxOf,
  cornersOf,
  isHit,
  lengthPxOf,
  moved,
  pathOf,
  withCornerAt,
} from '../../../../../renderer/features/slide/region-shapes.ts'

/** Right along the bottom, then up: an L of 30 and 40 pixels, whose ends are 50 apart. */
const line: RegionGeometry & { kind: 'line' } = {
  kind: 'line',
  points: [
    [10, 60],
    [40, 60],
    [40, 20],
  ],
}
const triangle: RegionGeometry = { kind: 'polygon', parts: [[line.points]] }

it('a line is open: it is drawn, measured and hit along its path and not between its ends', () => {
  expect(pathOf(line)).toBe('M10 60L40 60L40 20')
  expect(pathOf(triangle)).toBe('M10 60L40 60L40 20Z')
  expect(lengthPxOf(line.points)).toBe(70)
  expect(lengthPxOf([[1, 1]])).toBe(0)
  expect(isHit(line, { x: 25, y: 62 }, 3)).toBe(true)
  expect(isHit(line, { x: 43, y: 40 }, 3)).toBe(true)
  expect(isHit(line, { x: 25, y: 64 }, 3)).toBe(false)
  // Halfway between the ends, and within the triangle.
  expect(isHit(line, { x: 25, y: 40 }, 3)).toBe(false)
  expect(isHit(triangle, { x: 25, y: 40 }, 3)).toBe(true)
  expect(isHit(line, { x: 35, y: 50 }, 3)).toBe(false)
  expect(isHit(triangle, { x: 35, y: 50 }, 3)).toBe(true)
})

it('a line is moved whole, within the image, and by each of its points', () => {
  expect(boxOf(line)).toEqual({ left: 10, top: 20, right: 40, bottom: 60 })
  expect(anchorOf(line)).toEqual({ x: 40, y: 20 })
  const shifted = moved(line, { x: -50, y: 5 }, { widthPx: 100, heightPx: 62 })
  expect(cornersOf(shifted)).toEqual([
    [0, 62],
    [30, 62],
    [30, 22],
  ])
  expect(withCornerAt(line, 2, { x: 70, y: 60 })).toEqual({
    kind: 'line',
    points: [
      [10, 60],
      [40, 60],
      [70, 60],
    ],
  })
})
