import { at } from '../../base/arrays.ts'
import type { Sliced } from '../../base/slices.ts'
import type { ReadingCondition, ReadingTime, StudyFigures, StudyShare } from '../../contract/index.ts'
import { minCasesOfInterval, shareOf } from './accuracy-in-use.ts'
import { bootstrapInSlices } from './bootstrap.ts'
import { groupByCase } from './figures.ts'
import type { Untimed } from './reading-times.ts'
import { widenForFewCases } from './student.ts'

export interface StudyReading {
  caseName: string | null
  seconds: number | Untimed
  condition: ReadingCondition
}

/** A class that a reader chose with the suggestion in view. */
export interface AidedLabel {
  caseName: string | null
  isOverride: boolean
}

/** The class that a reader chose blind, and their class of today. */
export interface LookedAgain {
  caseName: string | null
  suggested: string
  before: string
  after: string
}

/**
 * The figures of one reader, or of all, in slices: then an image is in the lists once for each of its readers.
 * @param resamples half of those of a model's report, since the figures are computed whenever a label changes
 */
export function* studyFigures(
  readings: readonly StudyReading[],
  aided: readonly AidedLabel[],
  again: readonly LookedAgain[],
  unsure: number,
  resamples = 1000,
): Sliced<StudyFigures> {
  const timed = readings.flatMap(({ seconds, ...reading }) =>
    typeof seconds === 'number' ? [{ ...reading, seconds }] : [],
  )
  const untimed = (why: Untimed): number => readings.filter(({ seconds }) => seconds === why).length
  const timesOf = (wanted: ReadingCondition): Sliced<ReadingTime> =>
    timeOf(
      timed.filter(({ condition }) => condition === wanted),
      resamples,
    )
  function* share<T extends { caseName: string | null }>(
    rows: readonly T[],
    isHit: (row: T) => boolean,
  ): Sliced<StudyShare> {
    const { right, ...rest } = yield* shareOf(
      rows.map((row) => ({ caseName: row.caseName, isRight: isHit(row) })),
      resamples,
    )
    return { ...rest, hits: right }
  }
  const changed = again.filter(({ before, after }) => before !== after)
  const towards = changed.filter(({ after, suggested }) => after === suggested).length
  const away = changed.filter(({ before, suggested }) => before === suggested).length
  return {
    readings: readings.length,
    times: {
      all: yield* timeOf(timed, resamples),
      blind: yield* timesOf('blind'),
      unaided: yield* timesOf('unaided'),
      aided: yield* timesOf('aided'),
    },
    untimed: {
      first: untimed('first'),
      pauses: untimed('pauses'),
      together: untimed('together'),
      short: untimed('short'),
    },
    overrides: yield* share(aided, ({ isOverride }) => isOverride),
    secondLook: {
      before: yield* share(again, ({ before, suggested }) => before === suggested),
      after: yield* share(again, ({ after, suggested }) => after === suggested),
      difference: yield* differenceOf(again, resamples),
      kept: yield* share(again, ({ before, after }) => before === after),
      towards,
      away,
      between: changed.length - towards - away,
      unsure,
    },
  }
}

function* differenceOf(
  again: readonly LookedAgain[],
  resamples: number,
): Sliced<StudyFigures['secondLook']['difference']> {
  if (again.length === 0) return null
  const { members } = groupByCase(again)
  const gains = members.map((own) => own.reduce((sum, row) => sum + gainOf(row), 0))
  const value = gains.reduce((sum, gain) => sum + gain, 0) / again.length
  const interval = yield* intervalByCase(
    value,
    members.length,
    (weights) => {
      let gain = 0
      let images = 0
      weights.forEach((weight, index) => {
        gain += weight * at(gains, index)
        images += weight * at(members, index).length
      })
      return gain / images
    },
    resamples,
  )
  return {
    value,
    interval: interval && { low: Math.max(-1, interval.low), high: Math.min(1, interval.high) },
  }
}

/** 1: it agrees with the suggestion only after it was seen; -1: only before. */
const gainOf = ({ suggested, before, after }: LookedAgain): number =>
  Number(after === suggested) - Number(before === suggested)

function* timeOf(
  rows: readonly { caseName: string | null; seconds: number }[],
  resamples: number,
): Sliced<ReadingTime> {
  const sorted = rows.toSorted((a, b) => a.seconds - b.seconds)
  const { members, caseOfRow } = groupByCase(sorted)
  const counts = { images: sorted.length, cases: members.length }
  if (sorted.length === 0) return { ...counts, median: null, quartiles: null, interval: null }
  const values = sorted.map(({ seconds }) => seconds)
  const quantile = (share: number): number => weightedQuantile(values, () => 1, values.length, share)
  const median = quantile(0.5)
  const interval = yield* intervalByCase(
    median,
    members.length,
    (weights) => {
      let images = 0
      weights.forEach((weight, index) => {
        images += weight * at(members, index).length
      })
      return weightedQuantile(values, (row) => weights[caseOfRow[row] ?? 0] ?? 0, images, 0.5)
    },
    resamples,
  )
  return {
    ...counts,
    median,
    quartiles: { low: quantile(0.25), high: quantile(0.75) },
    interval: interval && { low: Math.max(0, interval.low), high: interval.high },
  }
}

/**
 * A bootstrap interval by case, widened for few cases; null for fewer than `minCasesOfInterval`.
 * @param statistic of the number of times that each case was drawn, so that a resample costs little
 */
function* intervalByCase(
  estimate: number,
  cases: number,
  statistic: (weights: Uint32Array) => number,
  resamples: number,
): Sliced<{ low: number; high: number } | null> {
  if (cases < minCasesOfInterval) return null
  const places = Array.from({ length: cases }, (_, place) => place)
  const [found] = yield* bootstrapInSlices(places, cases, [statistic], { resamples, seed: 0 })
  return found ? widenForFewCases(estimate, found, cases) : null
}

/**
 * A quantile of values that are counted several times, with linear interpolation between ranks (type 7 of Hyndman and
 * Fan 1996, the default of R and NumPy).
 * @param values ascending
 * @param weightOf how often the value at a place counts
 * @param total sum of the weights, at least 1
 */
export function weightedQuantile(
  values: readonly number[],
  weightOf: (place: number) => number,
  total: number,
  share: number,
): number {
  const rank = share * (total - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, total - 1)
  let low: number | null = null
  let seen = 0
  for (let place = 0; place < values.length; place++) {
    seen += weightOf(place)
    if (seen <= below) continue
    low ??= at(values, place)
    if (seen > above) return low + (rank - below) * (at(values, place) - low)
  }
  throw new RangeError('the weights do not add up to their total')
}
