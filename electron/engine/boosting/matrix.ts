import type { Matrix } from './addon.ts'
import { invalid } from './failure.ts'

/** LightGBM counts rows and columns in 32 bits. */
const maximumCount = 2 ** 31 - 1

export function checkCount(value: number, name: string, lowest = 1, highest = maximumCount): void {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return
  throw invalid(`${name} is ${value}, not a whole number from ${lowest} to ${highest}`)
}

/** Throws `boosting.invalid-input` unless `matrix` holds rows x columns numbers in memory that stays. */
export function checkMatrix(matrix: Matrix, rows: number, columns: number): void {
  if (!(matrix instanceof Float32Array || matrix instanceof Float64Array)) {
    throw invalid('a matrix is a Float32Array or a Float64Array')
  }
  checkCount(rows, 'rows')
  checkCount(columns, 'columns')
  if (matrix.length !== rows * columns) {
    throw invalid(`a matrix of ${rows} x ${columns} has ${rows * columns} values, not ${matrix.length}`)
  }
  // A shrinking buffer would take its memory from under the thread that reads it.
  if (matrix.buffer instanceof ArrayBuffer && matrix.buffer.resizable) {
    throw invalid('the matrix is in a resizable buffer')
  }
}
