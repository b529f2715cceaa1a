import { normalQuantile } from '../random/normal.ts'
import type { Interval } from './intervals.ts'

/**
 * The probability that a Student t variable lies between -t and t.
 * Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.3 and 26.7.4: a finite sum for whole degrees
 * of freedom.
 * @param degrees degrees of freedom, a whole number from 1
 */
export function studentCentral(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const cosine = Math.cos(angle)
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = isOdd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= (k / (k + 1)) * cosine * cosine
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum
}

/** The t with the central probability `level`, by bisection to the last bits. @param degrees as in `studentCentral` */
export function studentQuantile(level: number, degrees: number): number {
  let low = 0
  let high = 1
  while (studentCentral(high, degrees) < level) high *= 2
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return middle
    if (studentCentral(middle, degrees) < level) low = middle
    else high = middle
  }
}

/**
 * A 95 % bootstrap interval over cases, widened for few cases. The percentile interval of n clusters is too narrow by
 * two factors: it divides by n instead of n - 1, and it takes the normal quantile where Student's t with n - 1 degrees
 * of freedom belongs. Hesterberg, "What Teachers Should Know About the Bootstrap" (2015), section 3.3, corrects both by
 * taking wider percentiles; here both ends move away from the estimate by the same factor, which needs no more resamples.
 * With 5 cases the interval is 1.58 times as wide, with 100 cases 1.02 times.
 * @param cases at least 2; with one case the interval is the whole line
 */
export function widenForFewCases(estimate: number, interval: Interval, cases: number): Interval {
  if (cases < 2) return { low: -Infinity, high: Infinity }
  const factor = (studentQuantile(0.95, cases - 1) / normalQuantile(0.975)) * Math.sqrt(cases / (cases - 1))
  return {
    low: estimate - factor * (estimate - interval.low),
    high: estimate + factor * (interval.high - estimate),
  }
}
