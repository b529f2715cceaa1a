import { at } from '../../base/arrays.ts'
import { keyedGenerator } from '../random/index.ts'

/** Up to so many cases all sign patterns are taken, else random ones. */
const exactCases = 13
const draws = 4999
/** Sums of the same numbers in another order differ by less. */
const tolerance = 1e-9

/**
 * How surely the accuracy of each of several models differs from that of the best, all pairs of models considered at
 * once: p-values that are adjusted for their number, and for the best having been chosen by the same data.
 *
 * If two models do not differ, each case was as likely to favour the one as the other, so the sign of a case's difference is
 * chance. The signs of whole cases are flipped, for all pairs together, so that what models have in common stays. The
 * p-value of a pair is the share of patterns in which the largest studentised difference of any pair is at least as large as
 * the pair's own. With n cases the smallest p-value is 2 / 2^n.
 *
 * Westfall and Young, "Resampling-Based Multiple Testing" (1993), section 2.6 (single-step maxT); Cameron, Gelbach and
 * Miller, "Bootstrap-Based Improvements for Inference with Clustered Errors" (2008), for signs by cluster.
 * @param right for each model, 1 for each image that it had right, else 0
 * @param caseOfRow the case of each image, 0..caseCount-1
 * @param best index of the model that the others are compared with
 * @returns one p-value for each model; that of the best is 1
 */
export function adjustedPValues(
  right: readonly (readonly number[])[],
  caseOfRow: readonly number[],
  caseCount: number,
  best: number,
): number[] {
  const byCase = right.map((values) => {
    const sums = new Float64Array(caseCount)
    values.forEach((value, row) => {
      const index = at(caseOfRow, row)
      sums[index] = (sums[index] ?? 0) + value
    })
    return sums
  })
  const pairs = byCase.flatMap((first, i) =>
    byCase.slice(i + 1).flatMap((second, offset) => {
      let squares = 0
      first.forEach((value, index) => (squares += (value - (second[index] ?? 0)) ** 2))
      return squares === 0 ? [] : [{ i, j: i + 1 + offset, spread: Math.sqrt(squares) }]
    }),
  )
  const sums = new Float64Array(right.length)
  const differenceOf = ({ i, j, spread }: (typeof pairs)[number]): number =>
    Math.abs((sums[i] ?? 0) - (sums[j] ?? 0)) / spread
  const largestWith = (signs: readonly number[]): number => {
    byCase.forEach((values, model) => {
      let sum = 0
      for (let index = 0; index < caseCount; index++) sum += (signs[index] ?? 1) * (values[index] ?? 0)
      sums[model] = sum
    })
    return pairs.reduce((largest, pair) => Math.max(largest, differenceOf(pair)), 0)
  }
  largestWith([])
  const observed = new Map(
    pairs
      .filter(({ i, j }) => i === best || j === best)
      .map((pair) => [pair.i === best ? pair.j : pair.i, differenceOf(pair)]),
  )
  const reached = right.map(() => 0)
  const patterns = signPatterns(caseCount)
  for (const signs of patterns) {
    const largest = largestWith(signs)
    for (const [model, own] of observed) {
      if (largest >= own - tolerance) reached[model] = at(reached, model) + 1
    }
  }
  return reached.map((times, model) => (observed.has(model) ? times / patterns.length : 1))
}

/** Signs of the cases. The first pattern is the data's own; a pattern and its opposite are the same to a two-sided test. */
function signPatterns(caseCount: number): number[][] {
  if (caseCount <= exactCases) {
    return Array.from({ length: 2 ** Math.max(0, caseCount - 1) }, (_p, pattern) =>
      Array.from({ length: caseCount }, (_s, index) => ((pattern >> index) & 1 ? -1 : 1)),
    )
  }
  const generator = keyedGenerator('compare-many', 0)
  const own = Array.from({ length: caseCount }, () => 1)
  return [own, ...Array.from({ length: draws }, () => own.map(() => 2 * generator.nextInteger(2) - 1))]
}
