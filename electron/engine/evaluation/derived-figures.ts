import { at, zip } from '../../base/arrays.ts'
import type { DerivedFigures, EvaluationReport, OutOfFoldPrediction } from '../../contract/index.ts'
import { betterThanGuessing } from './better-than-guessing.ts'
import { clippedLog } from './calibration.ts'

/** Thresholds of the decision curve: 0.05 to 0.95. */
const thresholds = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)

/** Figures that follow from a stored report, so that reports of every version have them. */
export function derivedFigures(
  evaluation: EvaluationReport,
  predictions: readonly OutOfFoldPrediction[],
): DerivedFigures {
  const scored = predictions.flatMap(({ carcinomaScore, truth }) =>
    carcinomaScore === null
      ? []
      : [{ score: carcinomaScore, isPositive: evaluation.positive.includes(truth) }],
  )
  const scores = scored.map(({ score }) => score)
  const isPositive = scored.map((row) => row.isPositive)
  return {
    guessing: betterThanGuessing(evaluation),
    balancedAccuracy: balancedAccuracy(evaluation.confusion),
    mcc: matthewsCorrelation(evaluation.confusion),
    recalibration: recalibration(scores, isPositive),
    decisionCurve: evaluation.auc === null ? [] : decisionCurve(scores, isPositive),
  }
}

/**
 * Mean sensitivity over the classes that have rows, 0..1 (scikit-learn `balanced_accuracy_score`). Unlike accuracy, it
 * does not rise when the largest class is always chosen.
 * @param confusion rows truth, columns predicted
 */
export function balancedAccuracy(confusion: readonly (readonly number[])[]): number {
  const shares = confusion.flatMap((row, c) => {
    const all = sum(row)
    return all === 0 ? [] : [at(row, c) / all]
  })
  return sum(shares) / shares.length
}

/**
 * Matthews correlation coefficient of any number of classes, -1..1; 0 if only one class was ever chosen or is true.
 * Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", Computational Biology and
 * Chemistry 28 (2004); scikit-learn `matthews_corrcoef`.
 */
export function matthewsCorrelation(confusion: readonly (readonly number[])[]): number {
  const truths = confusion.map(sum)
  const calls = confusion.map((_, c) => sum(confusion.map((row) => at(row, c))))
  const all = sum(truths)
  const right = sum(confusion.map((row, c) => at(row, c)))
  const product = (a: readonly number[], b: readonly number[]): number =>
    sum(zip(a, b).map(([x, y]) => x * y))
  const below = (all * all - product(calls, calls)) * (all * all - product(truths, truths))
  return below === 0 ? 0 : (all * right - product(truths, calls)) / Math.sqrt(below)
}

/**
 * Calibration intercept and slope: the logistic regression of the outcome on the logit of the score, by Newton's method.
 * Perfect scores have intercept 0 and slope 1; a slope below 1 means that scores are too extreme.
 * Cox, "Two further applications of a model for binary regression", Biometrika 45 (1958); statsmodels `Logit`.
 * Scores are clipped to 1e-12 and 1 - 1e-12 before the logit.
 * @returns null without both outcomes, or if the scores separate them, where the slope has no maximum
 */
export function recalibration(
  scores: readonly number[],
  isPositive: readonly boolean[],
): { intercept: number; slope: number } | null {
  if (!isPositive.includes(true) || !isPositive.includes(false)) return null
  const logits = scores.map((score) => clippedLog(score) - clippedLog(1 - score))
  let intercept = 0
  let slope = 0
  for (let step = 0; step < 100; step++) {
    // Gradient and Hessian of the log-likelihood.
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0]
    for (const [x, y] of zip(logits, isPositive)) {
      const p = 1 / (1 + Math.exp(-(intercept + slope * x)))
      const residual = Number(y) - p
      const weight = p * (1 - p)
      g0 += residual
      g1 += residual * x
      h00 += weight
      h01 += weight * x
      h11 += weight * x * x
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 1e-12 * h00 * h11)) return null
    const d0 = (h11 * g0 - h01 * g1) / determinant
    const d1 = (h00 * g1 - h01 * g0) / determinant
    // A full step can overshoot far from the maximum; a bounded one still converges, as the likelihood is concave.
    const scale = Math.min(1, 4 / Math.max(Math.abs(d0), Math.abs(d1)))
    intercept += scale * d0
    slope += scale * d1
    if (Math.abs(slope) > 1e3) return null
    // Newton doubles the correct digits with each step, so the error left is far below this.
    if (Math.abs(d0) + Math.abs(d1) < 1e-10 * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return { intercept, slope }
    }
  }
  return null
}

/**
 * Net benefit of acting on a score of at least t, per image, against acting on all: true positives minus false positives
 * weighted by t / (1 - t). Acting on none has the benefit 0.
 * Vickers and Elkin, "Decision curve analysis", Medical Decision Making 26 (2006).
 */
export function decisionCurve(
  scores: readonly number[],
  isPositive: readonly boolean[],
): DerivedFigures['decisionCurve'] {
  const rows = zip(scores, isPositive)
  const count = rows.length
  const positives = rows.filter(([, positive]) => positive).length
  return thresholds.map((threshold) => {
    const odds = threshold / (1 - threshold)
    const called = rows.filter(([score]) => score >= threshold)
    const truePositives = called.filter(([, positive]) => positive).length
    return {
      threshold,
      model: (truePositives - (called.length - truePositives) * odds) / count,
      all: (positives - (count - positives) * odds) / count,
    }
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
