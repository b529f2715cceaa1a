import type { Table } from './labelled-rows.ts'
import type { Pause } from './pause.ts'
import { addScaled, dot } from './vectors.ts'

/** The rows of a table by their coordinates in an orthonormal basis of their span. */
export interface RowSpan {
  /** rows x rank coordinates. */
  readonly coordinates: Table
  /** The vector, as long as a row of the table, with these coordinates. */
  readonly expand: (coordinates: Float64Array) => Float64Array
}

/**
 * The span of the rows. With an L2 penalty the best weights are in it, and the penalty is the same in every orthonormal
 * basis, so that 150 rows of 1 472 columns cost no more than 150 columns. With at least as many rows as columns the
 * coordinates are the rows themselves.
 *
 * The coordinates are the Cholesky factor of the Gram matrix, with pivots, so that it ends at the rank.
 */
export async function spanOf(table: Table, pause: Pause): Promise<RowSpan> {
  const { values, rows, columns } = table
  if (rows >= columns) return { coordinates: table, expand: (vector) => vector }
  const gram = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    await pause()
    for (let j = 0; j <= i; j++) {
      const product = dot(values, i * columns, values, j * columns, columns)
      gram[i * rows + j] = product
      gram[j * rows + i] = product
    }
  }
  const { factor, pivots } = await pivotedCholesky(gram, rows, pause)
  const rank = pivots.length
  const coordinates = new Float64Array(rows * rank)
  for (let i = 0; i < rows; i++) {
    coordinates.set(factor.subarray(i * rows, i * rows + rank), i * rank)
  }
  const expand = (vector: Float64Array): Float64Array => {
    // Back substitution: the pivots' rows of the factor are lower triangular.
    const shares = Float64Array.from(vector)
    const weights = new Float64Array(columns)
    for (let k = rank - 1; k >= 0; k--) {
      const row = pivots[k] ?? 0
      const share = (shares[k] ?? 0) / (coordinates[row * rank + k] ?? 1)
      addScaled(shares, 0, coordinates, row * rank, k, -share)
      addScaled(weights, 0, values, row * columns, columns, share)
    }
    return weights
  }
  return { coordinates: { values: coordinates, rows, columns: rank }, expand }
}

/** L (size x size, its first `pivots.length` columns) with L times its transpose the matrix, apart from rounding. */
async function pivotedCholesky(
  matrix: Float64Array,
  size: number,
  pause: Pause,
): Promise<{ factor: Float64Array; pivots: number[] }> {
  const factor = new Float64Array(size * size)
  const left = Float64Array.from({ length: size }, (_, i) => matrix[i * size + i] ?? 0)
  const pivots: number[] = []
  // What is left of a row that depends on others is rounding, which grows with the number of rows.
  const least = 8 * size * Number.EPSILON * left.reduce((most, value) => Math.max(most, value), 0)
  while (pivots.length < size) {
    await pause()
    const pivot = left.reduce((best, value, i) => (value > (left[best] ?? 0) ? i : best), 0)
    const square = left[pivot] ?? 0
    if (!(square > least)) break
    const k = pivots.length
    const root = Math.sqrt(square)
    for (let i = 0; i < size; i++) {
      if (pivots.includes(i)) continue
      const rest = (matrix[i * size + pivot] ?? 0) - dot(factor, i * size, factor, pivot * size, k)
      const value = i === pivot ? root : rest / root
      factor[i * size + k] = value
      left[i] = (left[i] ?? 0) - value * value
    }
    left[pivot] = -1
    pivots.push(pivot)
  }
  return { factor, pivots }
}
