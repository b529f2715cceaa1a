import { at } from '../../base/arrays.ts'

/** The index of the largest value; the first of equal ones, like NumPy's argmax. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) {
    if (at(values, i) > at(values, best)) best = i
  }
  return best
}

export interface OutOfFoldRow {
  fold: number
  /** Index of the label's class, 0..k-1. */
  truth: number
  /** k class probabilities, predicted by boosters that were trained without the image's fold. */
  probabilities: ArrayLike<number>
}

/** The share of rows with the largest probability on their label: over all rows, and per fold in fold order. */
export function outOfFoldAccuracy(
  rows: readonly OutOfFoldRow[],
  nSplits: number,
): { accuracy: number; folds: number[] } {
  const accuracyOf = (subset: readonly OutOfFoldRow[]): number =>
    subset.filter((row) => argmax(row.probabilities) === row.truth).length / subset.length
  const folds = Array.from({ length: nSplits }, (_, fold) => rows.filter((row) => row.fold === fold))
  return { accuracy: accuracyOf(rows), folds: folds.map(accuracyOf) }
}
