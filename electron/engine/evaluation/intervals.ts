import { normalQuantile } from '../random/normal.ts'

export { wilsonInterval } from '../../contract/index.ts'

export interface Interval {
  low: number
  high: number
}

/** The normal quantile of a two-sided 95 % interval. */
const z95 = normalQuantile(0.975)

/** `estimate` plus and minus 1.96 standard errors, clamped to -1..1. */
export const normalInterval = (estimate: number, standardError: number): Interval => ({
  low: Math.max(-1, estimate - z95 * standardError),
  high: Math.min(1, estimate + z95 * standardError),
})
