import type { RegionGeometry, RegionPoint } from '../../../electron/contract/index.ts'

/** A place in the image, in its pixels. */
export interface ImagePoint {
  x: number
  y: number
}

/** A part of the image, in its pixels. */
export interface ImageBox {
  left: number
  top: number
  right: number
  bottom: number
}

function outlinesOf(geometry: RegionGeometry): readonly (readonly RegionPoint[])[] {
  switch (geometry.kind) {
    case 'rectangle': {
      const { left, top, right, bottom } = geometry
      return [
        [
          [left, top],
          [right, top],
          [right, bottom],
          [left, bottom],
        ],
      ]
    }
    case 'polygon':
      return geometry.parts.flat()
    case 'line':
    case 'point':
      return []
  }
}

/** The corners that can be dragged. */
export const cornersOf = (geometry: RegionGeometry): readonly RegionPoint[] =>
  'points' in geometry ? geometry.points : outlinesOf(geometry).flat()

const wayOf = (points: readonly RegionPoint[]): string => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}`

/** All outlines, or the line, as one SVG path in image pixels; empty for points. */
export const pathOf = (geometry: RegionGeometry): string =>
  geometry.kind === 'line'
    ? wayOf(geometry.points)
    : outlinesOf(geometry)
        .map((outline) => `${wayOf(outline)}Z`)
        .join('')

export function boxOf(geometry: RegionGeometry): ImageBox {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (const [x, y] of cornersOf(geometry)) {
    box.left = Math.min(box.left, x)
    box.top = Math.min(box.top, y)
    box.right = Math.max(box.right, x)
    box.bottom = Math.max(box.bottom, y)
  }
  return box
}

/** Where the region's name is shown: the uppermost corner. */
export function anchorOf(geometry: RegionGeometry): ImagePoint {
  let [x, y] = [0, Infinity]
  for (const corner of cornersOf(geometry)) if (corner[1] < y) [x, y] = corner
  return { x, y }
}

/** Length of a line, in image pixels. */
export const lengthPxOf = (points: readonly RegionPoint[]): number =>
  points.reduce((sum, point, index) => sum + stepTo(points[index - 1] ?? point, point), 0)

const stepTo = (from: RegionPoint, to: RegionPoint): number => Math.hypot(to[0] - from[0], to[1] - from[1])

/** Whether a place is in a region, outside its holes, or at most `nearPx` from its outline, line or points. */
export function isHit(geometry: RegionGeometry, { x, y }: ImagePoint, nearPx: number): boolean {
  const box = boxOf(geometry)
  if (x < box.left - nearPx || x > box.right + nearPx || y < box.top - nearPx || y > box.bottom + nearPx) {
    return false
  }
  if (geometry.kind === 'point')
    return geometry.points.some(([px, py]) => Math.hypot(px - x, py - y) <= nearPx)
  if (geometry.kind === 'line')
    return geometry.points.some((to, index) => {
      const from = geometry.points[index - 1]
      return from !== undefined && distanceTo(from, to, x, y) <= nearPx
    })
  let isWithin = false
  for (const outline of outlinesOf(geometry)) {
    let from = outline.at(-1)
    for (const to of outline) {
      if (from === undefined) break
      if (distanceTo(from, to, x, y) <= nearPx) return true
      // Even-odd rule: the number of edges to the right.
      if (from[1] > y !== to[1] > y) {
        const crossing = from[0] + ((y - from[1]) / (to[1] - from[1])) * (to[0] - from[0])
        if (crossing > x) isWithin = !isWithin
      }
      from = to
    }
  }
  return isWithin
}

function distanceTo(from: RegionPoint, to: RegionPoint, x: number, y: number): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const share = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy || 1)
  const within = Math.max(0, Math.min(1, share))
  return Math.hypot(from[0] + within * dx - x, from[1] + within * dy - y)
}

/** The same region with one of its corners at another place; a rectangle stays upright. */
export function withCornerAt(geometry: RegionGeometry, corner: number, { x, y }: ImagePoint): RegionGeometry {
  switch (geometry.kind) {
    case 'rectangle': {
      const opposite = cornersOf(geometry)[(corner + 2) % 4] ?? [0, 0]
      return boxBetween({ x: opposite[0], y: opposite[1] }, { x, y })
    }
    case 'line':
    case 'point':
      return { kind: geometry.kind, points: geometry.points.with(corner, [x, y]) }
    case 'polygon': {
      let first = 0
      const parts = geometry.parts.map((rings) =>
        rings.map((ring) => {
          const place = corner - first
          first += ring.length
          return place >= 0 && place < ring.length ? ring.with(place, [x, y]) : ring
        }),
      )
      return { kind: 'polygon', parts }
    }
  }
}

/** The same region moved, but not beyond the edges of the image. */
export function moved(
  geometry: RegionGeometry,
  by: ImagePoint,
  image: { widthPx: number; heightPx: number },
): RegionGeometry {
  const box = boxOf(geometry)
  const x = Math.max(-box.left, Math.min(image.widthPx - box.right, by.x))
  const y = Math.max(-box.top, Math.min(image.heightPx - box.bottom, by.y))
  const shift = ([px, py]: RegionPoint): RegionPoint => [px + x, py + y]
  switch (geometry.kind) {
    case 'rectangle': {
      const { left, top, right, bottom } = geometry
      return { kind: 'rectangle', left: left + x, top: top + y, right: right + x, bottom: bottom + y }
    }
    case 'line':
    case 'point':
      return { kind: geometry.kind, points: geometry.points.map(shift) }
    case 'polygon':
      return { kind: 'polygon', parts: geometry.parts.map((rings) => rings.map((ring) => ring.map(shift))) }
  }
}

export const boxBetween = (a: ImagePoint, b: ImagePoint): RegionGeometry & { kind: 'rectangle' } => ({
  kind: 'rectangle',
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
})
