import { maxSubgroups, wilsonInterval, type Subgroup, type Subgroups } from '../../contract/index.ts'
import { bootstrapOverCases, weightedMean } from './bootstrap.ts'
import { groupByCase, type InCase } from './figures.ts'
import type { Interval } from './intervals.ts'
import { widenForFewCases } from './student.ts'

interface GroupedRow extends InCase {
  /** null: the image has no value. */
  value: string | null
  isRight: boolean
}

/** The accuracy of each group of images, the largest first; those without a value last. */
export function subgroupsOf(rows: readonly GroupedRow[]): Pick<Subgroups, 'groups' | 'further'> {
  const groups = [...Map.groupBy(rows, ({ value }) => value)].toSorted(
    ([a, first], [b, second]) =>
      Number(a === null) - Number(b === null) ||
      second.length - first.length ||
      ((a ?? '') < (b ?? '') ? -1 : 1),
  )
  return {
    groups: groups.slice(0, maxSubgroups).map(([value, own]): Subgroup => {
      const { members, caseOfRow } = groupByCase(own)
      const right = own.map(({ isRight }) => Number(isRight))
      const accuracy = right.reduce((sum, one) => sum + one, 0) / right.length
      return {
        value,
        images: own.length,
        cases: members.length,
        accuracy,
        ...accuracyInterval(right, { caseOfRow, cases: members.length, accuracy }),
      }
    }),
    further: Math.max(0, groups.length - maxSubgroups),
  }
}

/**
 * 95 % interval of an accuracy by case, also for few: the bootstrap interval, widened for few cases, and where
 * resampling shows no spread at all (one case, or every image right or every image wrong) Wilson's interval, with each case
 * as one observation.
 */
function accuracyInterval(
  right: readonly number[],
  { caseOfRow, cases, accuracy }: { caseOfRow: readonly number[]; cases: number; accuracy: number },
): Interval {
  const [interval] = bootstrapOverCases(caseOfRow, cases, [(weights) => weightedMean(right, weights)], {
    resamples: 1000,
    seed: 0,
  })
  return intervalByCase(accuracy, interval ?? { low: accuracy, high: accuracy }, cases)
}

/** @param interval from resampled cases */
export function intervalByCase(accuracy: number, interval: Interval, cases: number): Interval {
  if (cases < 2 || interval.low === interval.high) return wilsonInterval(accuracy * cases, cases)
  const { low, high } = widenForFewCases(accuracy, interval, cases)
  return { low: Math.max(0, low), high: Math.min(1, high) }
}
