import { z } from 'zod'
import {
  anyModelName,
  anyRecipeName,
  count,
  done,
  filePath,
  fraction,
  id,
  isoTime,
  modelName,
  nothing,
  reason,
  replace,
  started,
} from './atoms.ts'
import { accuracyInUseSchema } from './accuracy-in-use.ts'
import { call } from './call.ts'
import { encodingWorkSchema } from './descriptors.ts'
import { encoderComparisonSchema } from './encoder-comparison.ts'
import { weightsSourceSchema } from './encoders.ts'
import { externalNameSchema } from './external-descriptors.ts'
import { modelComparisonSchema } from './model-comparison.ts'
import { modelReportSchema } from './model-report.ts'
import { encoderNamesSchema } from './encoder-names.ts'
import { classifierChoiceSchema, recipeSchema } from './recipe.ts'
import { recipeChangesSchema } from './recipe-changes.ts'
import { subgroupsSchema, tableValuesSchema } from './subgroups.ts'

export const modelViewSchema = z.object({
  id,
  name: z.string(),
  recipe: recipeSchema,
  recipeFingerprint: z.string(),
  weights: weightsSourceSchema,
  classes: z.array(z.string()),
  boosters: z.int().positive(),
  images: z.int().positive(),
  /** Labelled regions that it was trained on here; absent or 0: none. */
  regions: count.optional(),
  cases: z.int().nonnegative(),
  /** How the folds were grouped; `image` if no image has a case. */
  groupedBy: z.enum(['case', 'image']),
  /** Images without a case; each is a group of its own. */
  imagesWithoutCase: z.int().nonnegative(),
  /** Out-of-fold accuracy over all images. */
  accuracy: fraction,
  folds: z.array(fraction),
  synthetic: z.boolean(),
  /** Only a promotion puts it in use; false: trained by a version that put the newest model in use. */
  needsPromotion: z.boolean(),
  /** It was trained in another workspace. */
  isImported: z.boolean().optional(),
  /** Used when no model is named. */
  inUse: z.boolean().optional(),
  /** No one has decided on it: it is newer than the last promotion, and not in use. */
  isCandidate: z.boolean().optional(),
  /** 95 % interval of the accuracy, from resampled cases (images if there are none); null: the model has no report. */
  accuracyInterval: z
    .object({ low: z.number(), high: z.number(), over: z.enum(['case', 'image']) })
    .nullable()
    .optional(),
  /** Whether its out-of-fold figures show it to be better than guessing (`GuessingTest`); null: the model has no report. */
  isBetterThanGuessing: z.boolean().nullable().optional(),
  durationMs: z.number().nonnegative(),
  createdAt: isoTime,
})
export type ModelView = z.infer<typeof modelViewSchema>

/** One promotion of a model. */
export const promotionSchema = z.object({
  model: z.string(),
  at: isoTime,
  /** null: promoted by a version that did not record it. */
  reader: z.string().nullable(),
  reason: z.string().nullable(),
  /** null: it was not undone. */
  withdrawn: z
    .object({ at: isoTime, reader: z.string().nullable(), reason: z.string().nullable() })
    .nullable(),
})
export type Promotion = z.infer<typeof promotionSchema>

/** Estimate of a training, before it starts. */
export const trainingEstimateSchema = z.object({
  /** Images with a label. */
  images: count,
  /** Training fields of labelled regions; 0 unless they are used. */
  fields: count,
  boosters: z.int().positive(),
  /** The missing encodings; empty if everything is encoded. */
  encoders: z.array(encodingWorkSchema),
  /** Maximum of bytes that are written: the disk space that is required before a training starts. */
  bytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
})
export type TrainingEstimate = z.infer<typeof trainingEstimateSchema>

/** The labelled regions that a training could use, cut into fields by a recipe. */
export const trainingFieldsSchema = z.object({
  /** In the order of images and classes. */
  counts: z.array(
    z.object({ imageId: id, className: z.string(), regions: z.int().positive(), fields: z.int().positive() }),
  ),
  /** Labelled slides with labelled regions, also such that give no field: their own label, which is that of the whole slide, is then not used. */
  imageIds: z.array(id),
  leftOut: z.object({
    /** Regions without a field: nothing is half inside, or other regions cover their fields. */
    regions: count,
    /** Labelled regions of slides without a pixel size. */
    withoutPixelSize: count,
  }),
})
export type TrainingFields = z.infer<typeof trainingFieldsSchema>

/** The model in use afterwards; null: none. */
const inUse = z.object({ inUse: z.string().nullable() })

export const modelCalls = {
  'model.list': call({
    input: nothing,
    output: z.array(modelViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  'model.train': call({
    input: z.strictObject({
      name: modelName,
      recipe: anyRecipeName,
      /** Changes to the recipe. */
      changes: recipeChangesSchema.optional(),
      /** A set of external descriptors to use instead of Lobule's own. */
      descriptors: externalNameSchema.nullable().default(null),
      /** Left out: by case if any labelled image has one; then `image` must be asked for explicitly. */
      groupBy: z.enum(['case', 'image']).optional(),
      /** Whether labelled regions are used as training fields. */
      regions: z.boolean().default(false),
      /**
       * Left out, `if-first`: the model goes into use by itself only if none is in use and it is better than guessing.
       */
      use: z.enum(['if-first', 'always']).optional(),
    }),
    output: started,
    audit: ['training', 'promotion'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** The time and disk space that a training would need. */
  'model.estimate': call({
    input: z.strictObject({
      recipe: anyRecipeName,
      changes: recipeChangesSchema.optional(),
      regions: z.boolean().default(false),
    }),
    output: trainingEstimateSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** The training fields of labelled regions, by image and class. */
  'model.trainingFields': call({
    input: z.strictObject({ recipe: anyRecipeName, changes: recipeChangesSchema.optional() }),
    output: trainingFieldsSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** How accuracy grows with the training cases; the report of the model has the result (`model.report`). */
  'model.learningCurve': call({
    input: z.strictObject({
      /** null: the one in use. */
      model: anyModelName.nullable(),
      repeats: z.int().min(1).max(50).default(3),
    }),
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  /** Encoders and classifiers on the labelled cases; `model.encoderComparison` has the result. No model comes of it. */
  'model.compareEncoders': call({
    input: z.strictObject({
      recipe: anyRecipeName.default('starter'),
      /** As of a training; folds left out: as many as the rarest class allows. */
      changes: recipeChangesSchema.omit({ encoders: true, classifier: true }).optional(),
      /** null: all that are installed. */
      encoders: encoderNamesSchema.nullable().default(null),
      classifiers: z
        .array(classifierChoiceSchema)
        .min(1)
        .max(classifierChoiceSchema.options.length)
        .default([...classifierChoiceSchema.options]),
      /** As of a training. */
      groupBy: z.enum(['case', 'image']).optional(),
    }),
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  /** The newest comparison; null: none was made. */
  'model.encoderComparison': call({
    input: nothing,
    output: z.object({ at: isoTime, comparison: encoderComparisonSchema }).nullable(),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** The newest comparison as one HTML page, JSON or CSV, by the extension of the path. */
  'model.writeEncoderComparison': call({
    input: z.strictObject({ path: filePath, replace }),
    output: z.object({ path: z.string() }),
    audit: ['report'],
    blinded: 'refused',
    role: 'technician',
  }),
  'model.report': call({
    input: z.strictObject({ model: anyModelName.nullable() }),
    output: modelReportSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Suggestions compared with labels that were given after them; null: of every model, newest first. */
  'model.accuracyInUse': call({
    input: z.strictObject({ model: anyModelName.nullable() }),
    output: z.array(accuracyInUseSchema),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** One HTML page, JSON or CSV, by the extension of the path; null: of the model in use. */
  'model.writeReport': call({
    input: z.strictObject({ model: anyModelName.nullable(), path: filePath, replace }),
    output: z.object({ path: z.string() }),
    audit: ['report'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** Out-of-fold accuracy by a column. */
  'model.subgroups': call({
    input: z.strictObject({
      model: anyModelName.nullable(),
      /** One of `subgroupColumns`; with `values`, the name of the table's column. */
      column: z.string().min(1).max(200),
      /** Of a table: by file name or case. */
      values: tableValuesSchema.nullable().default(null),
    }),
    output: subgroupsSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  'model.compare': call({
    input: z.strictObject({ first: anyModelName, second: anyModelName }),
    output: modelComparisonSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Puts a model in use until another one is promoted. */
  'model.promote': call({
    input: z.strictObject({ model: anyModelName, reason }),
    output: inUse,
    audit: ['promotion'],
    blinded: 'open',
    role: 'pathologist',
  }),
  /** Undoes the last promotion. */
  'model.rollback': call({
    input: z.strictObject({ reason }),
    output: inUse,
    audit: ['rollback'],
    blinded: 'open',
    role: 'pathologist',
  }),
  /** Gives a model another name. Errors `model.exists`, `job.busy`: jobs name their model. */
  'model.rename': call({
    input: z.strictObject({ model: anyModelName, name: modelName, reason }),
    output: z.object({ name: z.string() }),
    audit: ['model-change'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /**
   * Removes a model, or restores a removed one. Its suggestions are shown no more; nothing is deleted. Restoring puts no
   * model in use: promotions that would are withdrawn. Errors `model.in-use`, `job.busy`.
   */
  'model.setRemoved': call({
    input: z.strictObject({ model: anyModelName, isRemoved: z.boolean(), reason }),
    output: z.object({
      name: z.string(),
      /** Images with a suggestion of it. */
      images: count,
    }),
    audit: ['model-change', 'rollback', 'promotion'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** Removed models, the one that was removed last first. */
  'model.listRemoved': call({
    input: nothing,
    output: z.array(z.object({ name: z.string(), at: isoTime })),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Newest first. */
  'model.promotions': call({
    input: nothing,
    output: z.array(promotionSchema),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** On the carcinoma score: an image at or above it counts as carcinoma. */
  'model.setOperatingPoint': call({
    input: z.strictObject({ model: anyModelName, threshold: fraction }),
    output: done,
    audit: ['operating-point'],
    blinded: 'open',
    role: 'pathologist',
  }),
}
