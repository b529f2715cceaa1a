import { z } from 'zod'
import {
  anyCaseName,
  anyModelName,
  count,
  fraction,
  id,
  imageIds,
  isoTime,
  nothing,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { evaluationReportSchema } from './evaluation.ts'
import { failureSchema } from './failure.ts'
import { tableValuesSchema } from './subgroups.ts'

/** How the images of a locked test set are chosen. */
export const testSetRuleSchema = z.discriminatedUnion('kind', [
  /** Every image of these cases, also those that are imported later. */
  z.strictObject({ kind: z.literal('cases'), cases: z.array(anyCaseName).min(1).max(100_000) }),
  /** A share of the cases with a label, drawn at random by class; the same seed draws the same cases. */
  z.strictObject({
    kind: z.literal('random'),
    share: z.number().min(0.01).max(0.9),
    seed: z.int().min(0).max(4_294_967_295).default(0),
  }),
  /** These images, and every other image of their cases. */
  z.strictObject({ kind: z.literal('images'), imageIds }),
  /**
   * Every image with this value in a column, such as the site: one that images have (contract/subgroups.ts), or that of a
   * table. A case must be on one side as a whole. The values of a table are not stored.
   */
  z.strictObject({
    kind: z.literal('column'),
    column: z.string().min(1).max(200),
    value: z.string().trim().min(1).max(1000),
    values: tableValuesSchema.nullable().default(null),
  }),
  /** Every image that is imported from now on, until the set is closed. */
  z.strictObject({ kind: z.literal('later') }),
])
export type TestSetRule = z.infer<typeof testSetRuleSchema>

const testSetName = z.string().trim().min(1).max(80)
const anyTestSetName = z.string().max(200)
/** Required here: locking, opening and releasing are decisions that others must be able to follow. */
const statedReason = z.string().trim().min(1).max(2000)

const interval = z.object({ low: z.number(), high: z.number() })

/** The figures of an opening in short; shares 0..1. */
const openedFigures = {
  accuracy: fraction,
  /** 95 %, by case (by image if no image has a case). */
  interval,
  over: z.enum(['case', 'image']),
  auc: fraction.nullable(),
  /** Out of fold, as the model's report promised it. */
  promised: z.object({ accuracy: fraction, interval }),
}

/** Images that an opening could not count, by reason. */
export const leftOutSchema = z.object({
  /** No label on which the readers agree. */
  unlabelled: count,
  /** They trained the model. */
  trained: count,
  /** Another image of their case trained the model. */
  sameCase: count,
  failed: count,
})

export const testSetOpeningSchema = z.object({
  id,
  testSet: z.string(),
  model: z.string(),
  at: isoTime,
  reader: z.string().nullable(),
  reason: z.string(),
  /** Which opening of this test set it was, from 1, whatever the model. */
  number: z.int().positive(),
  /** Which opening for this model it was, from 1. */
  numberForModel: z.int().positive(),
  images: count,
  cases: count,
  leftOut: leftOutSchema,
  ...openedFigures,
})
export type TestSetOpening = z.infer<typeof testSetOpeningSchema>

/** The prediction of one image of a test set, by all boosters of the model. */
export const testPredictionSchema = z.object({
  image: z.string(),
  sha256: z.string().length(64),
  caseName: z.string().nullable(),
  truth: z.string(),
  predicted: z.string(),
  carcinomaScore: fraction.nullable(),
  /** After temperature scaling. */
  probabilities: z.record(z.string(), fraction),
  /** At 90 %; null: the model has none. */
  predictionSet: z.array(z.string()).nullable(),
})
export type TestPrediction = z.infer<typeof testPredictionSchema>

/** What an opening found, as it is stored. */
export const openingContentSchema = z.object({
  leftOut: leftOutSchema,
  failures: z.array(failureSchema),
  /** Of calibrated probabilities; it has one fold, the test set. */
  evaluation: evaluationReportSchema,
  /** Of the accuracy, 95 %, by case; wide enough for few cases. */
  interval,
  /** How often the prediction set held the label; null: the model has no prediction sets. */
  predictionSets: z.object({ level: fraction, coverage: fraction }).nullable(),
  /** The model's threshold of the carcinoma score at that time. */
  operatingPoint: fraction,
  promised: openedFigures.promised,
  predictions: z.array(testPredictionSchema),
})
export type OpeningContent = z.infer<typeof openingContentSchema>

export const openingReportSchema = testSetOpeningSchema.extend(openingContentSchema.shape)
export type OpeningReport = z.infer<typeof openingReportSchema>

export const testSetViewSchema = z.object({
  id,
  name: z.string(),
  rule: z.object({
    kind: z.enum(['cases', 'random', 'images', 'column', 'later']),
    column: z.string().optional(),
    value: z.string().optional(),
    share: fraction.optional(),
    seed: count.optional(),
  }),
  lockedAt: isoTime,
  lockedBy: z.string().nullable(),
  reason: z.string(),
  /** Whether images that are imported now still join it. */
  isCollecting: z.boolean(),
  images: count,
  /** Removed images, such as of its cases, that are not part of it and cannot be restored while it is locked. */
  removed: count,
  /** With a label on which the readers agree. */
  labelled: count,
  cases: count,
  /** Images for which a model had suggested a class before they were locked. */
  suggestedBefore: count,
  /** Models that were trained on images of it, or of its cases; they cannot be tested on those. */
  trainedModels: z.array(z.object({ model: z.string(), images: count })),
  /** null: it is locked. Afterwards its images are like all others, and it can never be locked again. */
  released: z.object({ at: isoTime, reader: z.string().nullable(), reason: z.string() }).nullable(),
  /** Oldest first. */
  openings: z.array(testSetOpeningSchema),
})
export type TestSetView = z.infer<typeof testSetViewSchema>

/** The sentence about removed images beside a locked test set; null: it has none. */
export function removedFromTestSet({ removed }: Pick<TestSetView, 'removed'>): string | null {
  if (removed === 0) return null
  return removed === 1
    ? '1 removed image of its cases is not part of it, and cannot be restored while it is locked.'
    : `${removed} removed images of its cases are not part of it, and cannot be restored while it is locked.`
}

/** What a model's report has about locked test sets. */
export const modelTestSetSchema = z.object({
  name: z.string(),
  isReleased: z.boolean(),
  /** Of its images, those that trained the model or whose case did. */
  trainedImages: count,
  /** How often it was opened, for any model. */
  openedTimes: count,
  /** For how many different models. */
  openedForModels: count,
  /** Its openings for this model, oldest first. */
  openings: z.array(testSetOpeningSchema),
})
export type ModelTestSet = z.infer<typeof modelTestSetSchema>

const ofTestSet = z.strictObject({ testSet: anyTestSetName })

export const testSetCalls = {
  /** Newest first. */
  'testSet.list': call({
    input: nothing,
    output: z.array(testSetViewSchema),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Errors `test-set.exists`, `test-set.overlaps`, `test-set.nothing-to-lock`, `case.not-found`, `image.not-found`. */
  'testSet.lock': call({
    input: z.strictObject({ name: testSetName, rule: testSetRuleSchema, reason: statedReason }),
    output: testSetViewSchema,
    audit: ['test-set'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** Ends the collecting of a set of later images. Errors `test-set.not-found`, `test-set.not-collecting`. */
  'testSet.close': call({
    input: ofTestSet,
    output: testSetViewSchema,
    audit: ['test-set'],
    blinded: 'refused',
    role: 'administrator',
  }),
  /** For good. Errors `test-set.not-found`, `test-set.released`. */
  'testSet.release': call({
    input: ofTestSet.extend({ reason: statedReason }),
    output: testSetViewSchema,
    audit: ['test-set'],
    blinded: 'refused',
    role: 'administrator',
  }),
  /**
   * Tests a model on the set. A second opening for the same model needs `again`. Errors `test-set.not-found`,
   * `test-set.released`, `test-set.opened-before`, `test-set.nothing-to-open`, `model.*`.
   */
  'testSet.open': call({
    input: ofTestSet.extend({
      /** null: the one in use. */
      model: anyModelName.nullable(),
      reason: statedReason,
      again: z.boolean().default(false),
    }),
    output: started,
    audit: ['test-set'],
    blinded: 'refused',
    role: 'administrator',
  }),
  /** What an opening found. To look at it again is no opening. Errors `test-set.no-opening`. */
  'testSet.opening': call({
    input: z.strictObject({ openingId: id }),
    output: openingReportSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
}
