import type { RocPoint } from '../../contract/index.ts'

export { operatingPoint } from '../../contract/index.ts'

/** Rows of equal score, from the highest score down. */
interface Step {
  score: number
  rows: number[]
}

function steps(scores: readonly number[]): Step[] {
  const order = scores.map((_, row) => row).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const found: Step[] = []
  for (const row of order) {
    const score = scores[row] ?? 0
    const last = found.at(-1)
    if (last?.score === score) last.rows.push(row)
    else found.push({ score, rows: [row] })
  }
  return found
}

/**
 * The receiver operating characteristic: one point for each different score, from (0, 0) to (1, 1); null
 * where all rows are of one kind.
 * Source: scikit-learn 1.7 `roc_curve(drop_intermediate=False)`. Deviation: the threshold of the first point
 * is null, not infinite, since JSON has no infinity.
 * @param scores finite, the larger the more positive
 */
export function rocCurve(scores: readonly number[], isPositive: readonly boolean[]): RocPoint[] | null {
  const positives = isPositive.filter(Boolean).length
  const negatives = isPositive.length - positives
  if (positives === 0 || negatives === 0) return null
  let truePositives = 0
  let falsePositives = 0
  const points = steps(scores).map(({ score, rows }) => {
    for (const row of rows) {
      if (isPositive[row] === true) truePositives += 1
      else falsePositives += 1
    }
    return {
      threshold: score,
      falsePositiveRate: falsePositives / negatives,
      truePositiveRate: truePositives / positives,
    }
  })
  return [{ threshold: null, falsePositiveRate: 0, truePositiveRate: 0 }, ...points]
}

/**
 * A function that gives the area under the ROC with row i counted `weights[i]` times; null where the counted
 * rows are of one kind. The scores are sorted once, so that a bootstrap pays for one pass a resample.
 *
 * By trapezoids, so that a tied pair counts one half (scikit-learn's `roc_auc_score`; the Mann-Whitney
 * statistic). Twice the area in pairs is a sum of integers: the area is exact but for its one division.
 * Weights are non-negative integers; those of an absent row are taken as 0.
 */
export function aucByWeight(
  scores: readonly number[],
  isPositive: readonly boolean[],
): (weights: ArrayLike<number>) => number | null {
  const descending = steps(scores)
  return (weights) => {
    let positives = 0
    let negatives = 0
    let twiceArea = 0
    for (const { rows } of descending) {
      const positivesAbove = positives
      let negativesHere = 0
      for (const row of rows) {
        const weight = weights[row] ?? 0
        if (isPositive[row] === true) positives += weight
        else negativesHere += weight
      }
      twiceArea += negativesHere * (positivesAbove + positives)
      negatives += negativesHere
    }
    return positives === 0 || negatives === 0 ? null : twiceArea / (2 * positives * negatives)
  }
}

/** The area under the ROC, 0..1; null where all rows are of one kind. */
export const areaUnderRoc = (scores: readonly number[], isPositive: readonly boolean[]): number | null =>
  aucByWeight(scores, isPositive)(new Uint8Array(scores.length).fill(1))
