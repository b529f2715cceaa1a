import { z } from 'zod'
import { fraction, sha256 } from './atoms.ts'

const count = z.int().positive()

/** Where the p-value is at or below this an image is flagged `unlike-training`; docs/likeness.md says what that costs. */
export const unlikeLevel = 0.05

/**
 * How like the images that trained a model an image is (engine/prediction/likeness.ts, docs/likeness.md). It says nothing of
 * the image's class, nor of whether the suggested one is right.
 */
export const likenessSchema = z.object({
  /**
   * Share of images, itself counted, that lie as far from the others or further: 1 / (images + 1) to 1. Of images drawn as
   * the training images were, at most a share a has one of a or less.
   */
  pValue: fraction,
  /** To its nearest training images, 0 (alike) to 2; comparable within one model only. */
  distance: z.number().nonnegative(),
  /** Training images that it is ranked among, itself not counted. */
  images: count,
})
export type Likeness = z.infer<typeof likenessSchema>

/** Why it cannot be said: the model keeps nothing to measure it by, or too few augmentations were asked for. */
export const unknownLikenessSchema = z.object({
  unknown: z.enum(['no-reference', 'too-few-augmentations']),
})

export const verdictLikenessSchema = z.union([likenessSchema, unknownLikenessSchema])
export type VerdictLikeness = z.infer<typeof verdictLikenessSchema>

/** Of an image that trained the model, its own case left out. */
export const trainedLikenessSchema = z.object({
  pValue: fraction,
  /** To the nearest training images of other cases, ascending; one for each neighbour that counts. */
  distances: z.array(z.number().nonnegative()).min(1),
})
export type TrainedLikeness = z.infer<typeof trainedLikenessSchema>

/** What a model keeps to measure likeness by; the vectors themselves lie in a file of that hash. */
export const likenessReferenceSchema = z.object({
  /** Which of the nearest images counts, from 1. */
  neighbours: count,
  /** How many augmentations of an image are averaged, the first ones. */
  augmentations: count,
  /** Length of an image's vector. */
  columns: count,
  sha256,
})
export type LikenessReference = z.infer<typeof likenessReferenceSchema>

/** The number of a verdict; null where it cannot be said. */
export const knownLikeness = (likeness: VerdictLikeness | undefined): Likeness | null =>
  likeness === undefined || 'unknown' in likeness ? null : likeness

export const isUnlike = ({ pValue }: Pick<Likeness, 'pValue'>): boolean => pValue <= unlikeLevel

/** How many of the images that it is ranked among lie as far from the others as it does, or further. */
export const asFar = ({ pValue, images }: Likeness): number => Math.round(pValue * (images + 1)) - 1

/** With fewer training images no image can be told to be unlike them: the smallest p-value is 1 / (images + 1). */
export const fewestForUnlike = Math.ceil(1 / unlikeLevel) - 1
