/** 24-bit integers, exactly those of `draws` in test/references/boosting/make-golden.py. */
export function draws(seed: number, count: number): Int32Array {
  const values = new Int32Array(count)
  let state = seed
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    values[i] = state >>> 8
  }
  return values
}

export interface TrainingData {
  readonly matrix: Float32Array
  readonly labels: Float32Array
  readonly rows: number
  readonly columns: number
}

/** The matrix (row-major, a few values missing) and labels 0..3 of `data` in make-golden.py. */
export function makeData(seed: number, rows: number, columns: number): TrainingData {
  const values = draws(seed, rows * columns)
  const labels = Float32Array.from(draws(seed + 1, rows), (draw) => draw >> 22)
  const matrix = Float32Array.from(values, (draw, i) => {
    if (i % 101 === 0) return Number.NaN
    const column = i % columns
    const shift = column < 40 ? 2 ** 21 * (column % 2 === 0 ? 1 : -1) : 0
    return (draw + (labels[Math.floor(i / columns)] ?? 0) * shift) / 2 ** 24
  })
  return { matrix, labels, rows, columns }
}

/** The given rows of a matrix. */
export function pickRows(data: TrainingData, rowIndices: readonly number[]): Float32Array {
  const { columns, matrix } = data
  const picked = new Float32Array(rowIndices.length * columns)
  rowIndices.forEach((row, i) => {
    picked.set(matrix.subarray(row * columns, (row + 1) * columns), i * columns)
  })
  return picked
}

/** A small model's parameters, for tests where the trees do not matter. */
export const smallParameters = {
  objective: 'multiclass',
  num_class: 4,
  num_leaves: 7,
  min_data_in_leaf: 5,
  verbosity: -1,
} as const
