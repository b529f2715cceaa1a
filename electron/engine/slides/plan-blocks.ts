import { at } from '../../base/arrays.ts'
import type { PlannedPlaces } from './plan-places.ts'
import { latticePx, type TileLimits } from './slide-scales.ts'

/** Raise it with every change of how places are divided: an unfinished analysis goes on with the blocks that it began with. */
export const blockPlan = 3
/** How much more work, as a share, may be worth parts of the same size: fewer, larger files and an even progress. */
const balanceShare = 0.02

/** How tiles of a scale grow with their places, working pixels. */
export interface TileShape extends TileLimits {
  /** Between neighbouring places. */
  readonly stridePx: number
  readonly cropPx: number
}

/** Places whose results are kept together. */
export interface Block {
  /** Indices into the planned places, ascending. */
  readonly places: readonly number[]
  /** For each scale the tiles that are encoded: positions in `places`. */
  readonly tiles: readonly (readonly number[])[][]
}

/**
 * Divides places into blocks of at most `maxPlaces` and each block, for each scale, into tiles, so that few pixels are encoded. Blocks
 * are in the order of their first places.
 */
export function planBlocks({ grid, cells }: PlannedPlaces, shapes: readonly TileShape[]): Block[] {
  const positions = Array.from(cells, (cell) => positionOf(cell, grid.columns))
  const maxPlaces = Math.min(...shapes.map((shape) => shape.maxPlaces))
  const pixelsOf = (box: Box): number => shapes.reduce((sum, shape) => sum + pixelsAt(box, shape), 0)
  return divide([...positions.keys()], positions, pixelsOf, (_, count) => count <= maxPlaces)
    .map((places) => places.toSorted((a, b) => a - b))
    .toSorted(([a = 0], [b = 0]) => a - b)
    .map((places) => {
      const own = places.map((place) => cells[place] ?? 0)
      return { places, tiles: planTiles(own, grid.columns, shapes) }
    })
}

/**
 * Divides places into tiles for each scale: indices into `cells`.
 * @param cells of the grid that the places are
 */
export function planTiles(
  cells: readonly number[],
  columns: number,
  shapes: readonly TileShape[],
): (readonly number[])[][] {
  const positions = cells.map((cell) => positionOf(cell, columns))
  return shapes.map((shape) => {
    const isTile = (box: Box): boolean => tilesOf(box, shape).count === 1
    return divide([...positions.keys()], positions, (box) => pixelsAt(box, shape), isTile)
  })
}

interface Position {
  readonly row: number
  readonly column: number
}

const positionOf = (cell: number, columns: number): Position => ({
  row: Math.floor(cell / columns),
  column: cell % columns,
})

/** Cells of the grid, the last ones included. */
interface Box {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** The tiles of a box of places, all of one size, as few as fit; those with the fewest pixels. */
function tilesOf(box: Box, shape: TileShape): { count: number; pixels: number } {
  const { stridePx, cropPx, contextPx, maxWidthPx, maxPx } = shape
  const base = cropPx + 2 * contextPx + latticePx
  const edgeOf = (places: number): number => base + (places - 1) * stridePx
  const placesIn = (edgePx: number): number => Math.max(1, 1 + Math.floor((edgePx - base) / stridePx))
  const [across, down] = [box.right - box.left + 1, box.bottom - box.top + 1]
  const fewest = Math.ceil(across / placesIn(maxWidthPx))
  const choices = [fewest, fewest + 1].map((columns) => {
    const widthPx = edgeOf(Math.ceil(across / columns))
    const rows = Math.ceil(down / placesIn(maxPx / widthPx))
    return { count: columns * rows, pixels: columns * rows * widthPx * edgeOf(Math.ceil(down / rows)) }
  })
  return choices.reduce((best, one) => (one.pixels < best.pixels ? one : best))
}

const pixelsAt = (box: Box, shape: TileShape): number => tilesOf(box, shape).pixels

function boxOf(positions: readonly Position[], members: readonly number[]): Box {
  let [top, bottom, left, right] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const member of members) {
    const { row, column } = at(positions, member)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
    left = Math.min(left, column)
    right = Math.max(right, column)
  }
  return { top, bottom, left, right }
}

/**
 * Cuts members in two, along a row or a column, where that leaves the fewest pixels, and the parts again, as long as it saves some
 * or the part is not allowed. A part with a single member is always allowed.
 */
function divide(
  members: readonly number[],
  positions: readonly Position[],
  pixelsOf: (box: Box) => number,
  isAllowed: (box: Box, count: number) => boolean,
): (readonly number[])[] {
  if (members.length === 0) return []
  const box = boxOf(positions, members)
  const cut = bestCut(members, positions, pixelsOf)
  if (cut === null || (isAllowed(box, members.length) && cut.pixels >= pixelsOf(box))) return [members]
  return cut.parts.flatMap((part) => divide(part, positions, pixelsOf, isAllowed))
}

interface Cut {
  readonly pixels: number
  readonly parts: readonly (readonly number[])[]
}

/** null: all members are in one cell. */
function bestCut(
  members: readonly number[],
  positions: readonly Position[],
  pixelsOf: (box: Box) => number,
): Cut | null {
  let best: { score: number; pixels: number; ordered: readonly number[]; count: number } | null = null
  for (const axis of ['row', 'column'] as const) {
    const along = (member: number): number => at(positions, member)[axis]
    const lines = [...Map.groupBy(members, along)].toSorted(([a], [b]) => a - b).map(([, own]) => own)
    const before = growingBoxes(lines, positions)
    const after = growingBoxes(lines.toReversed(), positions).toReversed()
    const ordered = lines.flat()
    let count = 0
    for (let line = 1; line < lines.length; line++) {
      count += at(lines, line - 1).length
      const pixels = pixelsOf(at(before, line - 1)) + pixelsOf(at(after, line))
      const imbalance = Math.abs(2 * count - members.length) / members.length
      const score = pixels * (1 + balanceShare * imbalance)
      if (best === null || score < best.score) best = { score, pixels, ordered, count }
    }
  }
  if (best === null) return null
  const { pixels, ordered, count } = best
  return { pixels, parts: [ordered.slice(0, count), ordered.slice(count)] }
}

/** The box of the first line, of the first two, and so on. */
function growingBoxes(lines: readonly (readonly number[])[], positions: readonly Position[]): Box[] {
  let whole: Box | null = null
  return lines.map((line) => {
    const own = boxOf(positions, line)
    whole =
      whole === null
        ? own
        : {
            top: Math.min(whole.top, own.top),
            bottom: Math.max(whole.bottom, own.bottom),
            left: Math.min(whole.left, own.left),
            right: Math.max(whole.right, own.right),
          }
    return whole
  })
}
