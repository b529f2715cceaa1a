import { at, zip } from '../../base/arrays.ts'
import type { Conformal } from '../../contract/index.ts'

/**
 * For each class, the minimum probability at which it enters a prediction set. The n rows of that class each have a
 * probability of their true class; the minimum is the value that at least the requested share of them reaches. In the
 * usual terms: the nonconformity score is 1 - p, and its ceil((n + 1) level)-th smallest value counts. A class with too
 * few rows for that rank has the minimum 0: it is in every set.
 *
 * Source: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World" (2005), section 4.5
 * (class-conditional, or Mondrian); the finite-sample rank as in Angelopoulos and Bates, "A gentle
 * introduction to conformal prediction" (2021), section 1 and 2.3. The coverage holds for each class, not only on
 * average over classes.
 * @param level requested coverage, such as 0.9
 */
export function minimumProbabilities(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  classCount: number,
  level: number,
): number[] {
  return Array.from({ length: classCount }, (_, c) => {
    const own = zip(probabilities, truth)
      .filter(([, label]) => label === c)
      .map(([row]) => at(row, c))
    const descending = own.sort((a, b) => b - a)
    // Rounding may put the product slightly above a whole number (10 x 0.9 must be 9).
    const rank = Math.ceil((own.length + 1) * level - 1e-9)
    return rank > own.length ? 0 : at(descending, rank - 1)
  })
}

/** The classes, in order, whose probability reaches their minimum; possibly none or all. */
export const predictionSet = (probabilities: ArrayLike<number>, minimum: readonly number[]): number[] =>
  minimum.flatMap((least, c) => (at(probabilities, c) >= least ? [c] : []))

/**
 * Prediction sets with each fold calibrated on the other folds, and how often they contain the true class.
 *
 * The folds were predicted by different boosters, so calibration rows and held-out rows are only approximately
 * exchangeable (cross-conformal prediction: Vovk 2015). The guarantee is approximate, so the coverage is measured.
 * @param folds the fold of each row, at least two different ones
 */
export function conformalSets(
  probabilities: readonly ArrayLike<number>[],
  truth: readonly number[],
  folds: readonly number[],
  classCount: number,
  level: number,
): Conformal {
  const rows = zip(probabilities, truth, folds).map(([row, label, fold]) => ({ row, label, fold }))
  const minimumOfFold = new Map(
    [...new Set(folds)].map((heldOut) => {
      const others = rows.filter(({ fold }) => fold !== heldOut)
      const minimum = minimumProbabilities(
        others.map(({ row }) => row),
        others.map(({ label }) => label),
        classCount,
        level,
      )
      return [heldOut, minimum] as const
    }),
  )
  const covered = new Array<number>(classCount).fill(0)
  const rowsOfClass = new Array<number>(classCount).fill(0)
  const setSizes = new Array<number>(classCount + 1).fill(0)
  for (const { row, label, fold } of rows) {
    const set = predictionSet(row, minimumOfFold.get(fold) ?? [])
    rowsOfClass[label] = at(rowsOfClass, label) + 1
    setSizes[set.length] = at(setSizes, set.length) + 1
    if (set.includes(label)) covered[label] = at(covered, label) + 1
  }
  return {
    level,
    coverage: covered.reduce((sum, n) => sum + n, 0) / probabilities.length,
    coveragePerClass: zip(covered, rowsOfClass).map(([n, all]) => (all === 0 ? null : n / all)),
    setSizes,
    minimumProbabilities: minimumProbabilities(probabilities, truth, classCount, level),
  }
}
