import { z } from 'zod'
import { count } from './atoms.ts'

/** Two models on the images that trained both, each image by boosters that never saw its fold. */
export const modelComparisonSchema = z.object({
  first: z.string(),
  second: z.string(),
  /** Images of both trainings. */
  images: count,
  onlyInFirst: count,
  onlyInSecond: count,
  /** Images whose label differs between the trainings; they are not counted below. */
  relabelled: count,
  bothRight: count,
  onlyFirstRight: count,
  onlySecondRight: count,
  bothWrong: count,
  /** Every image of which the models suggest different classes. */
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
