import { createHash } from 'node:crypto'
import { maskCellUm, maskClasses, type MaskClass, type TissueMask } from './tissue-mask.ts'

/** A square of a mask, um from the image's upper left corner; parts of it may be outside. */
export interface MaskSquare {
  readonly leftUm: number
  readonly topUm: number
  readonly edgeUm: number
}

/**
 * A function that gives the share of tissue (0..1) in a square, in constant time. A cell counts by the part of it that is in
 * the square; outside the mask there is none.
 */
export function tissueShare({ rows, columns, cells }: TissueMask): (square: MaskSquare) => number {
  const tissue = maskClasses.indexOf('tissue')
  // Tissue above and to the left of each corner of a cell.
  const wide = columns + 1
  const sums = new Uint32Array((rows + 1) * wide)
  for (let row = 0; row < rows; row++) {
    let inRow = 0
    for (let column = 0; column < columns; column++) {
      inRow += cells[row * columns + column] === tissue ? 1 : 0
      sums[(row + 1) * wide + column + 1] = (sums[row * wide + column + 1] ?? 0) + inRow
    }
  }
  /** Tissue above and to the left of any place, in cells; between corners it changes in both directions in proportion. */
  const upTo = (x: number, y: number): number => {
    const [inX, inY] = [Math.min(columns, Math.max(0, x)), Math.min(rows, Math.max(0, y))]
    const [left, top] = [Math.min(columns - 1, Math.floor(inX)), Math.min(rows - 1, Math.floor(inY))]
    const [across, down] = [inX - left, inY - top]
    const at = top * wide + left
    const above = (1 - across) * (sums[at] ?? 0) + across * (sums[at + 1] ?? 0)
    const below = (1 - across) * (sums[at + wide] ?? 0) + across * (sums[at + wide + 1] ?? 0)
    return (1 - down) * above + down * below
  }
  return ({ leftUm, topUm, edgeUm }) => {
    const [left, top, edge] = [leftUm / maskCellUm, topUm / maskCellUm, edgeUm / maskCellUm]
    const [right, bottom] = [left + edge, top + edge]
    const inside = upTo(right, bottom) - upTo(left, bottom) - upTo(right, top) + upTo(left, top)
    return Math.min(1, Math.max(0, inside / edge ** 2))
  }
}

/** SHA-256 (hex) of the size and the cells of a mask. */
export function maskHash({ rows, columns, cells }: TissueMask): string {
  return createHash('sha256').update(`tissue mask 1 ${rows} ${columns}\n`).update(cells).digest('hex')
}

/** Area of each class, mm2. */
export function maskAreas({ cells }: TissueMask): Record<MaskClass, number> {
  const areas: Record<MaskClass, number> = { background: 0, tissue: 0, pen: 0, border: 0, blur: 0 }
  for (const code of cells) areas[maskClasses[code] ?? 'background'] += 1
  for (const name of maskClasses) areas[name] *= maskCellUm ** 2 / 1e6
  return areas
}

const words: Record<MaskClass, string> = {
  background: 'glass or too pale',
  tissue: 'tissue',
  pen: 'pen',
  border: 'black border',
  blur: 'blurred',
}

/** Why a mask has no tissue, in words; null: it has some. */
export function whyNoTissue(mask: TissueMask): string | null {
  const areas = maskAreas(mask)
  if (areas.tissue > 0) return null
  const all = maskClasses.reduce((sum, name) => sum + areas[name], 0)
  const parts = maskClasses
    .filter((name) => areas[name] > 0)
    .sort((left, right) => areas[right] - areas[left])
    .map((name) => `${((100 * areas[name]) / all).toFixed(1)} % is ${words[name]}`)
  return `No tissue was found: ${parts.join(', ')}.`
}
