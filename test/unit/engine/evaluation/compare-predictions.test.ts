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
