import { z } from 'zod'
import { fraction } from './atoms.ts'

/**
 * How many augmentations of an image are asked for a verdict: all of the recipe, as many as it takes until the
 * answer is settled (engine/prediction/stopping-rule.ts), or the first so many; never more than the recipe's.
 */
export const effortSchema = z.union([z.enum(['full', 'adaptive']), z.int().min(1).max(1000)])
export type Effort = z.infer<typeof effortSchema>

/** What came of it; said with the verdict. */
export const effortMadeSchema = z.object({
  asked: effortSchema,
  /** The recipe's number of augmentations. */
  possible: z.int().positive(),
  /**
   * Where asking stopped since the answer was settled: the confidence, 0..1, that all augmentations would have given
   * the same suggested class and the same side of the operating point. null: it did not stop for that.
   */
  settledAt: fraction.nullable(),
})
export type EffortMade = z.infer<typeof effortMadeSchema>

/** "full", "adaptive" or a number, as a person writes it; null for anything else. */
export function parseEffort(text: string): Effort | null {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : text
  const parsed = effortSchema.safeParse(value)
  return parsed.success ? parsed.data : null
}
