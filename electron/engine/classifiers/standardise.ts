import type { Table } from './labelled-rows.ts'

/** What makes each column of the training rows have mean 0 and variance 1. */
export interface Scaling {
  readonly center: Float64Array
  /** Above 0. */
  readonly scale: Float64Array
}

/**
 * Mean and standard deviation (divisor n) of each column; a column that is constant apart from rounding has scale 1.
 *
 * Source: scikit-learn 1.7.2, `StandardScaler` with `_is_constant_feature`.
 */
export function fitScaling({ values, rows, columns }: Table): Scaling {
  const center = new Float64Array(columns)
  for (let i = 0; i < values.length; i++) {
    const column = i % columns
    center[column] = (center[column] ?? 0) + (values[i] ?? 0)
  }
  for (let column = 0; column < columns; column++) center[column] = (center[column] ?? 0) / rows
  const variance = new Float64Array(columns)
  for (let i = 0; i < values.length; i++) {
    const column = i % columns
    const distance = (values[i] ?? 0) - (center[column] ?? 0)
    variance[column] = (variance[column] ?? 0) + (distance * distance) / rows
  }
  const scale = variance.map((value, column) => {
    const bound = rows * Number.EPSILON * value + (rows * (center[column] ?? 0) * Number.EPSILON) ** 2
    return value <= bound ? 1 : Math.sqrt(value)
  })
  return { center, scale }
}

export function standardise(table: Table, { center, scale }: Scaling): Table {
  const { columns } = table
  const values = table.values.map(
    (value, i) => (value - (center[i % columns] ?? 0)) / (scale[i % columns] ?? 1),
  )
  return { ...table, values }
}
