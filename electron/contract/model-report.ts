import { z } from 'zod'
import { count, fraction, percentage } from './atoms.ts'
import { evaluationReportSchema } from './evaluation.ts'
import { modelLeaksSchema } from './leaks.ts'
import { learningCurveSchema } from './learning-curve.ts'
import { likenessReferenceSchema, trainedLikenessSchema } from './likeness.ts'
import { encoderNameSchema } from './encoder-names.ts'
import { recipeSchema } from './recipe.ts'
import { weightsSourceSchema } from './encoders.ts'
import { slideThresholdSchema } from './slide-threshold.ts'
import { modelTestSetSchema } from './test-sets.ts'
import { researchUseSentence } from './research-use.ts'

/** What a model is intended for, and what not. */
export const intendedUseSentence =
  'Intended use: research on breast tissue stained with hematoxylin and eosin, by people who judge every suggested class themselves. Figures hold for images like those of the training set, and for no others.'

const foldAccuracies = {
  /** Accuracy of each fold, percent. */
  perFold: z.array(percentage),
  /** Mean of `perFold`, percent. */
  mean: percentage,
  /** Population standard deviation of `perFold`, percentage points. */
  std: z.number().nonnegative(),
}

/** The paper's Table 1 for this data: one row per encoder and crop set, the fusion last. */
export const fusionTableSchema = z.object({
  rows: z.array(
    z.object({
      encoder: encoderNameSchema,
      sizePx: z.int().positive(),
      scale: z.number().positive(),
      ...foldAccuracies,
    }),
  ),
  fusion: z.object(foldAccuracies),
})
export type FusionTable = z.infer<typeof fusionTableSchema>

/** The out-of-fold prediction of one training image, or of a labelled region: the mean over its training fields. */
export const outOfFoldPredictionSchema = z.object({
  image: z.string(),
  sha256: z.string().length(64),
  caseName: z.string().nullable(),
  fold: z.int().nonnegative(),
  truth: z.string(),
  predicted: z.string(),
  carcinomaScore: fraction.nullable(),
  probabilities: z.record(z.string(), fraction),
  /** How similar it is to the other training images; absent if the model has no `likeness`. */
  likeness: trainedLikenessSchema.optional(),
  /** The region that was labelled; absent: the image as a whole. */
  region: z.object({ uuid: z.uuid(), fields: z.int().positive() }).optional(),
})
export type OutOfFoldPrediction = z.infer<typeof outOfFoldPredictionSchema>

/** What counts as one case: an image's case or, where it has none, the image itself; with its regions in any event. */
export const caseKeyOf = ({ caseName, sha256 }: Pick<OutOfFoldPrediction, 'caseName' | 'sha256'>): string =>
  caseName === null ? `image ${sha256}` : `case ${caseName}`

/** The part of a model's report that is stored when it is trained. */
export const trainingReportSchema = z.object({
  warnings: z.array(z.string()),
  table: fusionTableSchema,
  evaluation: evaluationReportSchema,
  predictions: z.array(outOfFoldPredictionSchema),
  /** Absent: trained by a version without likeness, or on too few images of different cases. */
  likeness: likenessReferenceSchema.optional(),
})
export type TrainingReport = z.infer<typeof trainingReportSchema>

/** Whether a model is better than guessing; shares 0..1. */
export const guessingTestSchema = z.object({
  /** Groups that were resampled: cases, and each image without a case. */
  cases: count,
  /** Share of the largest class: the accuracy of always guessing it. */
  largestShare: fraction,
  accuracy: fraction,
  /** Lower end of its 95 % interval by case. */
  accuracyLow: fraction,
  /** Of the carcinoma score; null without positive and negative classes. */
  auc: fraction.nullable(),
  aucLow: fraction.nullable(),
  /** `accuracyLow` is above `largestShare`, or `aucLow` above 0.5. */
  isBetter: z.boolean(),
})
export type GuessingTest = z.infer<typeof guessingTestSchema>

/** What follows from the figures of a report, whatever version stored it. */
export const derivedFiguresSchema = z.object({
  guessing: guessingTestSchema,
  /** Mean sensitivity of the classes. */
  balancedAccuracy: fraction,
  /** Matthews correlation coefficient, -1..1. */
  mcc: z.number(),
  /** Of the carcinoma score; null without both outcomes, or if the score separates them. */
  recalibration: z.object({ intercept: z.number(), slope: z.number() }).nullable(),
  /** Net benefit per image of acting on a carcinoma score of at least `threshold`, and of acting on all. */
  decisionCurve: z.array(z.object({ threshold: fraction, model: z.number(), all: z.number() })),
})
export type DerivedFigures = z.infer<typeof derivedFiguresSchema>

export const modelReportSchema = trainingReportSchema.extend({
  model: z.string(),
  /** Accuracy, how the folds were grouped, and what limits the figures. */
  headline: z.string(),
  derived: derivedFiguresSchema,
  /** What may have let it see its test images, as far as it can be found now; absent in files of earlier versions. */
  leaks: modelLeaksSchema.optional(),
  intendedUse: z.literal(intendedUseSentence),
  researchUse: z.literal(researchUseSentence),
  trainedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  recipe: recipeSchema,
  recipeFingerprint: z.string(),
  weights: weightsSourceSchema,
  encoderFingerprints: z.record(z.string(), z.string()),
  /** Versions of the software that computed it. */
  software: z.record(z.string(), z.string()),
  boosters: z.int().positive(),
  images: z.int().positive(),
  cases: z.int().nonnegative(),
  imagesWithoutCase: z.int().nonnegative(),
  groupedBy: z.enum(['case', 'image']),
  synthetic: z.boolean(),
  /** Threshold of the carcinoma score, as chosen for this model. */
  operatingPoint: fraction,
  /** Of the share of carcinoma in slides; null: none was learned; absent in files of earlier versions. */
  slideThreshold: slideThresholdSchema.nullable().optional(),
  /** Locked test sets that were opened for it, or whose images trained it. */
  testSets: z.array(modelTestSetSchema),
  /** The newest one; null: none was measured. */
  learningCurve: learningCurveSchema.nullable(),
})
export type ModelReport = z.infer<typeof modelReportSchema>

/**
 * The report in a model package. What follows from its figures is computed again where it is read, and test sets and
 * learning curves stay in their workspace.
 */
export const packagedReportSchema = modelReportSchema.omit({
  derived: true,
  leaks: true,
  testSets: true,
  learningCurve: true,
})
export type PackagedReport = z.infer<typeof packagedReportSchema>
