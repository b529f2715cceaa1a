import { expect, it } from 'vitest'
import {
  conformalSets,
  minimumProbabilities,
  predictionSet,
} from '../../../../electron/engine/evaluation/conformal.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { normalQuantile } from '../../../../electron/engine/random/normal.ts'

const repetitions = 2000

/** Images of two classes, the second harder than the first, with a probability of each that is not calibrated. */
function simulation(seed: number): { draw: (label: number) => number[] } {
  const generator = keyedGenerator('conformal-coverage', seed)
  const normal = (): number => normalQuantile((generator.nextInteger(2 ** 30) + 0.5) / 2 ** 30)
  return {
    draw: (label) => {
      const logit = label === 0 ? 2 + normal() : -0.5 + 3 * normal()
      const first = 1 / (1 + Math.exp(-3 * logit))
      return [first, 1 - first]
    },
  }
}

/**
 * The coverage of a new image of class `label`, by sets whose minimum was set on `own` images of that class. For exchangeable
 * images it is exactly ceil((n + 1) level) / (n + 1), and 1 where there are too few images for that rank.
 */
function coverageOfNew(own: number, label: number, level: number): number {
  const { draw } = simulation(own)
  let covered = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const truth = [...Array.from({ length: own }, () => label), 1 - label]
    const minimum = minimumProbabilities(truth.map(draw), truth, 2, level)
    if (predictionSet(draw(label), minimum).includes(label)) covered++
  }
  return covered / repetitions
}

it.each([
  [5, 1],
  [9, 0.9],
  [10, 10 / 11],
  [19, 0.9],
  [30, 28 / 31],
])('sets at 90 %% set on %i images of a class hold a new image of it at the exact rate', (own, expected) => {
  // A share of 2 000 leaves its expectation by 3.9 standard errors once in 10 000 runs.
  const allowed = 3.9 * Math.sqrt((expected * (1 - expected)) / repetitions)
  for (const label of [0, 1])
    expect(Math.abs(coverageOfNew(own, label, 0.9) - expected)).toBeLessThanOrEqual(allowed)
})

it('a worked case: the ninth of nine probabilities is the minimum at 90 %', () => {
  const rows = [0.9, 0.8, 0.7, 0.95, 0.6, 0.5, 0.85, 0.75, 0.65].map((p) => [p, 1 - p])
  const minimum = minimumProbabilities(
    rows,
    rows.map(() => 0),
    2,
    0.9,
  )
  expect(minimum).toEqual([0.5, 0])
  expect(predictionSet([0.5, 0.5], minimum)).toEqual([0, 1])
  expect(predictionSet([0.4, 0.6], minimum)).toEqual([1])
})

it('the coverage that a report states, fold by fold, is that of new images of each class', () => {
  const { draw } = simulation(0)
  const images = 60
  const folds = Array.from({ length: images }, (_, image) => image % 5)
  const truth = Array.from({ length: images }, (_, image) => Number(image % 3 === 0))
  const stated = [0, 0]
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { coveragePerClass } = conformalSets(truth.map(draw), truth, folds, 2, 0.9)
    for (const label of [0, 1])
      stated[label] = (stated[label] ?? 0) + (coveragePerClass[label] ?? 0) / repetitions
  }
  // 40 and 20 images of a class in 5 folds: 32 and 16 calibrate each fold. Their ranks are 30 of 33 and 16 of 17.
  const expected = [30 / 33, 16 / 17]
  for (const label of [0, 1]) {
    const share = expected[label] ?? 0
    // Images of a repetition share their minimum, so its share scatters by more than that of as many single images, but
    // never by more than one image a repetition would.
    const allowed = 3.9 * Math.sqrt((share * (1 - share)) / repetitions)
    expect(Math.abs((stated[label] ?? 0) - share)).toBeLessThanOrEqual(allowed)
  }
})
