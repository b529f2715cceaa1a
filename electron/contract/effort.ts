import { z } from 'zod'
import { fraction } from './atoms.ts'

/**
 * How many augmentations of an image a prediction uses: all of the recipe; as many as the stopping rule needs
 * (engine/prediction/stopping-rule.ts); or the given number of them, from the first on. Never more than the recipe has.
 */
export const effortSchema = z.union([z.enum(['full', 'adaptive']), z.int().min(1).max(1000)])
export type Effort = z.infer<typeof effortSchema>

/** The effort that was made; part of the prediction. */
export const effortMadeSchema = z.object({
  asked: effortSchema,
  /** The recipe's number of augmentations. */
  possible: z.int().positive(),
  /**
   * Confidence, 0..1, with which the stopping rule stopped: all augmentations would give the same suggested class and
   * the same side of the operating point. null: the stopping rule did not stop it.
   */
  settledAt: fraction.nullable(),
})
export type EffortMade = z.infer<typeof effortMadeSchema>

/** "full", "adaptive" or a number, as it is typed; null for anything else. */
export function parseEffort(text: string): Effort | null {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : text
  const parsed = effortSchema.safeParse(value)
  return parsed.success ? parsed.data : null
}
