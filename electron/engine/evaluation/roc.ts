import { at } from '../../base/arrays.ts'
import type { RocPoint } from '../../contract/index.ts'

export { operatingPoint } from '../../contract/index.ts'

/** Rows with the same score. Steps are in descending order of the score. */
interface Step {
  score: number
  rows: number[]
}

function steps(scores: readonly number[]): Step[] {
  const order = scores.map((_, row) => row).sort((a, b) => at(scores, b) - at(scores, a))
  const found: Step[] = []
  for (const row of order) {
    const score = at(scores, row)
    const last = found.at(-1)
    if (last?.score === score) last.rows.push(row)
    else found.push({ score, rows: [row] })
  }
  return found
}

/**
 * The receiver operating characteristic: one point for each different score, from (0, 0) to (1, 1); null
 * if all rows are positive or all are negative.
 * Source: scikit-learn 1.7 `roc_curve(drop_intermediate=False)`. Deviation: the threshold of the first point
 * is null, not infinite, since JSON has no infinity.
 * @param scores finite; larger means more positive
 */
export function rocCurve(scores: readonly number[], isPositive: readonly boolean[]): RocPoint[] | null {
  const positives = isPositive.filter(Boolean).length
  const negatives = isPositive.length - positives
  if (positives === 0 || negatives === 0) return null
  let truePositives = 0
  let falsePositives = 0
  const points = steps(scores).map(({ score, rows }) => {
    for (const row of rows) {
      if (at(isPositive, row)) truePositives += 1
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
 * Returns a function that computes the area under the ROC with row i counted `weights[i]` times; null if the counted
 * rows are all positive or all negative. The scores are sorted once, so a bootstrap needs one pass per resample.
 *
 * Uses the trapezoidal rule, so a tied pair counts one half (scikit-learn's `roc_auc_score`; the Mann-Whitney
 * statistic). Twice the area, counted in pairs, is a sum of integers, so only the final division rounds.
 * Weights are non-negative integers; a missing weight counts as 0.
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

/** The area under the ROC, 0..1; null if all rows are positive or all are negative. */
export const areaUnderRoc = (scores: readonly number[], isPositive: readonly boolean[]): number | null =>
  aucByWeight(scores, isPositive)(new Uint8Array(scores.length).fill(1))
