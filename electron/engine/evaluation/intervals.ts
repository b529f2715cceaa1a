import { normalQuantile } from '../random/normal.ts'

export interface Interval {
  low: number
  high: number
}

/** Two-sided 95 %. */
const z95 = normalQuantile(0.975)

/**
 * The 95 % Wilson score interval of a share, within 0..1.
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); as
 * statsmodels `proportion_confint(method='wilson')`. Its ends at no and at full success are exactly 0 and 1.
 * @param successes 0..trials
 * @param trials at least 1
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  const share = successes / trials
  const spread = (z95 * z95) / trials
  const centre = (share + spread / 2) / (1 + spread)
  const half = (z95 * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials))) / (1 + spread)
  return {
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  }
}

/** `estimate` plus and minus 1.96 standard errors, cut to -1..1. */
export const normalInterval = (estimate: number, standardError: number): Interval => ({
  low: Math.max(-1, estimate - z95 * standardError),
  high: Math.min(1, estimate + z95 * standardError),
})
