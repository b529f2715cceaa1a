import { z } from 'zod'
import { filePath, id, sha256 } from './atoms.ts'
import { call } from './call.ts'
import { qualityFlagSchema, qualityMeasuresSchema } from './quality.ts'
import { failureSchema } from './failure.ts'

const edgePx = z.int().positive()
const channels = z.tuple([z.number(), z.number(), z.number()])
/** Pictures are written as PNG or TIFF, by their ending. */
const picturePath = filePath.regex(/\.(png|tiff?)$/i, 'it must end in .png, .tif or .tiff')

/** Two stains: unit optical densities R G B, and the 99th percentile of their concentrations. */
export const stainsSchema = z.object({
  stainMatrix: z.object({ hematoxylin: channels, eosin: channels }),
  maximum: z.object({ hematoxylin: z.number(), eosin: z.number() }),
})
export type Stains = z.infer<typeof stainsSchema>

/** What a stain fit found in an image. */
export const stainReportSchema = z.object({
  /** Pixels dense enough in all channels for the fit: their share, 0..1, and their number. */
  tissueFraction: z.number(),
  tissuePixels: z.number(),
  /** null: the image has no two stains and keeps its own colours. */
  stains: stainsSchema.nullable(),
  degenerate: z.enum(['too-little-tissue', 'one-stain']).nullable(),
  /** null without stains. */
  fitQuality: z
    .object({
      /** Share of the tissue's squared optical density that the two stains reproduce, 0..1. */
      explainedFraction: z.number(),
      /** What they do not reproduce: root mean square, optical density. */
      residualDensity: z.number(),
      /** Angle between the two stains, degrees. */
      stainAngleDegrees: z.number(),
    })
    .nullable(),
})
export type StainReport = z.infer<typeof stainReportSchema>

/** A square of an image, turned (quarter turns counter-clockwise), then flipped upside down, then left to right. */
export const cropSchema = z.object({
  top: z.int().nonnegative(),
  left: z.int().nonnegative(),
  sizePx: edgePx.max(8192),
  quarterTurns: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  flipVertical: z.boolean(),
  flipHorizontal: z.boolean(),
})

/** Where crops lie, apart from their pixels: a value that can be printed, stored and cut later. */
export const cropPlanSchema = z.object({
  /** Of the file's bytes; with seed, augmentation and size it is all that the places depend on. */
  imageSha256: sha256,
  /** Of the image before mirroring, px. */
  widthPx: edgePx,
  heightPx: edgePx,
  sizePx: edgePx.max(8192),
  seed: z.int().nonnegative(),
  augmentation: z.int().nonnegative(),
  crops: z.array(cropSchema).min(1).max(10_000),
})
export type CropPlan = z.infer<typeof cropPlanSchema>

const writtenPicture = z.object({ path: z.string(), widthPx: edgePx, heightPx: edgePx })

export const normalizedPictureSchema = writtenPicture.extend({
  ...stainReportSchema.shape,
  /** What the image was normalised to. */
  target: stainsSchema,
  flags: z.array(qualityFlagSchema),
})
export type NormalizedPicture = z.infer<typeof normalizedPictureSchema>

export const pictureQualitySchema = z.object({
  path: z.string(),
  widthPx: edgePx,
  heightPx: edgePx,
  /** um; null: unknown. */
  pixelSizeUm: z.number().nullable(),
  ...stainReportSchema.shape,
  measures: qualityMeasuresSchema,
  flags: z.array(qualityFlagSchema),
})
export type PictureQuality = z.infer<typeof pictureQualitySchema>

const fromTo = { input: filePath, output: picturePath }

/** What the viewer asks beyond pictures (contract/tiles.ts). */
export const viewCalls = {
  /** What the stain fit finds in an image, as the standard recipe shows it to an encoder. */
  'view.stains': call({
    input: z.strictObject({ imageId: id }),
    output: stainReportSchema,
    audit: 'reads',
    blinded: 'open',
  }),
}

/** The steps from a file to crops, one by one and without a workspace; each takes the image as it is. */
export const preprocessCalls = {
  'picture.resample': call({
    input: z.strictObject({ ...fromTo, scale: z.number().positive().max(64) }),
    output: writtenPicture,
    audit: 'untracked',
    blinded: 'open',
  }),
  'stain.normalize': call({
    /** `reference`: an image whose stains are the target; null: the published reference. */
    input: z.strictObject({ ...fromTo, reference: filePath.nullable() }),
    output: normalizedPictureSchema,
    audit: 'untracked',
    blinded: 'open',
  }),
  'stain.augment': call({
    input: z.strictObject({
      ...fromTo,
      hematoxylin: z.number().min(0).max(10),
      eosin: z.number().min(0).max(10),
    }),
    output: writtenPicture,
    audit: 'untracked',
    blinded: 'open',
  }),
  'crops.plan': call({
    input: z.strictObject({
      path: filePath,
      sizePx: edgePx.max(8192),
      count: z.int().min(1).max(10_000),
      seed: z.int().nonnegative(),
      augmentation: z.int().nonnegative(),
    }),
    output: cropPlanSchema.extend({ flags: z.array(qualityFlagSchema) }),
    audit: 'reads',
    blinded: 'open',
  }),
  'crops.cut': call({
    input: z.strictObject({ path: filePath, plan: cropPlanSchema, directory: filePath }),
    output: z.object({ files: z.array(z.string()) }),
    audit: 'untracked',
    blinded: 'open',
  }),
  'quality.assess': call({
    /** Files and folders; `recipe` says which pixel size and crops are expected. */
    input: z.strictObject({ paths: z.array(filePath).min(1), recipe: z.string() }),
    output: z.object({ images: z.array(pictureQualitySchema), failed: z.array(failureSchema) }),
    audit: 'reads',
    blinded: 'open',
  }),
}
