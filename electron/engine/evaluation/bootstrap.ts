import { at } from '../../base/arrays.ts'
import { atOnce, type Sliced } from '../../base/slices.ts'
import { keyedGenerator } from '../random/index.ts'
import { percentileInPlace } from '../stain/percentile.ts'
import type { Interval } from './intervals.ts'

export interface BootstrapOptions {
  resamples: number
  seed: number
}

/**
 * 95 % percentile intervals from a cluster bootstrap. Each resample draws cases with replacement, as many as there
 * are, and a case brings all its rows. Rows of one patient are correlated, so resampling rows would give intervals that
 * are too narrow.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13 (percentile interval);
 * Davison and Hinkley (1997), section 3.8 (clusters). Percentiles interpolate linearly between ranks.
 * @param caseOfRow the case of each row, 0..caseCount-1
 * @param statistics functions of the number of times that each row was drawn; null if undefined in a resample
 * @returns one interval per statistic, from the resamples in which it is defined; null if it is defined in none
 */
export const bootstrapOverCases = (...given: Parameters<typeof bootstrapInSlices>): (Interval | null)[] =>
  atOnce(bootstrapInSlices(...given))

/** Rows and cases that are counted in a slice: some 10 ms of work. */
const countsOfSlice = 500_000

/** The same, in slices. */
export function* bootstrapInSlices(
  caseOfRow: readonly number[],
  caseCount: number,
  statistics: readonly ((weights: Uint32Array) => number | null)[],
  { resamples, seed }: BootstrapOptions,
): Sliced<(Interval | null)[]> {
  const generator = keyedGenerator('evaluation-bootstrap', seed)
  const drawn = new Uint32Array(caseCount)
  const weights = new Uint32Array(caseOfRow.length)
  const values: number[][] = statistics.map(() => [])
  const resample = (): void => {
    drawn.fill(0)
    for (let draw = 0; draw < caseCount; draw++) {
      const index = generator.nextInteger(caseCount)
      drawn[index] = (drawn[index] ?? 0) + 1
    }
    caseOfRow.forEach((index, row) => {
      weights[row] = drawn[index] ?? 0
    })
    statistics.forEach((statistic, i) => {
      const value = statistic(weights)
      if (value !== null) values[i]?.push(value)
    })
  }
  const resamplesOfSlice = Math.ceil(countsOfSlice / (caseCount + caseOfRow.length * (1 + statistics.length)))
  for (let done = 0; done < resamples; done++) {
    if (done > 0 && done % resamplesOfSlice === 0) yield
    resample()
  }
  return values.map((found) => {
    if (found.length === 0) return null
    const list = Float64Array.from(found)
    return { low: percentileInPlace(list, 2.5), high: percentileInPlace(list, 97.5) }
  })
}

/** A statistic for `bootstrapOverCases`: the mean, with `values[i]` counted `weights[i]` times. Runs once per resample. */
export function weightedMean(values: readonly number[], weights: Uint32Array): number {
  let sum = 0
  let all = 0
  weights.forEach((weight, row) => {
    all += weight
    sum += weight * at(values, row)
  })
  return sum / all
}
