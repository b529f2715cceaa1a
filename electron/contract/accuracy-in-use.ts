import { z } from 'zod'
import { count, fraction, isoTime } from './atoms.ts'

/** Labels from which accuracy in use is shown; a share of fewer images says little. */
export const minLabelsInUse = 20

/** A share of images with its 95 % interval by case; null where there are too few images or cases. */
const shareInUseSchema = z.object({
  images: count,
  cases: count,
  right: count,
  share: fraction.nullable(),
  interval: z.object({ low: fraction, high: fraction }).nullable(),
})
export type ShareInUse = z.infer<typeof shareInUseSchema>

/**
 * How often the suggestions of a model agreed with labels that were given after them, on images that it was not trained
 * on (docs/models.md, Accuracy in use).
 */
export const accuracyInUseSchema = z.object({
  model: z.string(),
  /** Time of the first of these labels; null: there is none. */
  since: isoTime.nullable(),
  /** `blind` and `seen` together. */
  all: shareInUseSchema,
  /** Against the first label that was given blind: before any suggestion was shown. */
  blind: shareInUseSchema,
  /** Against the label of images without one given blind. Its readers could see the suggestion. */
  seen: shareInUseSchema,
  /** How often the prediction set contained the label, of the images with a set; null: no image has one. */
  sets: z.object({ level: fraction, ...shareInUseSchema.shape }).nullable(),
  /** By the week of the label, oldest first; weeks begin on Monday, UTC. */
  weeks: z.array(z.object({ monday: z.iso.date(), ...shareInUseSchema.shape })),
  /** Out-of-fold accuracy of the model, with its 95 % interval by case; null: it has no report. */
  promised: z.object({ accuracy: fraction, low: fraction, high: fraction }).nullable(),
  /** The interval of `all`, or of `blind`, is wholly below that of `promised`. */
  isBroken: z.boolean(),
  /** The interval of `sets` is wholly below their level. */
  areSetsBroken: z.boolean(),
  /** Images with a suggestion before the first label that are not counted. */
  leftOut: z.object({
    /** Their label was imported: when and how it was made is not known. */
    imported: count,
    /** Their readers disagree, without an adjudication. */
    disputed: count,
    /** They were removed from the workspace; of `removed`, `removedWrong` had a suggestion that differed from the label. */
    removed: count,
    removedWrong: count,
  }),
})
export type AccuracyInUse = z.infer<typeof accuracyInUseSchema>

/** Labels that are missing until accuracy in use is shown; 0: it is shown. */
export const labelsMissing = ({ all }: Pick<AccuracyInUse, 'all'>): number =>
  Math.max(0, minLabelsInUse - all.images)
