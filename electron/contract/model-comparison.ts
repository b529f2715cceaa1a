import { z } from 'zod'
import { count, fraction } from './atoms.ts'

/** Two models on the images that both were trained on, each image predicted out of fold. */
export const modelComparisonSchema = z.object({
  first: z.string(),
  second: z.string(),
  /** Images that both models were trained on. */
  images: count,
  onlyInFirst: count,
  onlyInSecond: count,
  /** Images whose label differs between the trainings; they are not included below. */
  relabelled: count,
  bothRight: count,
  onlyFirstRight: count,
  onlySecondRight: count,
  bothWrong: count,
  /**
   * Accuracy of the second minus that of the first, -1..1, with its 95 % interval from resampled cases, widened for few
   * cases; null: no image was compared, or the interval needs at least 2 cases.
   */
  difference: z.object({ value: z.number(), low: z.number(), high: z.number(), cases: count }).nullable(),
  /** McNemar's exact test, two-sided; it takes images as independent. */
  pValue: fraction,
  /** Every image for which the models suggest different classes. */
  flips: z.array(
    z.object({
      image: z.string(),
      sha256: z.string(),
      truth: z.string(),
      first: z.string(),
      second: z.string(),
      right: z.enum(['first', 'second', 'neither']),
    }),
  ),
})
export type ModelComparison = z.infer<typeof modelComparisonSchema>
