import { maskCellUm, maskClasses, type TissueMask } from '../tissue/tissue-mask.ts'

const um2PerMm2 = 1e6
const tissueCode = maskClasses.indexOf('tissue')

/** How much of any square of a slide is tissue, by a summed-area table of the mask. */
export class TissueArea {
  readonly #rows: number
  readonly #columns: number
  /** Cells of tissue above and left of each corner; one more than cells in each direction. */
  readonly #sums: Uint32Array

  constructor({ rows, columns, cells }: TissueMask) {
    this.#rows = rows
    this.#columns = columns
    const stride = columns + 1
    this.#sums = new Uint32Array((rows + 1) * stride)
    for (let row = 0, at = 0; row < rows; row++) {
      let along = 0
      const below = (row + 1) * stride + 1
      for (let column = 0; column < columns; column++, at++) {
        if (cells[at] === tissueCode) along++
        this.#sums[below + column] = along + (this.#sums[below + column - stride] ?? 0)
      }
    }
  }

  /** Of the slide. */
  get mm2(): number {
    return ((this.#sums.at(-1) ?? 0) * maskCellUm ** 2) / um2PerMm2
  }

  /** The share, 0 to 1, of a square that may extend past the slide, where there is no tissue. */
  shareOf(leftUm: number, topUm: number, edgeUm: number): number {
    const left = this.#clamp(leftUm, this.#columns)
    const right = this.#clamp(leftUm + edgeUm, this.#columns)
    const top = this.#clamp(topUm, this.#rows)
    const bottom = this.#clamp(topUm + edgeUm, this.#rows)
    const cells = this.#above(bottom, right) - this.#above(top, right) - this.#above(bottom, left)
    return Math.max(0, Math.min(1, ((cells + this.#above(top, left)) * maskCellUm ** 2) / edgeUm ** 2))
  }

  /** In cells. */
  #clamp(positionUm: number, cells: number): number {
    return Math.max(0, Math.min(cells, positionUm / maskCellUm))
  }

  /** Cells of tissue above and left of a position, fractions of cells by their area. */
  #above(row: number, column: number): number {
    const [r, c] = [
      Math.min(Math.floor(row), this.#rows - 1),
      Math.min(Math.floor(column), this.#columns - 1),
    ]
    const [down, across] = [row - r, column - c]
    const index = r * (this.#columns + 1) + c
    const upper = this.#between(index, across)
    return upper * (1 - down) + this.#between(index + this.#columns + 1, across) * down
  }

  #between(index: number, across: number): number {
    return (this.#sums[index] ?? 0) * (1 - across) + (this.#sums[index + 1] ?? 0) * across
  }
}
