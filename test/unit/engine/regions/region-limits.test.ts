import { describe, expect, it } from 'vitest'
import {
  hasCode,
  maxRegionOutlines,
  type AppError,
  type RegionGeometry,
  type RegionPoint,
} from '../../../../electron/contract/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { checkedGeometry, isQuickToCheck } from '../../../../electron/engine/regions/geometry.ts'
import { findContact, findCrossing, isInside, ringArea } from '../../../../electron/engine/regions/rings.ts'

const polygon = (...parts: RegionPoint[][][]): RegionGeometry => ({ kind: 'polygon', parts })
const line = (...points: RegionPoint[]): RegionGeometry => ({ kind: 'line', points })
const square = (left: number, top: number, edge: number): RegionPoint[] => [
  [left, top],
  [left + edge, top],
  [left + edge, top + edge],
  [left, top + edge],
]
/** Not an upright rectangle, which would become one. */
const cut = (left: number, top: number, edge: number): RegionPoint[] => [
  [left + 1, top],
  ...square(left, top, edge).slice(1),
  [left, top + 1],
]

function reasonOf(geometry: RegionGeometry, edgePx: number): string {
  try {
    checkedGeometry(geometry, { widthPx: edgePx, heightPx: edgePx })
  } catch (error) {
    if (hasCode(error, 'region.invalid')) return (error as AppError<'region.invalid'>).details.reason
    throw error
  }
  return 'taken'
}

describe('limits', () => {
  const small = (index: number): RegionPoint[] => cut((index % 300) * 10, Math.floor(index / 300) * 10, 5)
  const reasonFor = (geometry: RegionGeometry): string => reasonOf(geometry, 100_000)

  it('a region has at most 500 parts and holes together', () => {
    const parts = (count: number): RegionPoint[][][] => Array.from({ length: count }, (_, i) => [small(i)])
    expect(reasonFor(polygon(...parts(maxRegionOutlines)))).toBe('taken')
    expect(reasonFor(polygon(...parts(maxRegionOutlines + 1)))).toBe(
      'it has 501 parts and holes; at most 500 are kept',
    )
    const holes = Array.from({ length: maxRegionOutlines }, (_, i) => small(i + 1))
    expect(reasonFor(polygon([square(0, 0, 9000), ...holes.slice(1)]))).toBe('taken')
    expect(reasonFor(polygon([square(0, 0, 9000), ...holes]))).toMatch(/501 parts and holes; at most 500/)
    // As of the review: 3300 triangles took 14.5 s and 3000 holes 8.8 s; they are counted and refused.
    const triangles = Array.from({ length: 3300 }, (_, i) => [small(i).slice(0, 3)])
    expect(reasonFor(polygon(...triangles))).toMatch(/3300 parts and holes/)
  })

  it('what is quick to check has few vertices and outlines', () => {
    const many = (count: number): RegionPoint[] => Array.from({ length: count }, (_, i) => [i, i % 2])
    expect(isQuickToCheck(polygon([many(1000)]))).toBe(true)
    expect(isQuickToCheck(polygon([many(1001)]))).toBe(false)
    expect(isQuickToCheck(polygon(...Array.from({ length: 51 }, (_, i) => [small(i)])))).toBe(false)
    expect(isQuickToCheck(line(...many(1001)))).toBe(false)
  })

  it('with bounding boxes the same shapes are taken and refused as without', () => {
    const random = keyedGenerator('boxes')
    const outcomes = new Map<string, number>()
    for (let round = 0; round < 3000; round++) {
      const rings = Array.from({ length: 1 + random.nextInteger(4) }, () =>
        Array.from({ length: 3 + random.nextInteger(3) }, (): RegionPoint => {
          return [random.nextInteger(9), random.nextInteger(9)]
        }),
      )
      const parts = random.nextBoolean() ? [rings] : rings.map((ring) => [ring])
      const found = reasonOf(polygon(...parts), 100)
      const outcome = found.replace(/ at .*/, '')
      expect(outcome, JSON.stringify(parts)).toBe(plainOutcome(parts))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect([...outcomes.keys()].length).toBeGreaterThan(5)
  })
})

it('names a place where at least two edges of the outline meet', () => {
  const random = keyedGenerator('contacts')
  const seen = new Map<string, number>()
  for (let round = 0; round < 2000; round++) {
    const next = (): RegionPoint => [random.nextInteger(40), random.nextInteger(40)]
    const ring = Array.from({ length: 4 + random.nextInteger(4) }, next)
    const contact = findContact(ring.filter((point, i) => String(point) !== String(ring.at(i - 1))))
    if (contact === null) continue
    const { kind, at } = contact
    const meeting = ring.filter((from, i) => distance(at, from, ring[(i + 1) % ring.length] ?? from) < 1e-9)
    expect(meeting.length, JSON.stringify({ ring, contact })).toBeGreaterThanOrEqual(2)
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  expect([...seen.keys()].toSorted()).toEqual(['cross', 'fold', 'touch'])
})

/** From a point to an edge. */
function distance([x, y]: RegionPoint, [x0, y0]: RegionPoint, [x1, y1]: RegionPoint): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const square = dx * dx + dy * dy
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square))
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy)
}

/** The rules in their plain form: every outline is compared with every other, vertex by vertex. */
function plainOutcome(given: RegionPoint[][][]): string {
  const parts = given.map((rings) =>
    rings.map((ring) =>
      ring.filter(([x, y], i) => {
        const before = ring.at(i - 1)
        return ring.length === 1 || x !== before?.[0] || y !== before[1]
      }),
    ),
  )
  const rings = parts.flat()
  if (rings.some((ring) => ring.length < 3)) return 'an outline has fewer than 3 different vertices'
  for (const ring of rings) {
    const kind = findContact(ring)?.kind
    const isFlat = ringArea(ring) < 1e-6
    if (kind === 'cross') return 'its outline crosses itself'
    if (kind === 'touch') return 'its outline touches itself'
    if (kind === 'fold' && !isFlat) return 'its outline runs back along itself'
    if (isFlat) return 'an outline encloses nothing'
  }
  if (rings.length > 1 && findCrossing(rings) !== null) return 'two of its outlines cross'
  const sides = (inner: RegionPoint[], outer: RegionPoint[]) => inner.map((vertex) => isInside(vertex, outer))
  const isWithin = (inner: RegionPoint[], outer: RegionPoint[]): boolean =>
    sides(inner, outer).includes('inside') || sides(inner, outer).every((side) => side === 'border')
  const isCovered = (inner: RegionPoint[], outer: RegionPoint[]): boolean =>
    !sides(inner, outer).includes('outside')
  for (const [index, [outline = [], ...holes]] of parts.entries()) {
    for (const [place, hole] of holes.entries()) {
      if (!isCovered(hole, outline)) return 'a hole is outside its part'
      if (holes.some((other, i) => i !== place && isWithin(hole, other)))
        return 'a hole is within another hole'
    }
    const overlaps = parts.some(
      ([other = [], ...otherHoles], i) =>
        i !== index && isWithin(outline, other) && !otherHoles.some((hole) => isCovered(outline, hole)),
    )
    if (overlaps) return 'two of its parts overlap'
  }
  return parts.flat().length > 1 && rings.length > 0 && areaLeft(parts) < 1e-6
    ? 'it encloses nothing'
    : 'taken'
}

const areaLeft = (parts: RegionPoint[][][]): number =>
  parts.reduce(
    (sum, [outline = [], ...holes]) =>
      sum + (ringArea(outline) - holes.reduce((area, hole) => area + ringArea(hole), 0)),
    0,
  )
