import { z } from 'zod'
import { fraction, sha256 } from './atoms.ts'

const count = z.int().positive()

/** An image with a p-value at or below this is flagged `unlike-training`; docs/likeness.md gives the false alarm rate. */
export const unlikeLevel = 0.05

/**
 * How similar an image is to the training images of a model (engine/prediction/likeness.ts, docs/likeness.md). It is no
 * statement about the image's class, or about whether the suggested class is correct.
 */
export const likenessSchema = z.object({
  /**
   * Share of images, itself included, that are at least as far from the others: 1 / (images + 1) to 1. Of images drawn as
   * the training images were, at most a share a has a p-value of a or less.
   */
  pValue: fraction,
  /** To its nearest training images, 0 (alike) to 2; comparable within one model only. */
  distance: z.number().nonnegative(),
  /** Training images that it is ranked among, itself not included. */
  images: count,
})
export type Likeness = z.infer<typeof likenessSchema>

/**
 * Why likeness is unknown: the model has no reference data, it was trained on regions of the image but not on the whole, or too few
 * augmentations were used.
 */
export const unknownLikenessSchema = z.object({
  unknown: z.enum(['no-reference', 'only-regions', 'too-few-augmentations']),
})

export const verdictLikenessSchema = z.union([likenessSchema, unknownLikenessSchema])
export type VerdictLikeness = z.infer<typeof verdictLikenessSchema>

/** Likeness of a training image to those of other cases. */
export const trainedLikenessSchema = z.object({
  pValue: fraction,
  /** To the nearest training images of other cases, ascending; one for each neighbour that is used. */
  distances: z.array(z.number().nonnegative()).min(1),
})
export type TrainedLikeness = z.infer<typeof trainedLikenessSchema>

/** The reference data of a model for likeness. The vectors are in a file with this hash. */
export const likenessReferenceSchema = z.object({
  /** Rank of the nearest image that is used, from 1. */
  neighbours: count,
  /** How many augmentations of an image are averaged, the first ones. */
  augmentations: count,
  /** Length of an image's vector. */
  columns: count,
  sha256,
})
export type LikenessReference = z.infer<typeof likenessReferenceSchema>

/** The likeness of a prediction; null if it is unknown. */
export const knownLikeness = (likeness: VerdictLikeness | undefined): Likeness | null =>
  likeness === undefined || 'unknown' in likeness ? null : likeness

export const isUnlike = ({ pValue }: Pick<Likeness, 'pValue'>): boolean => pValue <= unlikeLevel

/** How many of the images that it is ranked among are at least as far from the others as it is. */
export const asFar = ({ pValue, images }: Likeness): number => Math.round(pValue * (images + 1)) - 1

/** With fewer training images no image can be flagged: the smallest possible p-value is 1 / (images + 1). */
export const minImagesForUnlike = Math.ceil(1 / unlikeLevel) - 1
