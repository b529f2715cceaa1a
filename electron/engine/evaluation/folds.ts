import { at, zip } from '../../base/arrays.ts'
import { AppError } from '../../contract/index.ts'
import { keyedGenerator } from '../random/index.ts'

export interface FoldOptions {
  nSplits: number
  /** Seed of the shuffle; null: no shuffle, rows keep their order. */
  randomState: number | null
}

/**
 * Assigns each row to the fold that holds it out, 0 to nSplits - 1. Every class is spread over the folds as evenly as
 * possible.
 *
 * Source: scikit-learn `StratifiedKFold`, the same assignment without shuffle. Deviations: the shuffle draws
 * from our own generator, so that folds are the same on every machine; too few members are an error,
 * not a warning.
 * @param classes the class of each row, 0..k-1
 * @throws AppError `training.too-few-cases` if a class that has rows has fewer than folds
 */
export function stratifiedKFold(
  classes: readonly number[],
  classNames: readonly string[],
  { nSplits, randomState }: FoldOptions,
): number[] {
  requireMembers(classes, classNames, nSplits, (index) => index)
  // scikit-learn numbers classes in order of appearance and distributes the rows of each class over the folds.
  const appearance = [...new Set(classes)]
  const encoded = classes.map((c) => appearance.indexOf(c))
  const dealt = encoded.toSorted((a, b) => a - b)
  const generator = keyedGenerator('stratified-k-fold', randomState ?? 0)
  const folds = new Array<number>(classes.length).fill(0)
  appearance.forEach((_, k) => {
    const share: number[] = []
    for (let fold = 0; fold < nSplits; fold++) {
      for (let i = fold; i < dealt.length; i += nSplits) if (dealt[i] === k) share.push(fold)
    }
    const order = randomState === null ? share : generator.shuffle(share)
    let next = 0
    encoded.forEach((c, row) => {
      if (c === k) folds[row] = at(order, next++)
    })
  })
  return folds
}

/**
 * Assigns each row to a fold so that all rows of a group (a case) are in the same fold, and classes are spread as
 * evenly as the groups allow.
 *
 * Source: scikit-learn `StratifiedGroupKFold`, the same assignment without shuffle. Groups are taken in descending
 * order of the standard deviation of their class counts. Each goes to the fold that minimises the standard deviation of
 * the class shares; ties go to the smaller fold. Deviations: as in `stratifiedKFold`.
 * @param groups the group of each row, any number
 * @throws AppError `training.too-few-cases` if a class that has rows has fewer groups than folds
 */
export function stratifiedGroupKFold(
  classes: readonly number[],
  groups: readonly number[],
  classNames: readonly string[],
  { nSplits, randomState }: FoldOptions,
): number[] {
  requireMembers(classes, classNames, nSplits, (index) => at(groups, index))
  const classCount = classNames.length
  const totals = new Float64Array(classCount)
  for (const c of classes) totals[c] = at(totals, c) + 1

  const uniqueGroups = [...new Set(groups)].toSorted((a, b) => a - b)
  const counts = new Map(uniqueGroups.map((group) => [group, new Float64Array(classCount)]))
  for (const [c, group] of zip(classes, groups)) {
    const count = counts.get(group)
    if (count !== undefined) count[c] = at(count, c) + 1
  }
  const order =
    randomState === null
      ? uniqueGroups
      : keyedGenerator('stratified-group-k-fold', randomState).shuffle(uniqueGroups)
  // Array.prototype.sort is stable, as scikit-learn's mergesort is.
  const queue = order
    .map((group) => ({ group, count: counts.get(group) ?? new Float64Array(classCount) }))
    .toSorted((a, b) => populationStd(b.count) - populationStd(a.count))

  const filled = Array.from({ length: nSplits }, () => new Float64Array(classCount))
  const foldOf = new Map<number, number>()
  for (const { group, count } of queue) {
    const fold = bestFold(filled, count, totals)
    filled[fold] = add(count, at(filled, fold))
    foldOf.set(group, fold)
  }
  return groups.map((group) => foldOf.get(group) ?? 0)
}

/** scikit-learn's `_find_best_fold`, in the same order of arithmetic, so that ties are the same. */
function bestFold(filled: readonly Float64Array[], count: Float64Array, totals: Float64Array): number {
  let best = 0
  let bestSpread = Infinity
  let bestSize = Infinity
  filled.forEach((current, fold) => {
    const trial = filled.map((counts, i) => (i === fold ? add(counts, count) : counts))
    const spreads = Array.from(totals, (total, c) =>
      populationStd(trial.map((counts) => at(counts, c) / total)),
    )
    const spread = sum(spreads) / totals.length
    const size = sum(current)
    const isClose = Math.abs(spread - bestSpread) <= 1e-8 + 1e-5 * Math.abs(bestSpread)
    if (spread < bestSpread || (isClose && size < bestSize)) {
      best = fold
      bestSpread = spread
      bestSize = size
    }
  })
  return best
}

/** @param memberOf what counts as one member of a class: the row itself or its group */
function requireMembers(
  classes: readonly number[],
  classNames: readonly string[],
  nSplits: number,
  memberOf: (row: number) => number,
): void {
  classNames.forEach((className, c) => {
    const members = new Set(classes.flatMap((rowClass, row) => (rowClass === c ? [memberOf(row)] : [])))
    if (members.size > 0 && members.size < nSplits) {
      throw new AppError('training.too-few-cases', { className, cases: members.size, folds: nSplits })
    }
  })
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

const add = (a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> =>
  Float64Array.from(b, (value, i) => value + at(a, i))

/** The standard deviation with divisor n. */
export function populationStd(values: ArrayLike<number>): number {
  const list = Array.from(values)
  const mean = sum(list) / list.length
  return Math.sqrt(sum(list.map((value) => (value - mean) * (value - mean))) / list.length)
}
