import type { ModelComparison, OutOfFoldPrediction } from '../../contract/index.ts'
import { bootstrapOverCases, weightedMean } from './bootstrap.ts'
import { groupByCase } from './figures.ts'
import { mcNemar } from './mcnemar.ts'
import { widenForFewCases } from './student.ts'

/**
 * Compares the out-of-fold predictions of two models, matched by content hash and region: how often each was right, and the images
 * with different suggested classes.
 *
 * The difference in accuracy has an interval by case: images of a patient are right or wrong together. The cases are
 * those of the second model, the newer one where a candidate is compared.
 */
export function comparePredictions(
  first: readonly OutOfFoldPrediction[],
  second: readonly OutOfFoldPrediction[],
): Omit<ModelComparison, 'first' | 'second'> {
  const byKey = new Map(second.map((row) => [keyOf(row), row]))
  const pairs = first.flatMap((one) => {
    const other = byKey.get(keyOf(one))
    return other === undefined ? [] : [{ one, other }]
  })
  const same = pairs.filter(({ one, other }) => one.truth === other.truth)
  const countWhere = (isFirstRight: boolean, isSecondRight: boolean): number =>
    same.filter(
      ({ one, other }) =>
        (one.predicted === one.truth) === isFirstRight && (other.predicted === one.truth) === isSecondRight,
    ).length
  const onlyFirstRight = countWhere(true, false)
  const onlySecondRight = countWhere(false, true)
  return {
    images: pairs.length,
    onlyInFirst: first.length - pairs.length,
    onlyInSecond: second.length - pairs.length,
    relabelled: pairs.length - same.length,
    bothRight: countWhere(true, true),
    onlyFirstRight,
    onlySecondRight,
    bothWrong: countWhere(false, false),
    difference: differenceByCase(same),
    pValue: mcNemar(onlyFirstRight, onlySecondRight),
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

const keyOf = ({ sha256, region }: OutOfFoldPrediction): string => `${sha256} ${region?.uuid ?? ''}`

interface Pair {
  one: OutOfFoldPrediction
  other: OutOfFoldPrediction
}

function differenceByCase(pairs: readonly Pair[]): ModelComparison['difference'] {
  const { members, caseOfRow } = groupByCase(pairs.map(({ other }) => other))
  const cases = members.length
  if (cases < 2) return null
  const gain = pairs.map(
    ({ one, other }) => Number(other.predicted === other.truth) - Number(one.predicted === one.truth),
  )
  const value = gain.reduce((sum, step) => sum + step, 0) / pairs.length
  const [interval] = bootstrapOverCases(caseOfRow, cases, [(weights) => weightedMean(gain, weights)], {
    resamples: 2000,
    seed: 0,
  })
  if (!interval) return null
  const { low, high } = widenForFewCases(value, interval, cases)
  return { value, low: Math.max(-1, low), high: Math.min(1, high), cases }
}
