import type { ModelComparison, OutOfFoldPrediction } from '../../contract/index.ts'

/**
 * Compares the out-of-fold predictions of two models, matched by content hash: how often each was right, and the images
 * with different suggested classes.
 */
export function comparePredictions(
  first: readonly OutOfFoldPrediction[],
  second: readonly OutOfFoldPrediction[],
): Omit<ModelComparison, 'first' | 'second'> {
  const bySha256 = new Map(second.map((row) => [row.sha256, row]))
  const pairs = first.flatMap((one) => {
    const other = bySha256.get(one.sha256)
    return other === undefined ? [] : [{ one, other }]
  })
  const same = pairs.filter(({ one, other }) => one.truth === other.truth)
  const countWhere = (isFirstRight: boolean, isSecondRight: boolean): number =>
    same.filter(
      ({ one, other }) =>
        (one.predicted === one.truth) === isFirstRight && (other.predicted === one.truth) === isSecondRight,
    ).length
  return {
    images: pairs.length,
    onlyInFirst: first.length - pairs.length,
    onlyInSecond: second.length - pairs.length,
    relabelled: pairs.length - same.length,
    bothRight: countWhere(true, true),
    onlyFirstRight: countWhere(true, false),
    onlySecondRight: countWhere(false, true),
    bothWrong: countWhere(false, false),
    flips: same
      .filter(({ one, other }) => one.predicted !== other.predicted)
      .map(({ one, other }) => ({
        image: one.image,
        sha256: one.sha256,
        truth: one.truth,
        first: one.predicted,
        second: other.predicted,
        right: one.predicted === one.truth ? 'first' : other.predicted === one.truth ? 'second' : 'neither',
      })),
  }
}
