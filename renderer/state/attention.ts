import {
  knownLikeness,
  largerSpread,
  measuredSpread,
  type Likeness,
  type VerdictView,
} from '../../electron/contract/index.ts'

/** Likeness to the training images; null: not known. */
export const likenessOf = (details: VerdictView['details']): Likeness | null =>
  knownLikeness(details?.likeness)

/** The larger of the spreads over boosters and augmentations that enough members measured; null: neither. */
export const shownSpread = (verdict: Pick<VerdictView, 'details' | 'boosters'>): number | null =>
  largerSpread(measuredSpread(verdict))
