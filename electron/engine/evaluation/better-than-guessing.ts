import type { EvaluationReport, GuessingTest } from '../../contract/index.ts'
import { widenForFewCases } from './student.ts'

/**
 * Whether out-of-fold predictions are better than guessing: the lower end of the 95 % interval by case of the accuracy is
 * above the share of the largest class, or that of the AUC above 0.5.
 *
 * The intervals are those of the report, widened for few cases (`widenForFewCases`). In simulations of predictions that
 * have nothing to do with the labels, this holds for 3 to 5 % of the trainings with 10 cases or more
 * (test/unit/engine/evaluation/better-than-guessing.test.ts).
 */
export function betterThanGuessing({
  images,
  cases,
  imagesWithoutCase,
  confusion,
  accuracy,
  auc,
  bootstrap,
}: Pick<
  EvaluationReport,
  'images' | 'cases' | 'imagesWithoutCase' | 'confusion' | 'accuracy' | 'auc' | 'bootstrap'
>): GuessingTest {
  const groups = (cases ?? 0) + imagesWithoutCase
  const lowOf = (estimate: number, interval: { low: number; high: number }): number =>
    Math.max(0, widenForFewCases(estimate, interval, groups).low)
  const largestShare =
    Math.max(...confusion.map((row) => row.reduce((sum, count) => sum + count, 0))) / images
  const accuracyLow = lowOf(accuracy, bootstrap.accuracy)
  const aucLow = auc === null || bootstrap.auc === null ? null : lowOf(auc, bootstrap.auc)
  return {
    cases: groups,
    largestShare,
    accuracy,
    accuracyLow,
    auc,
    aucLow,
    isBetter: accuracyLow > largestShare || (aucLow !== null && aucLow > 0.5),
  }
}
