import type { RegionGeometry, RegionPoint } from '../../contract/index.ts'
import { partsOf } from '../regions/parts-of.ts'
import { findContact, findCrossing } from '../regions/rings.ts'
import { crossingsAt } from '../regions/scan-line.ts'
import { traceCells } from '../regions/trace-cells.ts'
import { eachPart } from './shapes.ts'
import { maskCellUm, maskClasses, type TissueMask } from './tissue-mask.ts'

/** The image of a mask. */
export interface MaskedImage {
  readonly widthPx: number
  readonly heightPx: number
  readonly pixelSizeUm: number
}

/**
 * How far simplified outlines may be from the cells, in cells; the first without outlines that touch or cross. The corners of a
 * staircase are 0.71 from the slope through it.
 */
const tolerances = [0.75, 0.5, 0] as const
const tissueCode = maskClasses.indexOf('tissue')

/** The outlines of a mask's tissue with their holes, in pixels of the image; null: it has none. */
export function outlinesOf(mask: TissueMask, image: MaskedImage): RegionGeometry | null {
  const { columns } = mask
  const cells = mask.cells.map((code) => (code === tissueCode ? 1 : 0))
  const isInside = (cell: number): boolean => cells[cell] === 1
  const isAtBorder = (cell: number): boolean => {
    const column = cell % columns
    return (
      column === 0 ||
      column === columns - 1 ||
      ![cell - 1, cell + 1, cell - columns, cell + columns].every(isInside)
    )
  }
  const parts: RegionPoint[][][] = []
  eachPart({ columns, cells }, 4, ({ members }) => {
    parts.push(traceCells([...members.filter(isAtBorder)], columns, isInside))
  })
  if (parts.length === 0) return null
  const pixelsPerCell = maskCellUm / image.pixelSizeUm
  const inImage = ([x, y]: RegionPoint): RegionPoint => [
    Math.min(image.widthPx, x * pixelsPerCell),
    Math.min(image.heightPx, y * pixelsPerCell),
  ]
  return { kind: 'polygon', parts: simplified(parts).map((rings) => rings.map((ring) => ring.map(inImage))) }
}

function simplified(parts: RegionPoint[][][]): RegionPoint[][][] {
  for (const tolerance of tolerances) {
    const simple = parts.map((rings) => rings.map((ring) => simplifyRing(ring, tolerance)))
    const rings = simple.flat()
    if (rings.every((ring) => findContact(ring) === null) && findCrossing(rings) === null) return simple
  }
  return parts
}

/** After Douglas and Peucker (1973): no vertex of the ring is further than `tolerance` from the simple one. */
function simplifyRing(ring: RegionPoint[], tolerance: number): RegionPoint[] {
  // A ring with fewer corners could collapse.
  if (tolerance === 0 || ring.length <= 4) return ring
  const [start = [0, 0]] = ring
  const far = furthest(ring, (point) => Math.hypot(point[0] - start[0], point[1] - start[1]), 1, ring.length)
  const simple = [
    ...simplifyPath(ring.slice(0, far.index + 1), tolerance).slice(0, -1),
    ...simplifyPath([...ring.slice(far.index), start], tolerance).slice(0, -1),
  ]
  return simple.length < 3 ? ring : simple
}

function simplifyPath(path: RegionPoint[], tolerance: number): RegionPoint[] {
  const kept = new Uint8Array(path.length)
  kept[0] = 1
  kept[path.length - 1] = 1
  const open: [number, number][] = [[0, path.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span
    const [a = [0, 0], b = [0, 0]] = [path[from], path[to]]
    const { index, distance } = furthest(path, (point) => distanceTo(point, a, b), from + 1, to)
    if (distance <= tolerance) continue
    kept[index] = 1
    open.push([from, index], [index, to])
  }
  return path.filter((_, index) => kept[index] === 1)
}

function furthest(
  path: readonly RegionPoint[],
  distanceOf: (point: RegionPoint) => number,
  first: number,
  end: number,
): { index: number; distance: number } {
  let [index, distance] = [first, -1]
  for (let at = first; at < end; at++) {
    const here = distanceOf(path[at] ?? [0, 0])
    if (here > distance) [index, distance] = [at, here]
  }
  return { index, distance }
}

/** From a point to the segment between two others. */
function distanceTo([x, y]: RegionPoint, [fromX, fromY]: RegionPoint, [toX, toY]: RegionPoint): number {
  const [alongX, alongY] = [toX - fromX, toY - fromY]
  const length = alongX ** 2 + alongY ** 2
  const share = length === 0 ? 0 : ((x - fromX) * alongX + (y - fromY) * alongY) / length
  const inside = Math.min(1, Math.max(0, share))
  return Math.hypot(x - fromX - inside * alongX, y - fromY - inside * alongY)
}

/** The mask whose tissue is the cells with their centre in one of the areas; lines and points have none. */
export function maskOfAreas(areas: readonly RegionGeometry[], image: MaskedImage): TissueMask {
  const cellsPerPixel = image.pixelSizeUm / maskCellUm
  const [columns, rows] = [
    Math.ceil(image.widthPx * cellsPerPixel),
    Math.ceil(image.heightPx * cellsPerPixel),
  ]
  const cells = new Uint8Array(rows * columns)
  for (const rings of areas.flatMap(partsOf)) {
    for (let row = 0; row < rows; row++) {
      const crossings = crossingsAt(rings, (row + 0.5) / cellsPerPixel)
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        const [first, end] = [crossings[at] ?? 0, crossings[at + 1] ?? 0].map((x) =>
          Math.round(x * cellsPerPixel),
        )
        cells.fill(tissueCode, row * columns + (first ?? 0), row * columns + Math.min(columns, end ?? 0))
      }
    }
  }
  return { rows, columns, cells }
}
