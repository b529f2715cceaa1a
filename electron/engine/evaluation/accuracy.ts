/** The index of the largest probability; the first of equal ones, as NumPy's argmax. */
export function argmax(probabilities: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < probabilities.length; i++) {
    if ((probabilities[i] ?? 0) > (probabilities[best] ?? 0)) best = i
  }
  return best
}

export interface OutOfFoldRow {
  fold: number
  /** Class of the label, 0..k-1. */
  truth: number
  /** k class probabilities by boosters that never saw the image's fold. */
  probabilities: ArrayLike<number>
}

/** Share of rows whose largest probability is their label: over all rows, and by fold in fold order. */
export function outOfFoldAccuracy(
  rows: readonly OutOfFoldRow[],
  nSplits: number,
): { accuracy: number; folds: number[] } {
  const right = (subset: readonly OutOfFoldRow[]): number =>
    subset.filter((row) => argmax(row.probabilities) === row.truth).length / subset.length
  const folds = Array.from({ length: nSplits }, (_, fold) => rows.filter((row) => row.fold === fold))
  return { accuracy: right(rows), folds: folds.map(right) }
}
