import type { VerdictView } from '../../electron/contract/index.ts'

/**
 * Why a reader should look at an image before others: three parts from 0 to 1, and their sum. Likeness to the training
 * images is no part of it, since no verdict carries a number for it.
 */
export interface Attention {
  /** 1 at the operating point, 0 from 0.25 away; without a two-class score, 1 minus the lead of the first class. */
  nearPoint: number
  /** The larger of the two spreads; 1 from 0.2 on. */
  spread: number
  /** Half for each quality flag, at most 1. */
  flags: number
  total: number
}

/** How far from the operating point a score is no longer near. */
const farScore = 0.25
/** A spread (standard deviation of a probability) that is as bad as can be. */
const largeSpread = 0.2
/** Where a model keeps no operating point of its own. */
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
  const flagged = Math.min(1, flags.length / 2)
  return { nearPoint, spread, flags: flagged, total: nearPoint + spread + flagged }
}

/** The larger of the spreads of boosters and stains; null where neither is known. */
export function spreadOf(details: VerdictView['details']): number | null {
  const { boosters = null, augmentations = null } = details?.spread ?? {}
  if (boosters === null) return augmentations
  return augmentations === null ? boosters : Math.max(boosters, augmentations)
}

/** How far the largest probability is before the second. */
function leadOf(probabilities: readonly number[]): number {
  const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a)
  return first - second
}
