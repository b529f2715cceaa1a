import { z } from 'zod'
import { encoderNameSchema } from './recipe.ts'
import { recipeChangesSchema } from './recipe-changes.ts'

const fraction = z.number().min(0).max(1)
const count = z.int().nonnegative()
const isoTime = z.iso.datetime()

/** The newest verdict of one model on one image, without what a list does not need. */
export const modelVerdictSchema = z.object({
  imageId: z.int().positive(),
  suggested: z.string(),
  carcinomaScore: fraction.nullable(),
  outOfFold: z.boolean(),
  at: isoTime,
})
export type ModelVerdict = z.infer<typeof modelVerdictSchema>

/** One time that a model was put in use. */
export const promotionSchema = z.object({
  model: z.string(),
  at: isoTime,
  /** null: by a version that did not ask. */
  reader: z.string().nullable(),
  reason: z.string().nullable(),
  /** null: it stands. */
  withdrawn: z
    .object({ at: isoTime, reader: z.string().nullable(), reason: z.string().nullable() })
    .nullable(),
})
export type Promotion = z.infer<typeof promotionSchema>

/** What a training would be made of and would take. */
export const trainingEstimateSchema = z.object({
  /** Images with a label. */
  images: count,
  boosters: z.int().positive(),
  /** Of the encodings that are missing; empty where everything is encoded. */
  encoders: z.array(
    z.object({
      encoder: encoderNameSchema,
      /** Images of which a descriptor is missing. */
      images: count,
      /**
       * What the network is to look at, in areas of crops of 400 x 400 px, the size that `app.doctor` measures:
       * a convolution takes as long as its picture is large.
       */
      crops400: z.number().nonnegative(),
    }),
  ),
  /** At most so much is written: the number that is asked of the disk before a training begins. */
  bytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
})
export type TrainingEstimate = z.infer<typeof trainingEstimateSchema>

/** What the screen of models asks beyond a model's report. */
export const modelReviewCalls = {
  /** The newest verdict of a model on each image of the workspace that has one. */
  'model.verdicts': {
    input: z.strictObject({ model: z.string() }),
    output: z.array(modelVerdictSchema),
  },
  /** Newest first. */
  'model.promotions': { input: z.strictObject({}), output: z.array(promotionSchema) },
  'model.estimate': {
    input: z.strictObject({ recipe: z.string(), changes: recipeChangesSchema.optional() }),
    output: trainingEstimateSchema,
  },
} as const
