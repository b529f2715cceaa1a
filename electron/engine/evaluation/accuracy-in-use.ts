import { minLabelsInUse, type AccuracyInUse, type ShareInUse } from '../../contract/index.ts'
import { at } from '../../base/arrays.ts'
import type { Sliced } from '../../base/slices.ts'
import { bootstrapInSlices } from './bootstrap.ts'
import { groupByCase } from './figures.ts'
import { widenForFewCases } from './student.ts'

/** A suggestion that was made before the label of its image. */
export interface JudgedSuggestion {
  caseName: string | null
  /** Time of the label, ISO 8601 in UTC. */
  labelledAt: string
  isRight: boolean
  /** Whether the prediction set contained the label; null: there was none. */
  isInSet: boolean | null
  /** The label was given before any suggestion was shown. */
  isBlind: boolean
}

/** Fewer cases have no interval, and so break no promise: two cases may both be wrong by chance. */
export const minCasesOfInterval = 5

/**
 * Compares what a model suggested with labels that were given later, and with what its training promised.
 *
 * The promise is broken if the 95 % interval by case of the accuracy, over all labels or over those given blind, is
 * wholly below that of the out-of-fold accuracy, from 20 labels of 5 cases on. Of simulated models that keep their
 * promise, at most 1.5 % got a warning (test/unit/engine/evaluation/accuracy-in-use.test.ts); 4 % with an accuracy of
 * 50 % where the images of a case are all right or all wrong. Labels given with the suggestion in view tend to agree with
 * it, so the rule errs towards silence.
 * @param setLevel coverage that the prediction sets were made for
 */
export function* accuracyInUse(
  suggestions: readonly JudgedSuggestion[],
  promised: AccuracyInUse['promised'],
  setLevel: number | null,
  resamples = 2000,
): Sliced<Omit<AccuracyInUse, 'model' | 'leftOut'>> {
  const withSet = suggestions.filter(({ isInSet }) => isInSet !== null)
  const all = yield* shareOf(suggestions, resamples)
  const blind = yield* shareOf(
    suggestions.filter(({ isBlind }) => isBlind),
    resamples,
  )
  const sets =
    withSet.length === 0 || setLevel === null
      ? null
      : {
          level: setLevel,
          ...(yield* shareOf(
            withSet.map((row) => ({ ...row, isRight: row.isInSet === true })),
            resamples,
          )),
        }
  const isBelow = ({ images, interval }: ShareInUse, limit: number): boolean =>
    images >= minLabelsInUse && interval !== null && interval.high < limit
  const seen = yield* shareOf(
    suggestions.filter(({ isBlind }) => !isBlind),
    resamples,
  )
  const weeks: AccuracyInUse['weeks'] = []
  const byWeek = [...Map.groupBy(suggestions, ({ labelledAt }) => mondayOf(labelledAt))]
  for (const [monday, rows] of byWeek.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    weeks.push({ monday, ...(yield* shareOf(rows, resamples)) })
  return {
    since: suggestions.map(({ labelledAt }) => labelledAt).toSorted()[0] ?? null,
    all,
    blind,
    seen,
    sets,
    weeks,
    promised,
    isBroken: promised !== null && [all, blind].some((share) => isBelow(share, promised.low)),
    areSetsBroken: sets !== null && isBelow(sets, sets.level),
  }
}

/** Interval: cluster bootstrap, widened for few cases (`widenForFewCases`). */
export function* shareOf(
  rows: readonly Pick<JudgedSuggestion, 'caseName' | 'isRight'>[],
  resamples: number,
): Sliced<ShareInUse> {
  const right = rows.filter(({ isRight }) => isRight).length
  const { members } = groupByCase(rows)
  const counts = { images: rows.length, cases: members.length, right }
  const share = rows.length === 0 ? null : right / rows.length
  if (share === null || members.length < minCasesOfInterval) return { ...counts, share, interval: null }
  // A row for each case, so that a resample costs as much as there are cases, not images.
  const rightOf = members.map((own) => own.filter(({ isRight }) => isRight).length)
  const resampled = (weights: Uint32Array): number => {
    let hits = 0
    let images = 0
    weights.forEach((weight, index) => {
      hits += weight * at(rightOf, index)
      images += weight * at(members, index).length
    })
    return hits / images
  }
  const [found] = yield* bootstrapInSlices([...members.keys()], members.length, [resampled], {
    resamples,
    seed: 0,
  })
  if (!found) return { ...counts, share, interval: null }
  const { low, high } = widenForFewCases(share, found, members.length)
  return { ...counts, share, interval: { low: Math.max(0, low), high: Math.min(1, high) } }
}

/** The Monday of the week of a time, as a date. */
export function mondayOf(time: string): string {
  const day = new Date(`${time.slice(0, 10)}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}
