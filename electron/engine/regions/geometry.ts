import {
  AppError,
  maxRegionOutlines,
  maxRegionVertices,
  type RegionGeometry,
  type RegionPoint,
  type RegionView,
} from '../../contract/index.ts'
import {
  boxOf,
  doBoxesMeet,
  findContact,
  findCrossing,
  isInBox,
  isInside,
  ringArea,
  ringLength,
  type Box,
  type Ring,
} from './rings.ts'

export interface ImageSize {
  widthPx: number
  heightPx: number
}

/** A geometry that `checkedGeometry` has returned. The property is for the compiler only: no value has it. */
export type CheckedGeometry = RegionGeometry & { readonly isChecked: true }

/** Outlines with a smaller area, in square pixels, count as empty. */
const minAreaPx = 1e-6
/** Shorter lines, in pixels, count as having no length. */
const minLengthPx = 1e-3

const refuse = (reason: string): never => {
  throw new AppError('region.invalid', { reason })
}

/**
 * Checks a geometry and returns it in its stored form. Rings do not repeat their first vertex, and neither rings nor lines
 * have consecutive equal vertices. A polygon with one part, no holes and an upright rectangle as its outline becomes a
 * rectangle.
 *
 * A region must be inside the image, including its border. No outline may touch or cross itself. Outlines of one region
 * may touch but not cross; holes must be inside their part, and neither holes nor parts may be inside one another.
 * The direction of an outline does not matter and is kept. A line may cross itself, but must have a length.
 *
 * Takes seconds at worst: edges are compared in pairs, outlines too. `isQuickToCheck` says where it takes no time.
 * @throws AppError `region.invalid`
 */
export function checkedGeometry(given: RegionGeometry, size: ImageSize): CheckedGeometry {
  const { vertices, outlines } = sizeOf(given)
  if (vertices > maxRegionVertices)
    refuse(`it has ${vertices} vertices; at most ${maxRegionVertices} are kept`)
  if (outlines > maxRegionOutlines)
    refuse(`it has ${outlines} parts and holes; at most ${maxRegionOutlines} are kept`)
  return checked(tidied(given), size) as CheckedGeometry
}

/** Whether a check takes a few milliseconds at most, whatever the shape: up to 500 000 pairs of edges. */
export function isQuickToCheck(geometry: RegionGeometry): boolean {
  const { vertices, outlines } = sizeOf(geometry)
  return vertices <= 1000 && outlines <= 50
}

function sizeOf(geometry: RegionGeometry): { vertices: number; outlines: number } {
  if (geometry.kind !== 'polygon') return { vertices: verticesOf(geometry).length, outlines: 1 }
  let [vertices, outlines] = [0, 0]
  for (const rings of geometry.parts) {
    outlines += rings.length
    for (const ring of rings) vertices += ring.length
  }
  return { vertices, outlines }
}

function checked(geometry: RegionGeometry, size: ImageSize): RegionGeometry {
  for (const [x, y] of verticesOf(geometry)) {
    if (!(x >= 0 && y >= 0 && x <= size.widthPx && y <= size.heightPx)) {
      refuse(`(${x}, ${y}) is outside the image of ${size.widthPx} x ${size.heightPx} pixels`)
    }
  }
  switch (geometry.kind) {
    case 'rectangle':
      if (!(geometry.right > geometry.left && geometry.bottom > geometry.top)) refuse('it encloses nothing')
      break
    case 'polygon':
      checkOutlines(geometry.parts)
      break
    case 'line':
      if (lineLength(geometry.points) < minLengthPx) refuse('it has no length')
      return geometry
    case 'point':
      return geometry
  }
  if (areaOf(geometry) < minAreaPx) refuse('it encloses nothing')
  return geometry
}

function tidied(geometry: RegionGeometry): RegionGeometry {
  if (geometry.kind === 'polygon') return tidiedPolygon(geometry)
  if (geometry.kind !== 'line') return geometry
  const points = geometry.points.filter(([x, y], index) => {
    const before = geometry.points[index - 1]
    return before === undefined || x !== before[0] || y !== before[1]
  })
  if (points.length < 2) refuse('it has no length')
  return { kind: 'line', points }
}

function tidiedPolygon(polygon: RegionGeometry & { kind: 'polygon' }): RegionGeometry {
  const parts = polygon.parts.map((rings) => rings.map(withoutRepeats))
  if (parts.some((rings) => rings.some((ring) => ring.length < 3))) {
    refuse('an outline has fewer than 3 different vertices')
  }
  const [only, ...otherParts] = parts
  const [outline, ...holes] = only ?? []
  const isSingle = otherParts.length === 0 && holes.length === 0 && outline !== undefined
  return (isSingle ? asRectangle(outline) : null) ?? { kind: 'polygon', parts }
}

const withoutRepeats = (ring: Ring): RegionPoint[] =>
  ring.filter(([x, y], index) => {
    const [beforeX, beforeY] = ring.at(index - 1) as RegionPoint
    return ring.length === 1 || x !== beforeX || y !== beforeY
  })

/** The upright rectangle whose corners are the vertices of an outline, or null. */
function asRectangle(ring: Ring): RegionGeometry | null {
  const [a, b, c, d, ...more] = ring
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0) return null
  const startsLevel = a[1] === b[1] && b[0] === c[0] && c[1] === d[1] && d[0] === a[0]
  const startsUpright = a[0] === b[0] && b[1] === c[1] && c[0] === d[0] && d[1] === a[1]
  if (!startsLevel && !startsUpright) return null
  const [left, right] = [Math.min(a[0], c[0]), Math.max(a[0], c[0])]
  const [top, bottom] = [Math.min(a[1], c[1]), Math.max(a[1], c[1])]
  return { kind: 'rectangle', left, top, right, bottom }
}

const contactWords = { cross: 'crosses', touch: 'touches', fold: 'runs back along' } as const

function checkOutlines(parts: readonly (readonly Ring[])[]): void {
  const rings = parts.flat()
  for (const ring of rings) {
    const contact = findContact(ring)
    const isFlat = ringArea(ring) < minAreaPx
    // The two halves of a bow tie may cancel each other out, but enclose something.
    if (contact !== null && !(isFlat && contact.kind === 'fold'))
      refuse(`its outline ${contactWords[contact.kind]} itself at (${placeOf(contact.at)})`)
    if (isFlat) refuse('an outline encloses nothing')
  }
  if (rings.length === 1) return
  const crossing = findCrossing(rings)
  if (crossing !== null) refuse(`two of its outlines cross at (${placeOf(crossing)})`)
  const boxes = new Map(rings.map((ring) => [ring, boxOf(ring)]))
  for (const [outline, ...holes] of parts) {
    if (outline === undefined) continue
    for (const hole of holes) {
      if (!isCovered(hole, outline, boxes)) refuse('a hole is outside its part')
      if (holes.some((other) => other !== hole && isWithin(hole, other, boxes)))
        refuse('a hole is within another hole')
    }
    const overlaps = parts.some(
      ([other, ...otherHoles]) =>
        other !== undefined &&
        other !== outline &&
        isWithin(outline, other, boxes) &&
        !otherHoles.some((hole) => isCovered(outline, hole, boxes)),
    )
    if (overlaps) refuse('two of its parts overlap')
  }
}

type Boxes = ReadonlyMap<Ring, Box>

const boxIn = (boxes: Boxes, ring: Ring): Box => boxes.get(ring) ?? boxOf(ring)

/** For outlines that do not cross: whether the first is within the second. Equal outlines count as within. */
function isWithin(inner: Ring, outer: Ring, boxes: Boxes): boolean {
  const box = boxIn(boxes, outer)
  if (!doBoxesMeet(boxIn(boxes, inner), box)) return false
  let isOnBorder = true
  for (const vertex of inner) {
    const side = isInBox(vertex, box) ? isInside(vertex, outer) : 'outside'
    if (side === 'inside') return true
    if (side === 'outside') isOnBorder = false
  }
  return isOnBorder
}

function isCovered(inner: Ring, outer: Ring, boxes: Boxes): boolean {
  const box = boxIn(boxes, outer)
  return inner.every((vertex) => isInBox(vertex, box) && isInside(vertex, outer) !== 'outside')
}

const placeOf = ([x, y]: RegionPoint): string => `${Number(x.toFixed(1))}, ${Number(y.toFixed(1))}`

function verticesOf(geometry: RegionGeometry): RegionPoint[] {
  switch (geometry.kind) {
    case 'rectangle':
      return [
        [geometry.left, geometry.top],
        [geometry.right, geometry.bottom],
      ]
    case 'polygon':
      return geometry.parts.flat(2)
    case 'line':
    case 'point':
      return geometry.points
  }
}

type Enclosing = RegionGeometry & { kind: 'rectangle' | 'polygon' }

/** The area of a region without its holes, square pixels. */
function areaOf(geometry: Enclosing): number {
  if (geometry.kind === 'rectangle')
    return (geometry.right - geometry.left) * (geometry.bottom - geometry.top)
  return geometry.parts.reduce((sum, [outline, ...holes]) => {
    const without = holes.reduce((area, hole) => area + ringArea(hole), 0)
    return sum + ringArea(outline ?? []) - without
  }, 0)
}

function perimeterOf(geometry: Enclosing): number {
  if (geometry.kind === 'rectangle')
    return 2 * (geometry.right - geometry.left + geometry.bottom - geometry.top)
  return geometry.parts.flat().reduce((sum, ring) => sum + ringLength(ring), 0)
}

function lineLength(points: readonly RegionPoint[]): number {
  let [length, before] = [0, points[0]]
  for (const point of points) {
    if (before !== undefined) length += Math.hypot(point[0] - before[0], point[1] - before[1])
    before = point
  }
  return length
}

/**
 * Area without holes and length of all outlines, in pixels and, if the pixel size is known, in um2 and um; null for lines
 * and points.
 */
export function extentOf(geometry: RegionGeometry, pixelSizeUm: number | null): RegionView['extent'] {
  if (geometry.kind === 'point' || geometry.kind === 'line') return null
  const [areaPx, perimeterPx] = [areaOf(geometry), perimeterOf(geometry)]
  return {
    areaPx,
    perimeterPx,
    areaUm2: pixelSizeUm === null ? null : areaPx * pixelSizeUm ** 2,
    perimeterUm: pixelSizeUm === null ? null : perimeterPx * pixelSizeUm,
  }
}

/** The length of a line in pixels and, if the pixel size is known, in um; null for other geometries. */
export function lengthOf(geometry: RegionGeometry, pixelSizeUm: number | null): RegionView['length'] {
  if (geometry.kind !== 'line') return null
  const px = lineLength(geometry.points)
  return { px, um: pixelSizeUm === null ? null : px * pixelSizeUm }
}
