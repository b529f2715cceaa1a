import { close, eachPart, spread, type Flags } from './shapes.ts'

/** Cells beside the edge of a gap that say nothing of what is in it: the median blurs the edge by 3, and one is partly tissue. */
const edgeCells = 4
/** Share of a gap that must be coloured, or between cells that are; docs/slides.md has the figures. */
const fewestCovered = 0.5
/** Share of the cells of glass that are at most as coloured as the limit: dust and debris are on the others. */
const glassShare = 0.95

interface PaleTissue {
  /** Of each cell, 0..255, before any smoothing. */
  readonly saturation: Uint8Array
  /** Whether a cell is ink or a border, which say nothing. */
  readonly isOther: (at: number) => boolean
  /** The least saturation that may be more than that of glass. */
  readonly lowest: number
  /** Cells to each side by which gaps between coloured cells are closed. */
  readonly closingReach: number
}

/**
 * Fills gaps (0) that tissue (1) encloses and that pale or thin tissue covers: the walls of fat cells, whose median is that of glass, or
 * mucin. A tear or an opening is as empty as the glass around the tissue, apart from debris.
 */
export function fillPaleTissue(
  { columns, cells }: Flags,
  { saturation, isOther, lowest, closingReach }: PaleTissue,
): void {
  const gaps = cells.map((cell) => 1 - cell)
  const inner = gaps.slice()
  spread({ columns, cells: inner }, 0, edgeCells)
  const counts = new Float64Array(256)
  const enclosed: Int32Array[] = []
  const innerOf = (members: Int32Array): Int32Array => members.filter((at) => inner[at] === 1 && !isOther(at))
  eachPart({ columns, cells: gaps }, 4, ({ members, touchesEdge }) => {
    if (!touchesEdge) enclosed.push(members.slice())
    else
      for (const at of innerOf(members)) counts[saturation[at] ?? 0] = (counts[saturation[at] ?? 0] ?? 0) + 1
  })
  const limit = Math.max(lowest, valueAt(counts, glassShare))
  const coloured = inner.map((isInner, at) =>
    isInner === 1 && !isOther(at) && (saturation[at] ?? 0) > limit ? 1 : 0,
  )
  close({ columns, cells: coloured }, closingReach)
  for (const members of enclosed) {
    const own = innerOf(members)
    const covered = own.filter((at) => coloured[at] === 1).length
    if (own.length > 0 && covered >= fewestCovered * own.length) for (const at of members) cells[at] = 1
  }
}

/** The smallest value that at least this share of all do not exceed; 0 if there are none. */
function valueAt(counts: Float64Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let below = 0
  return counts.findIndex((count) => (below += count) >= share * total)
}
