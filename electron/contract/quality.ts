import { z } from 'zod'
import { anyRecipeName, filePaths } from './atoms.ts'
import { call } from './call.ts'
import { failureSchema } from './failure.ts'
import { stainReportSchema } from './stain.ts'

const edgePx = z.int().positive()

export const qualityFlagCodes = [
  'too-little-tissue',
  'out-of-focus',
  'over-exposed',
  'under-exposed',
  'black-areas',
  'stain-unlike-he',
  'pixel-size-unknown',
  'pixel-size-far',
  'smaller-than-crop',
  // Of a prediction: the image is compared with the model's training images (contract/likeness.ts).
  'unlike-training',
] as const

/** One reason to trust a prediction less, with its measured value; docs/quality.md has the units. */
export const qualityFlagSchema = z.object({
  code: z.enum(qualityFlagCodes),
  measured: z.number(),
  threshold: z.number(),
})
export type QualityFlag = z.infer<typeof qualityFlagSchema>

/** The name of each flag, on screen and in reports. */
export const qualityFlagWords: Readonly<Record<QualityFlag['code'], string>> = {
  'too-little-tissue': 'Too little tissue',
  'out-of-focus': 'Out of focus',
  'over-exposed': 'Over-exposed',
  'under-exposed': 'Under-exposed',
  'black-areas': 'Black areas without a picture',
  'stain-unlike-he': 'Stain unlike hematoxylin and eosin',
  'pixel-size-unknown': 'Pixel size unknown, taken as 0.42 µm',
  'pixel-size-far': 'Pixel size far from the training images',
  'smaller-than-crop': 'Smaller than a crop, extended by mirroring',
  'unlike-training': 'Unlike the training images',
}

/** Measurements of an image, flagged or not; units and thresholds are in docs/quality.md. */
export const qualityMeasuresSchema = z.object({
  /** Share of pixels that are dense enough in all channels for the stain fit, 0..1. */
  tissueFraction: z.number(),
  /** 0 (sharp) to 1; null with too little tissue. */
  blur: z.number().nullable(),
  /** Larger of the two angles between the stains and the reference stains, degrees; null with too little tissue. */
  stainAngleDegrees: z.number().nullable(),
  /** Share of coloured pixels with a channel at 255, 0..1. */
  saturatedFraction: z.number(),
  /** Grey level that 1 % of pixels exceed in their brightest channel, 0..255. */
  brightLevel: z.number(),
  /** Share of the image in squares of 16 pixels of one black colour, 0..1. */
  blackFraction: z.number(),
  /** Factor between the image's pixel size and the recipe's, 1 or more; null if one of them is unknown. */
  pixelSizeFactor: z.number().nullable(),
  /** Shorter edge after resampling, for the crop set that fits worst, px; null if no crops are cut. */
  resampledEdgePx: z.number().nullable(),
})
export type QualityMeasures = z.infer<typeof qualityMeasuresSchema>

export const imageQualitySchema = z.object({
  path: z.string(),
  widthPx: edgePx,
  heightPx: edgePx,
  /** um; null: unknown. */
  pixelSizeUm: z.number().nullable(),
  ...stainReportSchema.shape,
  measures: qualityMeasuresSchema,
  flags: z.array(qualityFlagSchema),
})
export type ImageQuality = z.infer<typeof imageQualitySchema>

export const qualityCalls = {
  /** Measures image files; needs no workspace. */
  'quality.assess': call({
    /** Files and folders; `recipe` gives the expected pixel size and crops. */
    input: z.strictObject({ paths: filePaths, recipe: anyRecipeName }),
    output: z.object({ images: z.array(imageQualitySchema), failed: z.array(failureSchema) }),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
}
