import { at, zip } from '../../base/arrays.ts'
import type { CurvePoint, CurveOutlook } from '../../contract/index.ts'
import { keyedGenerator } from '../random/index.ts'
import { bootstrapOverCases, weightedMean } from './bootstrap.ts'
import type { Interval } from './intervals.ts'
import { widenForFewCases } from './student.ts'

/** Shares of the training cases at which the accuracy is measured; each set holds the smaller ones. */
const curveShares = [0.2, 0.35, 0.5, 0.75, 1]

/** The fewest cases of a class at the smallest size. */
const minCasesPerClass = 2

/**
 * Orders the cases of a training pool for one draw, so that each beginning of the list has all classes in about their
 * shares: shuffled within each class, then always the class that is furthest behind.
 * @param classOfCase the class of each case, 0..k-1
 * @returns indices of all cases
 */
export function drawCases(
  classOfCase: readonly number[],
  seed: number,
  fold: number,
  repeat: number,
): number[] {
  const byClass = [...Map.groupBy(classOfCase.keys(), (index) => at(classOfCase, index))]
    .toSorted(([a], [b]) => a - b)
    .map(([c, members]) => ({
      members: keyedGenerator('learning-curve', seed, fold, repeat, c).shuffle([...members]),
      taken: 0,
    }))
  return classOfCase.map(() => {
    const behind = byClass
      .filter(({ members, taken }) => taken < members.length)
      .reduce((a, b) => (b.taken / b.members.length < a.taken / a.members.length ? b : a))
    return at(behind.members, behind.taken++)
  })
}

/**
 * The shares of a training pool that a curve is measured at: those that give different sizes, with room for two cases of
 * each class.
 * @param poolCases of the smallest pool
 */
export const usableShares = (poolCases: number, classCount: number): number[] =>
  curveShares.filter((share, i) => {
    const size = Math.round(share * poolCases)
    const before = Math.round((curveShares[i - 1] ?? 0) * poolCases)
    return size > before && size >= minCasesPerClass * classCount
  })

/** For each image of the data: its case, and at each size the share of the repeats that were right. */
interface CurveRow {
  case: number
  /** By size; 0..1. */
  right: readonly number[]
}

interface Measured {
  points: CurvePoint[]
  /** From the last size but one to the last; null: there is one size. */
  gain: (Interval & { value: number; fromCases: number; toCases: number }) | null
  outlook: CurveOutlook
}

const resamples = 1000

/**
 * Accuracy by number of training cases, with 95 % intervals from resampled test cases, and what the curve tells about
 * more cases. The intervals hold the chance of the tested cases; that of the drawn training cases is averaged over the
 * repeats, and not in them.
 * @param sizes mean number of training cases over the folds, ascending
 * @param rows one for each image
 */
export function measureCurve(sizes: readonly number[], rows: readonly CurveRow[]): Measured {
  const caseCount = new Set(rows.map((row) => row.case)).size
  const index = new Map([...new Set(rows.map((row) => row.case))].map((name, i) => [name, i]))
  const caseOfRow = rows.map((row) => index.get(row.case) ?? 0)
  const bySize = sizes.map((_, s) => rows.map(({ right }) => at(right, s)))
  const last = sizes.length - 1
  const accuracies = bySize.map((values) => mean(values))
  const fits: number[] = []
  const target = 2 * at(sizes, last)
  const gains = last === 0 ? null : zip(at(bySize, last), at(bySize, last - 1)).map(([b, a]) => b - a)
  const intervals = bootstrapOverCases(
    caseOfRow,
    caseCount,
    [
      ...bySize.map((values) => (weights: Uint32Array) => weightedMean(values, weights)),
      (weights) => (gains === null ? null : weightedMean(gains, weights)),
      // Fitted again in each resample, so that its interval holds the chance of the tested cases too.
      (weights) => {
        const resampled = bySize.map((values) => weightedMean(values, weights))
        const law = fitPowerLaw(sizes, resampled)
        if (law === null) return null
        const value = Math.min(1, law.at(target))
        fits.push(value)
        return value
      },
    ],
    { resamples, seed: 0 },
  )
  const widened = (estimate: number, interval: Interval | null | undefined, low: number): Interval => {
    const { low: a, high: b } = widenForFewCases(estimate, interval ?? { low, high: 1 }, caseCount)
    return { low: Math.max(low, a), high: Math.min(1, b) }
  }
  const points = zip(sizes, accuracies).map(([cases, accuracy], s): CurvePoint => ({
    cases,
    accuracy,
    ...widened(accuracy, intervals[s], 0),
  }))
  const gainValue = gains === null ? 0 : mean(gains)
  const gain =
    gains === null
      ? null
      : {
          value: gainValue,
          ...widened(gainValue, intervals[sizes.length], -1),
          fromCases: at(sizes, last - 1),
          toCases: at(sizes, last),
        }
  return {
    points,
    gain,
    outlook: outlookOf(points, { target, intervalOf: intervals[sizes.length + 1], fits, caseCount }),
  }
}

/** Fewer points, or cases, carry no law with three parameters. */
const minPoints = 5
const minCases = 20
/** A wider interval says nothing. */
const maxWidth = 0.25

function outlookOf(
  points: readonly CurvePoint[],
  {
    target,
    intervalOf,
    fits,
    caseCount,
  }: { target: number; intervalOf: Interval | null | undefined; fits: readonly number[]; caseCount: number },
): CurveOutlook {
  if (points.length < minPoints) return { kind: 'unknown', reason: 'too-few-sizes' }
  if (caseCount < minCases) return { kind: 'unknown', reason: 'too-few-cases' }
  const sizes = points.map(({ cases }) => cases)
  const law = fitPowerLaw(
    sizes,
    points.map(({ accuracy }) => accuracy),
  )
  // A curve that does not rise, or that many resamples cannot fit, follows no such law.
  if (law === null || !intervalOf || fits.length < 0.9 * resamples)
    return { kind: 'unknown', reason: 'no-law' }
  const accuracy = Math.min(1, law.at(target))
  const { low, high } = widenForFewCases(accuracy, intervalOf, caseCount)
  const [boundedLow, boundedHigh] = [Math.max(0, low), Math.min(1, high)]
  if (boundedHigh - boundedLow > maxWidth) return { kind: 'unknown', reason: 'too-wide' }
  return { kind: 'law', cases: target, accuracy, low: boundedLow, high: boundedHigh }
}

interface PowerLaw {
  limit: number
  factor: number
  exponent: number
  at: (size: number) => number
}

/** Exponents that are tried: learning curves of classifiers lie between these (Figueroa et al. 2012). */
const exponents = Array.from({ length: 40 }, (_, i) => (i + 1) / 20)

/**
 * The inverse power law accuracy = limit - factor * size ^ -exponent with the least squared error, by a grid of exponents
 * and linear least squares for the rest; the limit is at most 1. null: the best one does not rise.
 *
 * Figueroa, Zeng-Treitler, Kandula and Ngo, "Predicting sample size required for classification performance", BMC Medical
 * Informatics and Decision Making 12:8 (2012).
 */
export function fitPowerLaw(sizes: readonly number[], accuracies: readonly number[]): PowerLaw | null {
  let best: (PowerLaw & { error: number }) | null = null
  const meanY = mean(accuracies)
  for (const exponent of exponents) {
    const x = sizes.map((size) => size ** -exponent)
    const meanX = mean(x)
    const pairs = zip(x, accuracies)
    const variance = pairs.reduce((sum, [a]) => sum + (a - meanX) ** 2, 0)
    if (variance === 0) continue
    const free = pairs.reduce((sum, [a, b]) => sum + (a - meanX) * (b - meanY), 0) / variance
    // No accuracy ends above 1: with that limit only the slope is left to fit.
    const isBounded = meanY - free * meanX > 1
    const slope = isBounded
      ? pairs.reduce((sum, [a, b]) => sum + a * (b - 1), 0) / x.reduce((sum, a) => sum + a * a, 0)
      : free
    const limit = isBounded ? 1 : meanY - slope * meanX
    const error = pairs.reduce((sum, [a, b]) => sum + (b - limit - slope * a) ** 2, 0)
    if (best === null || error < best.error) {
      best = { limit, factor: -slope, exponent, error, at: (size) => limit + slope * size ** -exponent }
    }
  }
  return best === null || best.factor <= 0 ? null : best
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
