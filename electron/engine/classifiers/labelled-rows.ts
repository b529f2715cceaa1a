/** A table of numbers, row-major. */
export interface Table {
  /** rows x columns values. */
  readonly values: Float64Array
  readonly rows: number
  readonly columns: number
}

/** Rows with a class each, 0 to classCount - 1. */
export interface LabelledRows extends Table {
  readonly classes: readonly number[]
}

export function chooseRows(
  { values, columns, classes }: LabelledRows,
  chosen: readonly number[],
): LabelledRows {
  const copy = new Float64Array(chosen.length * columns)
  chosen.forEach((row, i) => copy.set(values.subarray(row * columns, (row + 1) * columns), i * columns))
  return { values: copy, rows: chosen.length, columns, classes: chosen.map((row) => classes[row] ?? 0) }
}
