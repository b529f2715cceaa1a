import { shownProbabilities } from './headline.ts'
import type { ImageView } from './images.ts'
import { isUnlike, knownLikeness } from './likeness.ts'
import type { VerdictView } from './predictions.ts'

/** An image that waits for a label, at its place in the order. */
export interface NextImage {
  imageId: number
  /** From 1. */
  rank: number
  /** How many images of its case have a label or a place before it; an image without a case is a case of its own. */
  before: number
  /** 0 to 1; null: no model has suggested a class for it. */
  uncertainty: number | null
}

/**
 * What to label next: the images without a label, in the order in which their labels are likely to help the next training
 * most. Uncertain and diverse, by case:
 *
 * 1. In rounds: first one image of each case that has no label yet, then the second of each, and so on. Labelled images of
 *    a case count, since another image of the same patient tells less than the first of a new one.
 * 2. In a round, the most uncertain first: the entropy of the calibrated probabilities, as a share of the largest
 *    possible. An image that is unlike the training images counts as wholly uncertain, whatever its probabilities are.
 *    Images without a suggestion come last in their round.
 * 3. Equal ones in the order of their content hashes, so that the order does not depend on the import.
 *
 * Left out: labelled images, images whose readers disagree or are unsure, and locked test sets.
 *
 * Uncertainty sampling by entropy: Settles, "Active Learning Literature Survey" (2009), section 3.1. That a batch must
 * not hold many alike: section 6.1; here the case takes the place of a distance between images.
 */
export function labelNext(images: readonly ImageView[]): NextImage[] {
  const groupOf = ({ caseName, sha256 }: ImageView): string =>
    caseName === null ? `image ${sha256}` : `case ${caseName}`
  const labelled = new Map<string, number>()
  for (const image of images) {
    if (image.label !== null) labelled.set(groupOf(image), (labelled.get(groupOf(image)) ?? 0) + 1)
  }
  const waiting = images
    .filter(({ label, readings, testSet }) => label === null && readings.all.length === 0 && !testSet)
    .map((image) => ({ image, uncertainty: image.verdict === null ? null : uncertaintyOf(image.verdict) }))
    .toSorted(moreUncertain)
  const placed = new Map(labelled)
  return waiting
    .map((one) => {
      const group = groupOf(one.image)
      const before = placed.get(group) ?? 0
      placed.set(group, before + 1)
      return { ...one, before }
    })
    .toSorted((a, b) => a.before - b.before || moreUncertain(a, b))
    .map(({ image, before, uncertainty }, index) => ({
      imageId: image.id,
      rank: index + 1,
      before,
      uncertainty,
    }))
}

interface Waiting {
  image: ImageView
  uncertainty: number | null
}

const moreUncertain = (a: Waiting, b: Waiting): number =>
  (b.uncertainty ?? -1) - (a.uncertainty ?? -1) || (a.image.sha256 < b.image.sha256 ? -1 : 1)

/** 0: the model is certain; 1: it could be any class, or the image is unlike the training images. */
function uncertaintyOf(verdict: VerdictView): number {
  const likeness = knownLikeness(verdict.details?.likeness)
  if (likeness !== null && isUnlike(likeness)) return 1
  const probabilities = Object.values(shownProbabilities(verdict))
  if (probabilities.length < 2) return 0
  const entropy = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)
  return entropy / Math.log(probabilities.length)
}
