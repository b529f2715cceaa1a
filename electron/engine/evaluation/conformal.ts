import type { Conformal } from '../../contract/index.ts'

/**
 * For each class, the probability that it needs to be in a prediction set: of the n probabilities that rows
 * of that class gave their truth, the one such that at least the asked share reaches it. In the usual words:
 * nonconformity 1 - p, and its ceil((n + 1) level)-th smallest value. A class with too few rows for that rank
 * needs 0: it is in every set.
 *
 * Source: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World" (2005), section 4.5
 * (class-conditional, or Mondrian); the finite-sample rank as in Angelopoulos and Bates, "A gentle
 * introduction to conformal prediction" (2021), section 1 and 2.3. It promises the level for each class, not
 * only on average over classes.
 * @param level asked coverage, such as 0.9
 */
export function minimumProbabilities(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  classCount: number,
  level: number,
): number[] {
  return Array.from({ length: classCount }, (_, c) => {
    const own = probabilities.filter((_row, i) => truth[i] === c).map((row) => row[c] ?? 0)
    const descending = own.sort((a, b) => b - a)
    // The product may round to just above a whole number (10 x 0.9 must be 9).
    const rank = Math.ceil((own.length + 1) * level - 1e-9)
    return rank > own.length ? 0 : (descending[rank - 1] ?? 0)
  })
}

/** The classes, in order, whose probability is at least what they need; may be none or all. */
export const predictionSet = (probabilities: ArrayLike<number>, minimum: readonly number[]): number[] =>
  minimum.flatMap((needed, c) => ((probabilities[c] ?? 0) >= needed ? [c] : []))

/**
 * Prediction sets with each fold calibrated on the others, and how often they hold the truth.
 *
 * The folds were predicted by different boosters, so that calibration rows and held-out rows are only nearly
 * exchangeable (cross-conformal prediction: Vovk 2015): the promise is approximate, which is why the coverage
 * is measured.
 * @param folds fold of each row, at least two different ones
 */
export function conformalSets(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  folds: readonly number[],
  classCount: number,
  level: number,
): Conformal {
  const pick = <T>(list: readonly T[], keep: (fold: number) => boolean): T[] =>
    list.filter((_, i) => keep(folds[i] ?? 0))
  const needed = new Map(
    [...new Set(folds)].map((held) => {
      const isOther = (fold: number): boolean => fold !== held
      const others = pick(probabilities, isOther)
      return [held, minimumProbabilities(others, pick(truth, isOther), classCount, level)] as const
    }),
  )
  const covered = new Array<number>(classCount).fill(0)
  const rows = new Array<number>(classCount).fill(0)
  const setSizes = new Array<number>(classCount + 1).fill(0)
  probabilities.forEach((row, i) => {
    const own = truth[i] ?? 0
    const set = predictionSet(row, needed.get(folds[i] ?? 0) ?? [])
    rows[own] = (rows[own] ?? 0) + 1
    setSizes[set.length] = (setSizes[set.length] ?? 0) + 1
    if (set.includes(own)) covered[own] = (covered[own] ?? 0) + 1
  })
  return {
    level,
    coverage: covered.reduce((sum, n) => sum + n, 0) / probabilities.length,
    coveragePerClass: covered.map((n, c) => (rows[c] === 0 ? null : n / (rows[c] ?? 1))),
    setSizes,
    minimumProbabilities: minimumProbabilities(probabilities, truth, classCount, level),
  }
}
