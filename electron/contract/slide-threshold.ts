import { z } from 'zod'
import { anyModelName, count, fraction, id, isoTime, sha256 } from './atoms.ts'
import { call } from './call.ts'

/**
 * Minimum number of cases with carcinoma, and of cases without. If all ten are right, the 95 % Wilson interval still begins at
 * 0.72; with five it would begin at 0.57, hardly above guessing.
 */
export const minThresholdCases = 10

const group = z.object({ slides: count, cases: count })

/** Labelled slides that a threshold can be learned on, and those that were analysed by the model and cannot be used. */
export const thresholdSlidesSchema = z.object({
  /** With carcinoma, by the label of the slide. A case can have slides of both kinds. */
  positive: group,
  negative: group,
  /** Analysed slides that are not used; each counts once, for the first of these reasons. */
  leftOut: z.object({
    /** In a locked test set. */
    locked: count,
    /** Without a label on which readers agree. */
    unlabelled: count,
    withoutCase: count,
    /** Analysed by an earlier version, whose areas may have been counted otherwise. Absent in thresholds that such versions learned. */
    older: count.optional(),
    /** The classifiers that predicted it were trained on images of its case. */
    trained: count,
  }),
})
export type ThresholdSlides = z.infer<typeof thresholdSlidesSchema>

/** "Not used: 2 without a case." Empty if every analysed slide is used. */
export function leftOutSlides({
  locked,
  unlabelled,
  withoutCase,
  older = 0,
  trained,
}: ThresholdSlides['leftOut']): string {
  const parts = [
    [locked, 'in a locked test set'],
    [unlabelled, 'without a label on which readers agree'],
    [withoutCase, 'without a case'],
    [older, 'analysed by an earlier version of Lobule, to be analysed again'],
    [trained, 'predicted by classifiers that were trained on images of the same case'],
  ] as const
  const found = parts.flatMap(([slides, why]) => (slides === 0 ? [] : [`${slides} ${why}`]))
  return found.length === 0 ? '' : `Analysed slides that are not used: ${found.join(', ')}.`
}

/** A share of slides, with its 95 % interval. */
const share = z.object({ value: fraction, low: fraction, high: fraction })

/** A threshold of the share of carcinoma in the tissue of a slide, learned on labelled slides. */
export const slideThresholdSchema = thresholdSlidesSchema.extend({
  id,
  modelName: z.string(),
  /**
   * A slide is on the side of carcinoma if the share of its analysed tissue at places with a suggested class that counts as
   * carcinoma is at least this.
   */
  threshold: z.number().positive().max(1),
  slides: count,
  cases: count,
  /** Each case judged by a threshold that was learned on the other cases. */
  outOfFold: z.object({
    truePositives: count,
    falseNegatives: count,
    trueNegatives: count,
    falsePositives: count,
    /**
     * Of slides. The Wilson intervals count as many observations as there are cases with such slides: slides of a case
     * are correlated.
     */
    sensitivity: share,
    specificity: share,
  }),
  /**
   * Of the analyses that it was learned on (slideAlgorithm); null: versions made them that did not record it. Absent in thresholds that
   * earlier versions learned (`thresholdAlgorithm`).
   */
  algorithm: z.int().positive().nullable().optional(),
  /** True if a slide that it was learned on is synthetic. */
  synthetic: z.boolean(),
  /** Of the canonical JSON of all that it was learned from: image, case, label, share and map of each slide. */
  inputsSha256: sha256,
  at: isoTime,
})
export type SlideThreshold = z.infer<typeof slideThresholdSchema>

/** The algorithm of the analyses that a threshold was learned on; the versions that counted `older` slides knew 3 only. */
export const thresholdAlgorithm = ({
  algorithm,
  leftOut,
}: Pick<SlideThreshold, 'algorithm' | 'leftOut'>): number | null =>
  algorithm === undefined ? (leftOut.older === undefined ? null : 3) : algorithm

/** The suggested class of a slide as a whole: carcinoma or not. */
export const slideSuggestionSchema = z.object({
  /** null: none is suggested, for the reason in `whyNone`. */
  isPositive: z.boolean().nullable(),
  /**
   * `case-seen`: the classifiers that predicted the slide were trained on images of its case; `other-algorithm`: the areas of the slide were
   * counted otherwise than those that the threshold was learned on, or one of the two is not known.
   */
  whyNone: z.enum(['case-seen', 'other-algorithm']).nullable(),
  /** Of the analysed tissue, at places with a suggested class that counts as carcinoma. */
  share: fraction,
  /** The one that decided: for a slide of a case that the threshold was learned on here, the one that the other cases give. */
  threshold: fraction,
  isOutOfFold: z.boolean(),
  /** The threshold came with its model, without the cases that it was learned on: the slide may be of one of them. */
  isPackaged: z.boolean(),
  learned: slideThresholdSchema,
})
export type SlideSuggestion = z.infer<typeof slideSuggestionSchema>

const ofModel = z.strictObject({
  /** null: the model in use. */
  model: anyModelName.nullable().default(null),
})

/** "12.0 %" or the like, of a share. */
type Percent = (share: number) => string

export const slideClassName = (isPositive: boolean): string => (isPositive ? 'carcinoma' : 'no carcinoma')

/** What is suggested for a slide, and why. */
export function suggestionSentence(
  { isPositive, whyNone, share: own, threshold, isOutOfFold, isPackaged }: SlideSuggestion,
  percent: Percent,
): string {
  const how = isOutOfFold
    ? ', learned without the slides of this case'
    : isPackaged
      ? ', which came with the model and may have been learned on slides of this case'
      : ''
  if (whyNone === 'other-algorithm')
    return 'No class is suggested for the slide: its areas and those that the threshold was learned on were counted by versions of Lobule that differ or are not known. Analyse the slides again, and learn the threshold again.'
  if (isPositive === null)
    return 'No class is suggested for the slide: the classifiers that predicted it were trained on images of its case.'
  return `Suggested for the slide: ${slideClassName(isPositive)}. ${percent(own)} of the analysed tissue is at places with a suggested carcinoma class; the threshold is ${percent(threshold)}${how}.`
}

/** How good a threshold was on cases that it was not learned on. */
export function outOfFoldSentence({ outOfFold, synthetic }: SlideThreshold, percent: Percent): string {
  const { truePositives, falseNegatives, trueNegatives, falsePositives, sensitivity, specificity } = outOfFold
  const figures = ({ value, low, high }: typeof sensitivity): string =>
    `${percent(value)}, 95 % interval ${percent(low)} to ${percent(high)}`
  return `With one case left out at a time, ${truePositives} of ${truePositives + falseNegatives} slides with carcinoma were found (sensitivity ${figures(sensitivity)}), and ${trueNegatives} of ${trueNegatives + falsePositives} slides without carcinoma were recognised as such (specificity ${figures(specificity)}).${synthetic ? ' Some of these slides are SYNTHETIC: the figures say nothing about real tissue.' : ''}`
}

/** A class of slides as a whole, where a threshold was learned on slides. */
export const slideThresholdCalls = {
  /** The threshold of a model, and the slides that one could be learned on now. Errors `model.*`. */
  'slide.threshold': call({
    input: ofModel,
    output: thresholdSlidesSchema.extend({
      modelName: z.string(),
      /** null: none was learned. */
      learned: slideThresholdSchema.nullable(),
    }),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /**
   * Learns the threshold of a model again from the labels of slides that it analysed, and keeps it. Errors `model.*`,
   * `slide.threshold-two-classes`, `slide.threshold-too-few`, `slide.threshold-inseparable`.
   */
  'slide.calibrate': call({
    input: ofModel,
    output: slideThresholdSchema,
    audit: ['slide-threshold'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}
