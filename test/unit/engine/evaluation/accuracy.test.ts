import { carcinomaScore } from '../../../../electron/contract/index.ts'
import { expect, it } from 'vitest'
import { argmax, outOfFoldAccuracy } from '../../../../electron/engine/evaluation/accuracy.ts'

it('takes the first of equal probabilities, as NumPy does', () => {
  expect(argmax([0.2, 0.4, 0.4])).toBe(1)
})

it('counts by hand', () => {
  const rows = [
    { fold: 0, truth: 0, probabilities: [0.9, 0.1] },
    { fold: 0, truth: 1, probabilities: [0.6, 0.4] },
    { fold: 1, truth: 1, probabilities: [0.3, 0.7] },
  ]
  expect(outOfFoldAccuracy(rows, 2)).toEqual({ accuracy: 2 / 3, folds: [0.5, 1] })
})

it('scores carcinoma by the largest of each kind', () => {
  const positive = [false, false, true, true]
  // c = 0.3, n = 0.4
  expect(carcinomaScore([0.4, 0.1, 0.2, 0.3], positive)).toBeCloseTo(0.3 / 0.7, 15)
  expect(carcinomaScore([0, 0, 0, 0], positive)).toBe(0.5)
  expect(carcinomaScore([0.5, 0.5], [false, false])).toBeNull()
})
