import { z } from 'zod'
import { filePath, fraction, id, isoTime, started } from './atoms.ts'
import { call } from './call.ts'
import { effortMadeSchema, effortSchema } from './effort.ts'
import { weightsSourceSchema } from './encoders.ts'
import { verdictLikenessSchema } from './likeness.ts'
import { qualityFlagSchema } from './quality.ts'
import { encoderNameSchema } from './recipe.ts'

/** What a verdict says beyond its class probabilities (engine/prediction/prediction-details.ts). */
export const verdictDetailsSchema = z.object({
  /** The probabilities after temperature scaling fitted on out-of-fold predictions. */
  calibrated: z.record(z.string(), fraction),
  /** Classes that the image may be of, at the asked coverage of each class; may be none or all. */
  predictionSet: z.object({ level: fraction, classes: z.array(z.string()) }),
  /** Standard deviation of the suggested class's probability; null with only one of them. */
  spread: z.object({ boosters: z.number().nullable(), augmentations: z.number().nullable() }),
  /** What each encoder says by itself: class name to probability. All count alike. */
  byEncoder: z.partialRecord(encoderNameSchema, z.record(z.string(), fraction)),
  /** How many were averaged. */
  augmentations: z.int().positive(),
  /** Absent: of a version that knew only all of them. */
  effort: effortMadeSchema.optional(),
  /** Side of the model's operating point; null without a two-class score. */
  operatingPoint: z.object({ threshold: fraction, isPositive: z.boolean() }).nullable(),
  /** How like the training images the image is. Absent: of a version that did not know it. */
  likeness: verdictLikenessSchema.optional(),
})
export type VerdictDetails = z.infer<typeof verdictDetailsSchema>

export const verdictViewSchema = z.object({
  id,
  imageId: id,
  modelId: id,
  modelName: z.string(),
  suggested: z.string(),
  /** Class name to probability, in the order of the scheme; they add up to 1. */
  probabilities: z.record(z.string(), fraction),
  /** c / (c + n), c the largest positive class, n the largest negative; null without both kinds. */
  carcinomaScore: fraction.nullable(),
  weights: weightsSourceSchema,
  /** True where the image took part in training: only boosters whose fold left it out were asked. */
  outOfFold: z.boolean(),
  /** How many boosters were averaged. */
  boosters: z.int().positive(),
  flags: z.array(qualityFlagSchema),
  /** null: from a model without a report. */
  details: verdictDetailsSchema.nullable(),
  at: isoTime,
})
export type VerdictView = z.infer<typeof verdictViewSchema>

/** The newest verdict of one model on one image, without what a list does not need. */
export const modelVerdictSchema = z.object({
  imageId: id,
  suggested: z.string(),
  carcinomaScore: fraction.nullable(),
  outOfFold: z.boolean(),
  at: isoTime,
})
export type ModelVerdict = z.infer<typeof modelVerdictSchema>

/** What models say of images. */
export const predictionCalls = {
  'image.verdicts': call({
    input: z.strictObject({ imageId: id }),
    output: z.array(verdictViewSchema),
    audit: 'reads',
    blinded: 'redacted',
  }),
  /** The newest verdict of a model on each image of the workspace that has one. */
  'model.verdicts': call({
    input: z.strictObject({ model: z.string() }),
    output: z.array(modelVerdictSchema),
    audit: 'reads',
    blinded: 'redacted',
  }),
  'model.classify': call({
    input: z.strictObject({
      /** null: every image of the workspace. */
      imageIds: z.array(id).min(1).nullable(),
      /** null: the promoted one, else the newest. */
      model: z.string().nullable(),
      effort: effortSchema.default('full'),
    }),
    output: started,
    audit: ['classification'],
    blinded: 'open',
  }),
  /** The newest verdicts of a model on these images as CSV, a row an image; null: of the model in use. */
  'model.writeVerdicts': call({
    input: z.strictObject({
      model: z.string().nullable(),
      path: filePath,
      /** `file`: what the row calls the image. */
      images: z.array(z.strictObject({ imageId: id, file: filePath })),
    }),
    output: z.object({ path: z.string(), rows: z.int() }),
    audit: ['export'],
    blinded: 'refused',
  }),
}
