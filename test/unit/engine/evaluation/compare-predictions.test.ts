import { expect, it } from 'vitest'
import type { OutOfFoldPrediction } from '../../../../electron/contract/index.ts'
import { comparePredictions } from '../../../../electron/engine/evaluation/compare-predictions.ts'

const row = (sha256: string, truth: string, predicted: string): OutOfFoldPrediction => ({
  image: `${sha256}.png`,
  sha256,
  caseName: null,
  fold: 0,
  truth,
  predicted,
  carcinomaScore: null,
  probabilities: {},
})

it('lists the images that changed, the direction, and which were right', () => {
  const first = [
    row('a', 'X', 'X'),
    row('b', 'X', 'X'),
    row('c', 'X', 'Y'),
    row('d', 'X', 'Z'),
    row('e', 'X', 'X'),
  ]
  const second = [
    row('a', 'X', 'X'),
    row('b', 'X', 'Y'),
    row('c', 'X', 'X'),
    row('d', 'X', 'Y'),
    row('f', 'X', 'X'),
  ]
  const comparison = comparePredictions([...first, row('g', 'X', 'X')], [...second, row('g', 'Y', 'X')])
  expect(comparison).toMatchObject({
    images: 5,
    onlyInFirst: 1,
    onlyInSecond: 1,
    relabelled: 1,
    bothRight: 1,
    onlyFirstRight: 1,
    onlySecondRight: 1,
    bothWrong: 1,
  })
  expect(comparison.flips.map((flip) => [flip.sha256, flip.first, flip.second, flip.right])).toEqual([
    ['b', 'X', 'Y', 'first'],
    ['c', 'Y', 'X', 'second'],
    ['d', 'Z', 'Y', 'neither'],
  ])
  expect(comparePredictions([], [])).toMatchObject({ images: 0, flips: [] })
})

it('gives the difference in accuracy with an interval by case, and a paired test', () => {
  const rowOf = (i: number, right: boolean): OutOfFoldPrediction => ({
    ...row(String(i), 'X', right ? 'X' : 'Y'),
    caseName: `case ${i % 10}`,
  })
  const index = Array.from({ length: 60 }, (_, i) => i)
  const first = index.map((i) => rowOf(i, true))
  const second = index.map((i) => rowOf(i, i % 10 > 5))
  const worse = comparePredictions(first, second)
  expect(worse.difference?.value).toBeCloseTo(-0.6, 12)
  expect(worse.difference).toMatchObject({ cases: 10 })
  expect(worse.difference?.high).toBeLessThan(0)
  // By hand: none of 36 images speaks for the second.
  expect(worse.pValue).toBeCloseTo(2 * 2 ** -36, 18)
  // The reverse is the mirror image, apart from the seeded resamples, which are the same.
  const better = comparePredictions(second, first)
  expect(better.difference?.value).toBeCloseTo(0.6, 12)
  expect(better.difference?.low).toBeCloseTo(-(worse.difference?.high ?? NaN), 12)
  // Errors within one case are one patient's: nothing is known of others.
  const oneCase = comparePredictions(
    first.map((one) => ({ ...one, caseName: 'a' })),
    second.map((one) => ({ ...one, caseName: 'a' })),
  )
  expect(oneCase.difference).toBeNull()
  expect(comparePredictions([], []).difference).toBeNull()
})
