import { AppError, mostRegionVertices, type RegionGeometry, type RegionPoint } from '../../contract/index.ts'
import { findContact, findCrossing, isInside, ringArea, ringLength, type Ring } from './rings.ts'

interface ImageSize {
  widthPx: number
  heightPx: number
}

/** An outline that encloses less, in square pixels, encloses nothing. */
const leastAreaPx = 1e-6

const refuse = (reason: string): never => {
  throw new AppError('region.invalid', { reason })
}

/**
 * A geometry in the one form in which it is stored: rings do not repeat their first vertex, nor any vertex twice
 * running; a polygon of one part without holes whose outline is an upright rectangle is a rectangle.
 *
 * A region must lie within the image, its border included. No outline may touch or cross itself. Outlines of one
 * region may touch but not cross; holes lie within their part, and neither holes nor parts within one another.
 * Which way round an outline runs does not matter and is kept.
 * @throws AppError `region.invalid`
 */
export function checkedGeometry(given: RegionGeometry, size: ImageSize): RegionGeometry {
  const geometry = given.kind === 'polygon' ? tidied(given) : given
  for (const [x, y] of verticesOf(geometry)) {
    if (!(x >= 0 && y >= 0 && x <= size.widthPx && y <= size.heightPx)) {
      refuse(`(${x}, ${y}) lies outside the image of ${size.widthPx} x ${size.heightPx} pixels`)
    }
  }
  switch (geometry.kind) {
    case 'rectangle':
      if (!(geometry.right > geometry.left && geometry.bottom > geometry.top)) refuse('it encloses nothing')
      break
    case 'polygon':
      checkOutlines(geometry.parts)
      break
    case 'point':
      return geometry
  }
  if (areaOf(geometry) < leastAreaPx) refuse('it encloses nothing')
  return geometry
}

function tidied(polygon: RegionGeometry & { kind: 'polygon' }): RegionGeometry {
  const vertices = polygon.parts.flat().reduce((sum, ring) => sum + ring.length, 0)
  if (vertices > mostRegionVertices)
    refuse(`it has ${vertices} vertices; at most ${mostRegionVertices} are kept`)
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

/** The rectangle whose four corners an outline runs through, or null. */
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

function checkOutlines(parts: readonly (readonly Ring[])[]): void {
  const rings = parts.flat()
  for (const ring of rings) {
    const at = findContact(ring)
    if (at !== null) refuse(`its outline touches or crosses itself near (${placeOf(at)})`)
    if (ringArea(ring) < leastAreaPx) refuse('an outline encloses nothing')
  }
  if (rings.length === 1) return
  const crossing = findCrossing(rings)
  if (crossing !== null) refuse(`two of its outlines cross near (${placeOf(crossing)})`)
  for (const [index, [outline, ...holes]] of parts.entries()) {
    if (outline === undefined) continue
    for (const [place, hole] of holes.entries()) {
      if (!hole.every((vertex) => isInside(vertex, outline) !== 'outside'))
        refuse('a hole lies outside its part')
      const others = holes.filter((_, other) => other !== place)
      if (others.some((other) => liesWithin(hole, other))) refuse('a hole lies within another hole')
    }
    const otherParts = parts.filter((_, other) => other !== index)
    const overlaps = otherParts.some(
      ([other, ...otherHoles]) =>
        other !== undefined &&
        liesWithin(outline, other) &&
        !otherHoles.some((hole) => isCovered(outline, hole)),
    )
    if (overlaps) refuse('two of its parts overlap')
  }
}

/** Of outlines that do not cross: whether one lies within the other; two equal ones do. */
const liesWithin = (inner: Ring, outer: Ring): boolean => {
  const sides = inner.map((vertex) => isInside(vertex, outer))
  return sides.includes('inside') || sides.every((side) => side === 'border')
}

const isCovered = (inner: Ring, outer: Ring): boolean =>
  inner.every((vertex) => isInside(vertex, outer) !== 'outside')

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
    case 'point':
      return geometry.points
  }
}

/** What a region encloses without its holes, square pixels; 0 for points. */
function areaOf(geometry: RegionGeometry): number {
  switch (geometry.kind) {
    case 'rectangle':
      return (geometry.right - geometry.left) * (geometry.bottom - geometry.top)
    case 'polygon':
      return geometry.parts.reduce((sum, [outline, ...holes]) => {
        const without = holes.reduce((area, hole) => area + ringArea(hole), 0)
        return sum + ringArea(outline ?? []) - without
      }, 0)
    case 'point':
      return 0
  }
}

function perimeterOf(geometry: RegionGeometry): number {
  switch (geometry.kind) {
    case 'rectangle':
      return 2 * (geometry.right - geometry.left + geometry.bottom - geometry.top)
    case 'polygon':
      return geometry.parts.flat().reduce((sum, ring) => sum + ringLength(ring), 0)
    case 'point':
      return 0
  }
}

/** Area without holes and length of all outlines, in pixels and, where the pixel size is known, in um2 and um. */
export function extentOf(
  geometry: RegionGeometry,
  pixelSizeUm: number | null,
): { areaPx: number; perimeterPx: number; areaUm2: number | null; perimeterUm: number | null } | null {
  if (geometry.kind === 'point') return null
  const [areaPx, perimeterPx] = [areaOf(geometry), perimeterOf(geometry)]
  return {
    areaPx,
    perimeterPx,
    areaUm2: pixelSizeUm === null ? null : areaPx * pixelSizeUm ** 2,
    perimeterUm: pixelSizeUm === null ? null : perimeterPx * pixelSizeUm,
  }
}
