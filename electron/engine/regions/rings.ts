import type { RegionPoint } from '../../contract/index.ts'

/** A closed outline. The last vertex is connected to the first. */
export type Ring = readonly RegionPoint[]

interface Edge {
  from: RegionPoint
  to: RegionPoint
  ring: number
  /** Its index in the ring, and the number of edges of the ring. */
  index: number
  count: number
}

/** Relative tolerance: three points are on one line if the difference of the two products is smaller than this. */
const lineTolerance = 1e-12

/** The direction of the turn a, b, c: 1, -1, or 0 if they are on one line. */
function turn(a: RegionPoint, b: RegionPoint, c: RegionPoint): -1 | 0 | 1 {
  const left = (b[0] - a[0]) * (c[1] - a[1])
  const right = (b[1] - a[1]) * (c[0] - a[0])
  const difference = left - right
  if (Math.abs(difference) <= lineTolerance * (Math.abs(left) + Math.abs(right))) return 0
  return difference > 0 ? 1 : -1
}

/** Whether a point on the line through an edge is on the edge. */
const isBetween = (point: RegionPoint, { from, to }: Pick<Edge, 'from' | 'to'>): boolean =>
  point[0] >= Math.min(from[0], to[0]) &&
  point[0] <= Math.max(from[0], to[0]) &&
  point[1] >= Math.min(from[1], to[1]) &&
  point[1] <= Math.max(from[1], to[1])

/** How two edges meet: they cross inside both, they touch at a vertex or along a line, or not at all (null). */
function meeting(a: Edge, b: Edge): 'cross' | 'touch' | null {
  const sides = [
    turn(a.from, a.to, b.from),
    turn(a.from, a.to, b.to),
    turn(b.from, b.to, a.from),
    turn(b.from, b.to, a.to),
  ] as const
  if (sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0) return 'cross'
  const touches =
    (sides[0] === 0 && isBetween(b.from, a)) ||
    (sides[1] === 0 && isBetween(b.to, a)) ||
    (sides[2] === 0 && isBetween(a.from, b)) ||
    (sides[3] === 0 && isBetween(a.to, b))
  return touches ? 'touch' : null
}

const edgesOf = (vertices: Ring, ring: number): Edge[] =>
  vertices.map((from, index) => ({
    from,
    to: vertices[(index + 1) % vertices.length] as RegionPoint,
    ring,
    index,
    count: vertices.length,
  }))

/** Where two edges that meet do so; where they overlap, an end of one of them. */
function meetingPoint(a: Edge, b: Edge): RegionPoint {
  const along = [a.to[0] - a.from[0], a.to[1] - a.from[1]] as const
  const other = [b.to[0] - b.from[0], b.to[1] - b.from[1]] as const
  const across = along[0] * other[1] - along[1] * other[0]
  if (across === 0) return [b.from, b.to].find((end) => isBetween(end, a)) ?? a.from
  const share = ((b.from[0] - a.from[0]) * other[1] - (b.from[1] - a.from[1]) * other[0]) / across
  // A touch within the tolerance may be a little beyond the end.
  const within = Math.min(1, Math.max(0, share))
  return [a.from[0] + within * along[0], a.from[1] + within * along[1]]
}

/**
 * The first pair of edges for which `isWanted` holds. Compares only pairs that overlap along both axes, sorted along the
 * one on which edges are shorter: nearly linear for drawn outlines, n^2 / 2 pairs at worst.
 */
function findPair(edges: readonly Edge[], isWanted: (a: Edge, b: Edge) => boolean): [Edge, Edge] | null {
  const spread = (axis: 0 | 1): number =>
    edges.reduce((sum, { from, to }) => sum + Math.abs(from[axis] - to[axis]), 0)
  const axis = spread(0) <= spread(1) ? 0 : 1
  const across = axis === 0 ? 1 : 0
  const spans = edges
    .map((edge) => ({
      edge,
      low: Math.min(edge.from[axis], edge.to[axis]),
      high: Math.max(edge.from[axis], edge.to[axis]),
      top: Math.min(edge.from[across], edge.to[across]),
      bottom: Math.max(edge.from[across], edge.to[across]),
    }))
    .toSorted((a, b) => a.low - b.low)
  for (const [place, { edge, high, top, bottom }] of spans.entries()) {
    for (let other = place + 1; other < spans.length; other++) {
      const span = spans[other]
      if (span === undefined || span.low > high) break
      if (span.top > bottom || span.bottom < top) continue
      if (isWanted(edge, span.edge)) return [edge, span.edge]
    }
  }
  return null
}

/** Where an outline crosses or touches itself, or runs back along itself. */
export interface Contact {
  kind: 'cross' | 'touch' | 'fold'
  at: RegionPoint
}

/** A contact of an outline with itself, or null. Neighbouring edges may share their vertex. */
export function findContact(ring: Ring): Contact | null {
  const contact = (a: Edge, b: Edge): Contact['kind'] | null =>
    areNeighbours(a, b) ? (foldsBack(a, b) ? 'fold' : null) : meeting(a, b)
  const pair = findPair(edgesOf(ring, 0), (a, b) => contact(a, b) !== null)
  if (pair === null) return null
  const [a, b] = pair
  const kind = contact(a, b) ?? 'touch'
  return { kind, at: kind === 'fold' ? foldOf(a, b).to : meetingPoint(a, b) }
}

function areNeighbours(a: Edge, b: Edge): boolean {
  const apart = Math.abs(a.index - b.index)
  return apart === 1 || apart === a.count - 1
}

/** The first of two neighbouring edges, which ends where the other begins. */
const foldOf = (a: Edge, b: Edge): Edge => ((a.index + 1) % a.count === b.index ? a : b)

/** Whether the second of two neighbouring edges runs back along the first. */
function foldsBack(a: Edge, b: Edge): boolean {
  const first = foldOf(a, b)
  const second = first === a ? b : a
  if (turn(first.from, first.to, second.to) !== 0) return false
  const along = (edge: Edge, axis: 0 | 1): number => edge.to[axis] - edge.from[axis]
  return along(first, 0) * along(second, 0) + along(first, 1) * along(second, 1) < 0
}

/** A point at which edges of two different outlines cross, or null. Touching does not count. */
export function findCrossing(rings: readonly Ring[]): RegionPoint | null {
  const edges = rings.flatMap((ring, index) => edgesOf(ring, index))
  const pair = findPair(edges, (a, b) => a.ring !== b.ring && meeting(a, b) === 'cross')
  return pair === null ? null : meetingPoint(...pair)
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** The smallest upright rectangle around an outline. */
export function boxOf(ring: Ring): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (const [x, y] of ring) {
    if (x < box.left) box.left = x
    if (x > box.right) box.right = x
    if (y < box.top) box.top = y
    if (y > box.bottom) box.bottom = y
  }
  return box
}

export const isInBox = ([x, y]: RegionPoint, { left, top, right, bottom }: Box): boolean =>
  x >= left && x <= right && y >= top && y <= bottom

export const doBoxesMeet = (a: Box, b: Box): boolean =>
  a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom

/** Whether a point is inside an outline, by the number of edges to its right (even-odd rule). */
export function isInside(point: RegionPoint, ring: Ring): 'inside' | 'outside' | 'border' {
  let isWithin = false
  for (let index = 0; index < ring.length; index++) {
    const from = ring[index] as RegionPoint
    const to = ring[index + 1 === ring.length ? 0 : index + 1] as RegionPoint
    if (turn(from, to, point) === 0 && isBetween(point, { from, to })) return 'border'
    if (from[1] > point[1] === to[1] > point[1]) continue
    const x = from[0] + ((point[1] - from[1]) / (to[1] - from[1])) * (to[0] - from[0])
    if (x > point[0]) isWithin = !isWithin
  }
  return isWithin ? 'inside' : 'outside'
}

/** The area of an outline that does not cross itself, square pixels (shoelace formula relative to its first vertex). */
export function ringArea(ring: Ring): number {
  const [x0, y0] = ring[0] ?? [0, 0]
  let twice = 0
  for (const [index, from] of ring.entries()) {
    const to = ring[(index + 1) % ring.length] as RegionPoint
    twice = twice + (from[0] - x0) * (to[1] - y0) - (to[0] - x0) * (from[1] - y0)
  }
  return Math.abs(twice) / 2
}

export function ringLength(ring: Ring): number {
  let length = 0
  for (const [index, from] of ring.entries()) {
    const to = ring[(index + 1) % ring.length] as RegionPoint
    length += Math.hypot(to[0] - from[0], to[1] - from[1])
  }
  return length
}
