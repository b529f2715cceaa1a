import {
  knownLikeness,
  measuredSpread,
  type Likeness,
  type VerdictView,
} from '../../electron/contract/index.ts'

/** Why a reader should look at an image before others: four parts from 0 to 1, and their sum. */
export interface Attention {
  /** 1 at the operating point, 0 from 0.25 away; without a two-class score, 1 minus the lead of the first class. */
  nearPoint: number
  /** The larger of the two spreads; 1 from 0.2 on. */
  spread: number
  /** 1: no training image is as unlike the others as this one; 0: one in five is, or likeness is not known. */
  unlike: number
  /** Half for each flag except that of likeness, at most 1. */
  flags: number
  total: number
}

/** Distance from the operating point at which a score no longer counts as near. */
const farScore = 0.25
/** A spread (standard deviation of a probability) that counts in full. */
const largeSpread = 0.2
/** The p-value of likeness from which an image counts as ordinary. */
const ordinaryShare = 0.2
/** Used if a model has no operating point of its own. */
const balancedPoint = 0.5

/** The rule behind "worst first"; the guide states it for readers. */
export function attentionOf({ carcinomaScore, probabilities, details, flags }: VerdictView): Attention {
  const nearPoint =
    carcinomaScore === null
      ? 1 - leadOf(Object.values(probabilities))
      : Math.max(
          0,
          1 - Math.abs(carcinomaScore - (details?.operatingPoint?.threshold ?? balancedPoint)) / farScore,
        )
  const spread = Math.min(1, (spreadOf(details) ?? 0) / largeSpread)
  const likeness = likenessOf(details)
  const unlike = likeness === null ? 0 : Math.max(0, 1 - likeness.pValue / ordinaryShare)
  const flagged = Math.min(1, flags.filter(({ code }) => code !== 'unlike-training').length / 2)
  return { nearPoint, spread, unlike, flags: flagged, total: nearPoint + spread + unlike + flagged }
}

/** Likeness to the training images; null: not known. */
export const likenessOf = (details: VerdictView['details']): Likeness | null =>
  knownLikeness(details?.likeness)

/** The larger of the spreads over boosters and augmentations that enough members measured; null: neither. */
export const shownSpread = (verdict: Pick<VerdictView, 'details' | 'boosters'>): number | null =>
  larger(measuredSpread(verdict))

/** As `shownSpread`, of any number of members. */
const spreadOf = (details: VerdictView['details']): number | null =>
  larger(details?.spread ?? { boosters: null, augmentations: null })

function larger({ boosters, augmentations }: NonNullable<VerdictView['details']>['spread']): number | null {
  if (boosters === null) return augmentations
  return augmentations === null ? boosters : Math.max(boosters, augmentations)
}

/** How much the largest probability exceeds the second. */
function leadOf(probabilities: readonly number[]): number {
  const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a)
  return first - second
}
