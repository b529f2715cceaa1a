import { at, zip } from '../../base/arrays.ts'
import type { CalibrationFigures, ReliabilityBin } from '../../contract/index.ts'
import { argmax } from './accuracy.ts'

/**
 * Probabilities are clipped below at this value before the logarithm. A class can have a probability of 0, and its
 * infinite loss would make one wrong prediction outweigh any number of right ones. 1e-12 costs 27.6 nats.
 */
export const minProbability = 1e-12

export const clippedLog = (probability: number): number => Math.log(Math.max(probability, minProbability))

/**
 * Mean predicted probability and observed frequency in bins of equal width. Empty bins are left out.
 * Source: scikit-learn 1.7 `calibration_curve(strategy='uniform')`. Bins include their upper edge, and the
 * edges are `numpy.linspace(0, 1, binCount + 1)`: rounded multiples of 1 / binCount.
 * @param probabilities predicted probability of an event per row, 0..1
 * @param outcomes whether the event occurred
 */
export function reliabilityCurve(
  probabilities: readonly number[],
  outcomes: readonly boolean[],
  binCount: number,
): ReliabilityBin[] {
  const width = 1 / binCount
  const edges = Array.from({ length: binCount + 1 }, (_, i) => (i === binCount ? 1 : i * width))
  const bins = edges
    .slice(1)
    .map((high, i) => ({ low: at(edges, i), high, count: 0, predicted: 0, occurred: 0 }))
  for (const [probability, outcome] of zip(probabilities, outcomes)) {
    const bin = bins.find(({ high }) => probability <= high)
    if (bin === undefined) continue
    bin.count += 1
    bin.predicted += probability
    if (outcome) bin.occurred += 1
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ low, high, count, predicted, occurred }) => ({
      low,
      high,
      count,
      // Clamp: the rounded mean of equal numbers may be slightly above them.
      predicted: Math.min(1, predicted / count),
      observed: occurred / count,
    }))
}

/**
 * Mean difference between predicted probability and observed frequency, weighted by the size of the bins, 0..1.
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
 * Mean squared difference between probabilities and truth, summed over classes: 0..2, like Brier (1950) and
 * scikit-learn 1.7 `brier_score_loss` for more than two classes.
 */
export function brierScore(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): number {
  let total = 0
  for (const [row, label] of zip(probabilities, truth)) {
    for (let c = 0; c < row.length; c++) total += (at(row, c) - (label === c ? 1 : 0)) ** 2
  }
  return total / probabilities.length
}

/** Mean negative logarithm of the probability of the true class, nats. Probabilities are clipped below at 1e-12. */
export function logLoss(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): number {
  let total = 0
  for (const [row, label] of zip(probabilities, truth)) total -= clippedLog(at(row, label))
  return total / probabilities.length
}

export const reliabilityBinCount = 10

/**
 * All calibration figures of class probabilities, in 10 bins.
 * @param of `largest`: reliability of the largest probability (Guo et al. 2017, section 2);
 *   `positive`: reliability of class 1 of two, with the one-sided Brier score, 0..1, like scikit-learn's
 *   for two classes (half of the sum over both)
 */
export function calibrationFigures(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  of: 'largest' | 'positive',
): CalibrationFigures {
  const chosen = probabilities.map((row) => (of === 'positive' ? 1 : argmax(row)))
  const reliability = reliabilityCurve(
    zip(probabilities, chosen).map(([row, c]) => at(row, c)),
    zip(truth, chosen).map(([label, c]) => label === c),
    reliabilityBinCount,
  )
  return {
    reliability,
    expectedCalibrationError: expectedCalibrationError(reliability),
    brier: brierScore(probabilities, truth) / (of === 'positive' ? 2 : 1),
    logLoss: logLoss(probabilities, truth),
  }
}
