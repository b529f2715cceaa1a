import { z } from 'zod'
import {
  anyModelName,
  filePath,
  fraction,
  id,
  imageIds,
  isoTime,
  maxListed,
  replace,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { effortMadeSchema, effortSchema } from './effort.ts'
import { weightsSourceSchema } from './encoders.ts'
import { verdictLikenessSchema } from './likeness.ts'
import { qualityFlagSchema } from './quality.ts'
import { encoderNameSchema } from './encoder-names.ts'

/** Details of a prediction beyond its class probabilities (engine/prediction/prediction-details.ts). */
export const verdictDetailsSchema = z.object({
  /** The probabilities after temperature scaling fitted on out-of-fold predictions. */
  calibrated: z.record(z.string(), fraction),
  /** Classes that the image may belong to, at the required coverage of each class; can be none or all. */
  predictionSet: z.object({ level: fraction, classes: z.array(z.string()) }),
  /** Standard deviation of the suggested class's probability over boosters and over augmentations; null if there is only one. */
  spread: z.object({ boosters: z.number().nullable(), augmentations: z.number().nullable() }),
  /** Prediction of each encoder alone: class name to probability. All encoders have equal weight. */
  byEncoder: z.partialRecord(encoderNameSchema, z.record(z.string(), fraction)),
  /** Number of augmentations that were averaged. */
  augmentations: z.int().positive(),
  /** Absent: from a version that always used all of them. */
  effort: effortMadeSchema.optional(),
  /** Side of the model's operating point; null without a carcinoma score. */
  operatingPoint: z.object({ threshold: fraction, isPositive: z.boolean() }).nullable(),
  /** How similar the image is to the training images. Absent: from a version without likeness. */
  likeness: verdictLikenessSchema.optional(),
})
export type VerdictDetails = z.infer<typeof verdictDetailsSchema>

export const verdictViewSchema = z.object({
  id,
  imageId: id,
  modelId: id,
  modelName: z.string(),
  suggested: z.string(),
  /** Class name to probability, in the order of the scheme; their sum is 1. */
  probabilities: z.record(z.string(), fraction),
  /** c / (c + n), c the largest positive class, n the largest negative; null without both kinds. */
  carcinomaScore: fraction.nullable(),
  weights: weightsSourceSchema,
  /** True if the model was trained on the image: only boosters of the folds that left it out are used. */
  outOfFold: z.boolean(),
  /** Number of boosters that were averaged. */
  boosters: z.int().positive(),
  flags: z.array(qualityFlagSchema),
  /** null: from a model without a report. */
  details: verdictDetailsSchema.nullable(),
  at: isoTime,
})
export type VerdictView = z.infer<typeof verdictViewSchema>

/** The newest prediction of one model for one image, without the parts that a list does not need. */
export const modelVerdictSchema = z.object({
  imageId: id,
  suggested: z.string(),
  carcinomaScore: fraction.nullable(),
  outOfFold: z.boolean(),
  at: isoTime,
})
export type ModelVerdict = z.infer<typeof modelVerdictSchema>

/** Predictions of models for images. */
export const predictionCalls = {
  'image.verdicts': call({
    input: z.strictObject({ imageId: id }),
    output: z.array(verdictViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** The newest prediction of a model for each image of the workspace that has one. */
  'model.verdicts': call({
    input: z.strictObject({ model: anyModelName }),
    output: z.array(modelVerdictSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  'model.classify': call({
    input: z.strictObject({
      /** null: every image of the workspace. */
      imageIds: imageIds.nullable(),
      /** null: the promoted model, otherwise the newest. */
      model: anyModelName.nullable(),
      effort: effortSchema.default('full'),
    }),
    output: started,
    audit: ['classification'],
    blinded: 'open',
    role: 'technician',
  }),
  /** The newest predictions of a model for these images as CSV, one row per image; null: of the model in use. */
  'model.writeVerdicts': call({
    input: z.strictObject({
      model: anyModelName.nullable(),
      path: filePath,
      replace,
      /** `file`: the name of the image in its row. */
      images: z.array(z.strictObject({ imageId: id, file: filePath })).max(maxListed),
    }),
    output: z.object({ path: z.string(), rows: z.int() }),
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
}
