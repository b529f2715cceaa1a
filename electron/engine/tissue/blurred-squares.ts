import { squareCells } from './read-cells.ts'
import { squareFigures } from './tissue-kernels.ts'
import { maskClasses, type TissueMask } from './tissue-mask.ts'

/**
 * Blurred are edges that are wider than `edgeUm` (standard deviation of the blur, um), or tissue with less than `noEdges` of its
 * pixels on an edge. A square of tissue says enough by itself if `enoughEdges` of its pixels are on edges. docs/slides.md says
 * where the figures come from.
 */
const limits = { edgeUm: 1.5, noEdges: 0.01, enoughEdges: 0.05 }

/** Sums over squares; edges, gradients and Laplacians as in tissue-kernels.ts. */
interface Sums {
  edges: number
  gradients: number
  laplacians: number
  /** Pixels that are tissue. */
  tissue: number
}

/**
 * Which squares of a mask are out of focus, as a function of the row and column of a cell: by the width of the edges in the
 * square, or in 3 x 3 squares where it has few.
 */
export function blurredSquares(
  mask: TissueMask,
  sharpness: Float64Array,
): (row: number, column: number) => boolean {
  const across = Math.ceil(mask.columns / squareCells)
  const down = Math.ceil(mask.rows / squareCells)
  const tissue = tissueCells(mask, across)
  const sumsOf = (row: number, column: number, reach: number): Sums => {
    const sums = { edges: 0, gradients: 0, laplacians: 0, tissue: 0 }
    for (let y = Math.max(0, row - reach); y <= Math.min(down - 1, row + reach); y++) {
      for (let x = Math.max(0, column - reach); x <= Math.min(across - 1, column + reach); x++) {
        const square = y * across + x
        const at = squareFigures * square
        sums.edges += sharpness[at] ?? 0
        sums.gradients += sharpness[at + 1] ?? 0
        sums.laplacians += sharpness[at + 2] ?? 0
        sums.tissue += ((tissue[square] ?? 0) / squareCells ** 2) * (sharpness[at + 3] ?? 0)
      }
    }
    return sums
  }
  const blurred = tissue.map((_, square) => {
    const [row, column] = [Math.floor(square / across), square % across]
    const alone = sumsOf(row, column, 0)
    const sums = alone.edges >= limits.enoughEdges * alone.tissue ? alone : sumsOf(row, column, 1)
    return sums.edges < limits.noEdges * sums.tissue || edgeWidthUm(sums) > limits.edgeUm ? 1 : 0
  })
  return (row, column) =>
    blurred[Math.floor(row / squareCells) * across + Math.floor(column / squareCells)] === 1
}

/** Cells of tissue in each square. */
function tissueCells({ columns, cells }: TissueMask, across: number): Float64Array {
  const code = maskClasses.indexOf('tissue')
  const counts = new Float64Array(across * Math.ceil(cells.length / columns / squareCells))
  for (let at = 0, row = 0; at < cells.length; row++) {
    const first = Math.floor(row / squareCells) * across
    for (let column = 0; column < columns; column++, at++) {
      if (cells[at] !== code) continue
      const square = first + Math.floor(column / squareCells)
      counts[square] = (counts[square] ?? 0) + 1
    }
  }
  return counts
}

/**
 * Width of edges, as the standard deviation (um) of the blur that makes a step so wide: across such a step the squared Laplacian
 * sums up to the squared gradient divided by 2 x sigma^2.
 */
const edgeWidthUm = ({ gradients, laplacians }: Sums): number => 2 * Math.sqrt(gradients / (2 * laplacians))
