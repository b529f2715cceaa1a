import { headlineOf } from './headline.ts'
import type { ImageView } from './images.ts'
import { knownLikeness } from './likeness.ts'
import type { VerdictView } from './predictions.ts'
import type { QualityFlag } from './quality.ts'

/** Why a reader should look at an image before others: five parts from 0 to 1, and the priority that follows. */
export interface Attention {
  /**
   * The calibrated probability of the suggested class if it differs from the label and is at least `confidentFrom`; 0:
   * the image has no label, or the label is not contradicted with confidence.
   */
  contradiction: number
  /** 1 at the operating point, 0 from 0.25 away; without a two-class score, 1 minus the lead of the first class. */
  nearPoint: number
  /** The larger of the two spreads; 1 from 0.2 on. */
  spread: number
  /** 1: no training image is as unlike the others as this one; 0: one in five is, or likeness is not known. */
  unlike: number
  /** Half for each flag except those of likeness and of an unknown pixel size, at most 1. */
  flags: number
  /** 0 to 5: with a contradiction 4 plus its probability, else the sum of the other parts. */
  total: number
}

/**
 * Calibrated probability from which a suggested class contradicts the label: if the model is calibrated, such labels are
 * wrong four times in five or more. Below, the other parts say whether to look again.
 */
export const confidentFrom = 0.8
/** The most that the other parts add up to. */
const maxOfOthers = 4
/** Distance from the operating point at which a score no longer counts as near. */
const farScore = 0.25
/** A spread (standard deviation of a probability) that counts in full. */
const largeSpread = 0.2
/** The p-value of likeness from which an image counts as ordinary. */
const ordinaryShare = 0.2
/** Likeness has a part of its own, and an unknown pixel size mostly concerns all images of a workspace. */
const notCounted: readonly QualityFlag['code'][] = ['unlike-training', 'pixel-size-unknown']
/** Used if a model has no operating point of its own. */
const balancedPoint = 0.5

/**
 * The rule behind "worst first"; the guide states it for readers. Confident contradictions of a label come before all
 * else, the most probable first: each is a label to correct or an error of the model that looks certain. A suggestion on
 * a training image is made by classifiers that were not trained on it, so it can contradict its label too.
 *
 * That labels which a model contradicts with confidence are often wrong: Northcutt, Jiang and Chuang, "Confident
 * Learning: Estimating Uncertainty in Dataset Labels", JAIR 70 (2021). The threshold here is fixed, not one for each
 * class.
 * @returns null: no model has suggested a class, or it is hidden from a blind reader
 */
export function attentionOf({ label, verdict }: Pick<ImageView, 'label' | 'verdict'>): Attention | null {
  if (verdict === null) return null
  const { probability } = headlineOf(verdict)
  const differs = label !== null && label.className !== verdict.suggested
  const contradiction = differs && probability >= confidentFrom ? probability : 0
  const parts = { nearPoint: nearPointOf(verdict), ...doubtsOf(verdict) }
  const others = parts.nearPoint + parts.spread + parts.unlike + parts.flags
  return { contradiction, ...parts, total: contradiction > 0 ? maxOfOthers + contradiction : others }
}

/** All images by priority; equal ones, and at the end those without a suggested class, in the given order. */
export const worstFirst = (
  images: readonly ImageView[],
): { image: ImageView; attention: Attention | null }[] =>
  images
    .map((image) => ({ image, attention: attentionOf(image) }))
    .toSorted((a, b) => (b.attention?.total ?? -1) - (a.attention?.total ?? -1))

function nearPointOf({ carcinomaScore, probabilities, details }: VerdictView): number {
  if (carcinomaScore === null) return 1 - leadOf(Object.values(probabilities))
  const point = details?.operatingPoint?.threshold ?? balancedPoint
  return Math.max(0, 1 - Math.abs(carcinomaScore - point) / farScore)
}

function doubtsOf({ details, flags }: VerdictView): Pick<Attention, 'spread' | 'unlike' | 'flags'> {
  const likeness = knownLikeness(details?.likeness)
  return {
    spread: Math.min(1, (largerSpread(details?.spread ?? null) ?? 0) / largeSpread),
    unlike: likeness === null ? 0 : Math.max(0, 1 - likeness.pValue / ordinaryShare),
    flags: Math.min(1, flags.filter(({ code }) => !notCounted.includes(code)).length / 2),
  }
}

/** The larger of the spreads over boosters and augmentations that are known; null: neither. */
export function largerSpread(
  spread: { boosters: number | null; augmentations: number | null } | null,
): number | null {
  if (spread === null || spread.boosters === null) return spread?.augmentations ?? null
  return spread.augmentations === null ? spread.boosters : Math.max(spread.boosters, spread.augmentations)
}

/** How much the largest probability exceeds the second. */
function leadOf(probabilities: readonly number[]): number {
  const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a)
  return first - second
}
