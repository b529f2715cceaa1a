import { z } from 'zod'
import { count, fraction } from './atoms.ts'

/** Accuracy with so many training cases. */
export const curvePointSchema = z.object({
  /** Mean over the folds. */
  cases: z.number().positive(),
  accuracy: fraction,
  /** 95 %, from resampled test cases. */
  low: fraction,
  high: fraction,
})
export type CurvePoint = z.infer<typeof curvePointSchema>

/** What the curve tells about more cases. */
export const curveOutlookSchema = z.discriminatedUnion('kind', [
  /** An inverse power law fits: expected accuracy at twice the cases, with its 95 % interval. */
  z.object({
    kind: z.literal('law'),
    cases: z.number().positive(),
    accuracy: fraction,
    low: fraction,
    high: fraction,
  }),
  /** Cannot tell. */
  z.object({
    kind: z.literal('unknown'),
    reason: z.enum(['too-few-sizes', 'too-few-cases', 'no-law', 'too-wide']),
  }),
])
export type CurveOutlook = z.infer<typeof curveOutlookSchema>

export const learningCurveSchema = z.object({
  model: z.string(),
  images: count,
  /** Cases, and each image without one. */
  cases: count,
  groupedBy: z.enum(['case', 'image']),
  folds: z.int().positive(),
  /** Random draws of the training cases at each size. */
  repeats: z.int().positive(),
  /** By number of cases, ascending. */
  points: z.array(curvePointSchema),
  /** How much the last step brought, with its 95 % interval. */
  gain: z
    .object({
      value: z.number(),
      low: z.number(),
      high: z.number(),
      fromCases: z.number().positive(),
      toCases: z.number().positive(),
    })
    .nullable(),
  outlook: curveOutlookSchema,
})
export type LearningCurve = z.infer<typeof learningCurveSchema>
