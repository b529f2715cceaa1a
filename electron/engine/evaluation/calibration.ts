import type { CalibrationFigures, ReliabilityBin } from '../../contract/index.ts'
import { argmax } from './accuracy.ts'

/**
 * Smallest probability whose logarithm is taken. A class that no booster believes in may have a probability
 * of 0; its logarithm would make one wrong answer outweigh any number of right ones. 1e-12 costs 27.6 nats.
 */
export const smallestProbability = 1e-12

export const clippedLog = (probability: number): number =>
  Math.log(Math.max(probability, smallestProbability))

/**
 * How often what was said with a probability came true, in bins of equal width; empty bins are left out.
 * Source: scikit-learn 1.7 `calibration_curve(strategy='uniform')`, whose bins hold their upper end and whose
 * edges are `numpy.linspace(0, 1, binCount + 1)`: multiples of 1 / binCount as rounded.
 * @param probabilities 0..1
 * @param came whether it came true
 */
export function reliabilityCurve(
  probabilities: readonly number[],
  came: readonly boolean[],
  binCount: number,
): ReliabilityBin[] {
  const width = 1 / binCount
  const edges = Array.from({ length: binCount + 1 }, (_, i) => (i === binCount ? 1 : i * width))
  const bins = edges.slice(1).map((high, i) => ({ low: edges[i] ?? 0, high, count: 0, said: 0, came: 0 }))
  probabilities.forEach((probability, row) => {
    const bin = bins.find(({ high }) => probability <= high)
    if (bin === undefined) return
    bin.count += 1
    bin.said += probability
    if (came[row] === true) bin.came += 1
  })
  return bins
    .filter(({ count }) => count > 0)
    .map(({ low, high, count, said, came: right }) => ({
      low,
      high,
      count,
      // Summing equal numbers may round to just above their largest.
      predicted: Math.min(1, said / count),
      observed: right / count,
    }))
}

/**
 * Mean distance between said and came, weighted by bins, 0..1.
 * Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
 * AAAI 2015.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let rows = 0
  let distance = 0
  for (const { count, predicted, observed } of bins) {
    rows += count
    distance += count * Math.abs(predicted - observed)
  }
  return distance / rows
}

/**
 * Mean squared distance between probabilities and truth, summed over classes: 0..2, as Brier (1950) and
 * scikit-learn 1.7 `brier_score_loss` for more than two classes.
 */
export function brierScore(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): number {
  let total = 0
  probabilities.forEach((row, i) => {
    for (let c = 0; c < row.length; c++) total += ((row[c] ?? 0) - (truth[i] === c ? 1 : 0)) ** 2
  })
  return total / probabilities.length
}

/** Mean negative logarithm of the probability of the truth, nats; probabilities clipped below at 1e-12. */
export function logLoss(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): number {
  let total = 0
  probabilities.forEach((row, i) => {
    total -= clippedLog(row[truth[i] ?? 0] ?? 0)
  })
  return total / probabilities.length
}

export const reliabilityBinCount = 10

/**
 * All calibration figures of class probabilities, in 10 bins.
 * @param of `largest`: the reliability is that of the largest probability (Guo et al. 2017, section 2);
 *   `positive`: that of class 1 of two, and the Brier score is the one-sided one, 0..1, as scikit-learn's
 *   for two classes (half the sum over both)
 */
export function calibrationFigures(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  of: 'largest' | 'positive',
): CalibrationFigures {
  const chosen = probabilities.map((row) => (of === 'positive' ? 1 : argmax(row)))
  const reliability = reliabilityCurve(
    probabilities.map((row, i) => row[chosen[i] ?? 0] ?? 0),
    truth.map((c, i) => c === chosen[i]),
    reliabilityBinCount,
  )
  return {
    reliability,
    expectedCalibrationError: expectedCalibrationError(reliability),
    brier: brierScore(probabilities, truth) / (of === 'positive' ? 2 : 1),
    logLoss: logLoss(probabilities, truth),
  }
}
