import type { VerdictView } from './predictions.ts'

/** What a person reads first of a prediction. */
export interface Headline {
  /** Of the suggested class, 0..1: calibrated; the raw output where the model has no calibration. */
  probability: number
  /**
   * The suggested class and the other classes of the prediction set, most probable first. More than one: the image may
   * belong to any of them, so the suggestion is undecided.
   */
  classes: string[]
}

/** The probabilities that people are shown: calibrated, or raw where the model has no calibration. */
export const shownProbabilities = ({
  probabilities,
  details,
}: Pick<VerdictView, 'probabilities' | 'details'>): Record<string, number> =>
  details?.calibrated ?? probabilities

/**
 * The same, in the order of the scheme: a record has names that are whole numbers first, so a renamed class would move.
 * @param classes names in display order; others come after them
 */
export function listedProbabilities(
  verdict: Pick<VerdictView, 'probabilities' | 'details'>,
  classes: readonly string[],
): [name: string, probability: number][] {
  const places = new Map(classes.map((name, index) => [name, index]))
  const placeOf = ([name]: [string, number]): number => places.get(name) ?? classes.length
  return Object.entries(shownProbabilities(verdict)).toSorted((a, b) => placeOf(a) - placeOf(b))
}

export function headlineOf(verdict: Pick<VerdictView, 'suggested' | 'probabilities' | 'details'>): Headline {
  const { suggested, details } = verdict
  const shown = shownProbabilities(verdict)
  const others = (details?.predictionSet.classes ?? []).filter((name) => name !== suggested)
  return {
    probability: shown[suggested] ?? 0,
    classes: [suggested, ...others.toSorted((a, b) => (shown[b] ?? 0) - (shown[a] ?? 0))],
  }
}

/**
 * Members from which a spread (standard deviation) is shown. The standard deviation of 2 or 3 numbers that happen to be
 * close would read as certainty: in 1 of 40 cases it is less than a sixth of the truth with 3 members, and a third of
 * it with 5 (chi distribution with 2 and 4 degrees of freedom).
 */
export const minSpreadMembers = 5

/** The spreads of a prediction that were measured on enough members; null otherwise. */
export const measuredSpread = ({
  details,
  boosters,
}: Pick<VerdictView, 'details' | 'boosters'>): { boosters: number | null; augmentations: number | null } => ({
  boosters: boosters < minSpreadMembers ? null : (details?.spread.boosters ?? null),
  augmentations:
    details === null || details.augmentations < minSpreadMembers ? null : details.spread.augmentations,
})
