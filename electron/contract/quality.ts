import { z } from 'zod'

export const qualityFlagCodes = [
  'too-little-tissue',
  'out-of-focus',
  'over-exposed',
  'under-exposed',
  'stain-unlike-he',
  'pixel-size-unknown',
  'pixel-size-far',
  'smaller-than-crop',
] as const

/** One reason to trust a verdict less, with its measured number; the number's unit is in docs/quality.md. */
export const qualityFlagSchema = z.object({
  code: z.enum(qualityFlagCodes),
  measured: z.number(),
  threshold: z.number(),
})
export type QualityFlag = z.infer<typeof qualityFlagSchema>
