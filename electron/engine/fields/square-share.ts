import type { RegionGeometry, RegionPoint } from '../../contract/index.ts'
import { partsOf } from '../regions/parts-of.ts'
import { ringArea, type Ring } from '../regions/rings.ts'

/** An upright square by its centre, pixels. */
export interface Square {
  readonly x: number
  readonly y: number
  readonly edgePx: number
}

/** The share, 0 to 1, of a square that a region covers, holes left out; exact but for rounding. Lines and points cover nothing. */
export function shareInside(geometry: RegionGeometry, square: Square): number {
  const covered = partsOf(geometry).reduce((sum, [outline = [], ...holes]) => {
    const inHoles = holes.reduce((area, hole) => area + clippedArea(hole, square), 0)
    return sum + clippedArea(outline, square) - inHoles
  }, 0)
  return Math.max(0, Math.min(1, covered / square.edgePx ** 2))
}

/** The area that an outline and a square have in common: the outline clipped at each edge (Sutherland and Hodgman 1974). */
function clippedArea(ring: Ring, { x, y, edgePx }: Square): number {
  const half = edgePx / 2
  let points = ring
  for (const [axis, sign, limit] of [
    [0, 1, x - half],
    [0, -1, x + half],
    [1, 1, y - half],
    [1, -1, y + half],
  ] as const) {
    points = clipped(points, axis, sign, limit)
    if (points.length < 3) return 0
  }
  return ringArea(points)
}

/** What of an outline is at `limit` or beyond it along an axis, in the direction of `sign`. Edges along the limit enclose nothing. */
function clipped(ring: Ring, axis: 0 | 1, sign: 1 | -1, limit: number): RegionPoint[] {
  const kept: RegionPoint[] = []
  let before = ring.at(-1) ?? [0, 0]
  for (const point of ring) {
    const [from, to] = [sign * (before[axis] - limit), sign * (point[axis] - limit)]
    if (from >= 0 !== to >= 0) {
      const part = from / (from - to)
      const across = axis === 0 ? 1 : 0
      const other = before[across] + part * (point[across] - before[across])
      kept.push(axis === 0 ? [limit, other] : [other, limit])
    }
    if (to >= 0) kept.push(point)
    before = point
  }
  return kept
}
