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

/** What was measured of an image, flagged or not; units and thresholds are in docs/quality.md. */
export const qualityMeasuresSchema = z.object({
  /** Share of pixels that are dense enough in all channels for the stain fit, 0..1. */
  tissueFraction: z.number(),
  /** 0 (sharp) to 1; null with too little tissue. */
  blur: z.number().nullable(),
  /** Larger angle of the two stains to the reference's, degrees; null with too little tissue. */
  stainAngleDegrees: z.number().nullable(),
  /** Share of coloured pixels with a channel at 255, 0..1. */
  saturatedFraction: z.number(),
  /** Grey level that 1 % of pixels exceed in their brightest channel, 0..255. */
  brightLevel: z.number(),
  /** Factor between the image's pixel size and the recipe's, 1 or more; null where one is unknown. */
  pixelSizeFactor: z.number().nullable(),
  /** Shorter edge after resampling for the crop that fits worst, px; null where nothing is cut. */
  resampledEdgePx: z.number().nullable(),
})
export type QualityMeasures = z.infer<typeof qualityMeasuresSchema>
