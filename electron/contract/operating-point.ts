import type { OperatingPoint } from './evaluation.ts'

interface Interval {
  low: number
  high: number
}

/** The standard normal's 97.5th percentile: two-sided 95 %. */
const z95 = 1.959963984540054

/**
 * The 95 % Wilson score interval of a share, within 0..1.
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); as
 * statsmodels `proportion_confint(method='wilson')`. Without successes the lower end is exactly 0; with only successes the upper end is exactly 1.
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

/**
 * Sensitivity, specificity, predictive values and accuracy at one threshold, with Wilson intervals. It is here, and
 * not in the engine, because the page calls it while a point is dragged: both give the same figures.
 *
 * A row is called positive if its score is at least the threshold, as in scikit-learn's `roc_curve`. (The published
 * figures do not distinguish >= from >: none of their scores is exactly 0.33 or 0.50.)
 * @param scores at least one
 */
export function operatingPoint(
  scores: readonly number[],
  isPositive: readonly boolean[],
  threshold: number,
): OperatingPoint {
  let truePositives = 0
  let falseNegatives = 0
  let trueNegatives = 0
  let falsePositives = 0
  scores.forEach((score, row) => {
    const isCalledPositive = score >= threshold
    if (isPositive[row] === true) {
      if (isCalledPositive) truePositives += 1
      else falseNegatives += 1
    } else if (isCalledPositive) falsePositives += 1
    else trueNegatives += 1
  })
  const counts = {
    sensitivity: [truePositives, truePositives + falseNegatives],
    specificity: [trueNegatives, trueNegatives + falsePositives],
    ppv: [truePositives, truePositives + falsePositives],
    npv: [trueNegatives, trueNegatives + falseNegatives],
  } as const
  const share = ([part, whole]: readonly [number, number]): number | null =>
    whole === 0 ? null : part / whole
  const interval = ([part, whole]: readonly [number, number]): OperatingPoint['intervals']['ppv'] =>
    whole === 0 ? null : wilsonInterval(part, whole)
  const right = truePositives + trueNegatives
  return {
    threshold,
    sensitivity: share(counts.sensitivity),
    specificity: share(counts.specificity),
    ppv: share(counts.ppv),
    npv: share(counts.npv),
    accuracy: right / scores.length,
    truePositives,
    falseNegatives,
    trueNegatives,
    falsePositives,
    intervals: {
      sensitivity: interval(counts.sensitivity),
      specificity: interval(counts.specificity),
      ppv: interval(counts.ppv),
      npv: interval(counts.npv),
      accuracy: wilsonInterval(right, scores.length),
    },
  }
}

/**
 * The threshold with the fewest decimals (at least two) in (low, high], so that a point chosen on a curve is
 * shown as "0.42" and not as "0.41873645"; near the middle if possible.
 * @param low below `high`, both 0..1
 */
export function thresholdBetween(low: number, high: number): number {
  const middle = (low + high) / 2
  for (let decimals = 2; decimals <= 15; decimals++) {
    const unit = 10 ** decimals
    const found = [Math.round(middle * unit) / unit, Math.floor(high * unit) / unit]
    const fitting = found.find((value) => value > low && value <= high)
    if (fitting !== undefined) return fitting
  }
  return high
}
