import type { LabelledRows } from '../../../../electron/engine/classifiers/labelled-rows.ts'

/** `draws` of test/references/classifiers/make_golden.py. */
export function draws(seed: number, count: number): Float64Array {
  let state = seed
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 24
  })
}

export interface GoldenData {
  readonly seed: number
  readonly rows: number
  readonly columns: number
  readonly classes: number
  readonly shift: number
}

/** `data` of that script. */
export function goldenRows({ seed, rows, columns, classes: count, shift }: GoldenData): LabelledRows {
  const classes = Array.from({ length: rows }, (_, i) => i % count)
  const values = draws(seed, rows * columns).map((value, i) => {
    const isOwn = (i % columns) % count === classes[Math.floor(i / columns)]
    return value + shift * (isOwn ? 1 : 0)
  })
  return { values, rows, columns, classes }
}

/** `special` of that script. */
export function specialRows(name: string, data: LabelledRows): LabelledRows {
  const { columns, values } = data
  if (name === 'one row of a class') {
    return { ...data, classes: data.classes.map((c, i) => (i === 5 ? 2 : c === 2 ? 0 : c)) }
  }
  if (name !== 'constant and equal') return data
  const changed = values.map((value, i) => {
    const column = i % columns
    return column === 1 ? 0.1 : column === 2 ? (values[i + 1] ?? 0) : value
  })
  return {
    ...data,
    values: changed.map((_, i) => changed[i % (2 * columns) >= columns ? i - columns : i] ?? 0),
  }
}
