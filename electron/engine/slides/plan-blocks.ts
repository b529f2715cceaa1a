import type { PlannedPlaces } from './plan-places.ts'

/** Maximum number of places whose results are in one file. */
const maxBlockPlaces = 256

/** Places that are encoded together. */
export interface Block {
  /** Row and column of blocks. */
  readonly row: number
  readonly column: number
  /** Indices into the planned places, ascending. */
  readonly places: readonly number[]
}

/**
 * Divides places into squares of neighbours, at most `side` and at most 16 of the grid's cells along each edge. Every fourth block
 * in both directions comes first, so that a sixteenth of the work shows all parts of the slide.
 */
export function planBlocks({ grid, cells }: PlannedPlaces, side: number): Block[] {
  const edge = Math.max(1, Math.min(side, Math.sqrt(maxBlockPlaces)))
  const across = Math.ceil(grid.columns / edge)
  const byBlock = new Map<number, number[]>()
  for (const [place, cell] of cells.entries()) {
    const row = Math.floor(Math.floor(cell / grid.columns) / edge)
    const block = row * across + Math.floor((cell % grid.columns) / edge)
    const members = byBlock.get(block) ?? []
    byBlock.set(block, members)
    members.push(place)
  }
  const blocks = [...byBlock]
    .toSorted(([a], [b]) => a - b)
    .map(([block, places]) => ({ row: Math.floor(block / across), column: block % across, places }))
  const isEarly = ({ row, column }: Block): boolean => row % 4 === 0 && column % 4 === 0
  return [...blocks.filter(isEarly), ...blocks.filter((block) => !isEarly(block))]
}
