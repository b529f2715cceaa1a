import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { choosePenalty, penaltyGrid } from '../../../../electron/engine/classifiers/choose-penalty.ts'
import { fitLogistic } from '../../../../electron/engine/classifiers/fit-logistic.ts'
import { LogisticRegression } from '../../../../electron/engine/classifiers/logistic-regression.ts'
import { logisticText } from '../../../../electron/engine/classifiers/logistic-text.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { draws, goldenRows, specialRows, type GoldenData } from './golden-rows.ts'

interface Golden {
  fits: (GoldenData & {
    name: string
    C: number
    coefficients: number[][]
    intercepts: number[]
    probabilities: number[][]
  })[]
  choices: { seed: number; shift: number; common: number; scores: [number, number][]; C: number }[]
}
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../references/classifiers/golden.json'), 'utf8'),
) as Golden

const pause = () => undefined
const report = () => undefined

/** The largest difference; NaN never passes. */
function largest(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  return expected.reduce((most, value, i) => {
    const difference = Math.abs(value - (actual[i] ?? NaN))
    return difference <= most ? most : difference
  }, 0)
}

describe('a fit', () => {
  it.each(golden.fits)('is that of scikit-learn: $name', async (reference) => {
    const { name, C, columns, classes, rows } = reference
    const data = specialRows(name, goldenRows(reference))
    const model = await fitLogistic(data, classes, C, pause)
    const difference = (a: number, b: number): number[] =>
      Array.from({ length: columns }, (_, j) => {
        return (model.weights[a * columns + j] ?? NaN) - (model.weights[b * columns + j] ?? NaN)
      })
    const weights = classes === 2 ? difference(1, 0) : model.weights
    const [first = NaN, second = NaN] = model.intercepts
    const intercepts = classes === 2 ? [second - first] : model.intercepts
    // lbfgs ends with a gradient of about 1e-6 at worst; the bounds are those of docs/pipeline.md, section 9.
    expect(largest(weights, reference.coefficients.flat())).toBeLessThan(1e-5)
    expect(largest(intercepts, reference.intercepts)).toBeLessThan(1e-5)
    const probabilities = new LogisticRegression(model).predict(data.values, rows)
    expect(largest(probabilities, reference.probabilities.flat())).toBeLessThan(1e-6)
    // The same rows give the same bits.
    expect(logisticText(await fitLogistic(data, classes, C, pause))).toBe(logisticText(model))
  })

  it('gives a class without a row a probability of 0, and a single class 1', async () => {
    const data = goldenRows({ seed: 8, rows: 20, columns: 5, classes: 2, shift: 0.3 })
    const without = { ...data, classes: data.classes.map((c) => 2 * c) }
    const three = new LogisticRegression(await fitLogistic(without, 3, 1, pause)).predict(data.values, 20)
    const two = new LogisticRegression(await fitLogistic(data, 2, 1, pause)).predict(data.values, 20)
    expect([...three].filter((_, i) => i % 3 === 1)).toEqual(new Array(20).fill(0))
    expect([...three].filter((_, i) => i % 3 !== 1)).toEqual([...two])
    const alone = await fitLogistic({ ...data, classes: data.classes.map(() => 1) }, 2, 1, pause)
    expect([...new LogisticRegression(alone).predict(data.values.subarray(0, 5), 1)]).toEqual([0, 1])
  })

  it('refuses rows of another length', async () => {
    const data = goldenRows({ seed: 8, rows: 20, columns: 5, classes: 2, shift: 0.3 })
    const fitted = new LogisticRegression(await fitLogistic(data, 2, 1, pause))
    expect(() => fitted.predict(data.values.subarray(1), 20)).toThrow(/99 values are not 20 rows of 5/)
  })
})

describe('the choice of C', () => {
  it.each(golden.choices)(
    'is that of scikit-learn by case: seed $seed',
    async ({ seed, shift, common, scores, C }) => {
      const base = goldenRows({ seed, rows: 90, columns: 40, classes: 3, shift })
      const classes = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3) % 3)
      const shared = draws(seed + 1000, 90)
      const values = base.values.map((value, i) => {
        const own = value + ((i % 40) % 3 === classes[Math.floor(i / 40)] ? shift : 0)
        return own + common * (shared[Math.floor(i / 40)] ?? 0)
      })
      const groups = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3))
      const choice = await choosePenalty({ ...base, values, classes, groups }, 3, { pause, report })
      expect(choice.penalty).toBe(C)
      const found = (choice.scores ?? []).flatMap((score) => [score.balancedAccuracy, score.logLoss])
      // The search ends with a gradient of a millionth of the first.
      expect(largest(found, scores.flat())).toBeLessThan(1e-5)
    },
  )

  it('is not misled by a mark of the case, which helps only where a case is on both sides', async () => {
    // Three images of each of 20 cases: a pattern of the case, and nothing about the class.
    const columns = 40
    const mark = (i: number): number => {
      const caseIndex = Math.floor(i / columns / 3)
      return (
        keyedGenerator('mark', caseIndex, i % columns).nextNormal() +
        0.05 * keyedGenerator('noise', i).nextNormal()
      )
    }
    const values = Float64Array.from({ length: 60 * columns }, (_, i) => mark(i))
    const classes = Array.from({ length: 60 }, (_, i) => Math.floor(i / 3) % 2)
    const rows = { values, rows: 60, columns, classes }
    const byCase = Array.from({ length: 60 }, (_, i) => Math.floor(i / 3))
    const byImage = Array.from({ length: 60 }, (_, i) => i)
    const honest = await choosePenalty({ ...rows, groups: byCase }, 2, { pause, report })
    const leaking = await choosePenalty({ ...rows, groups: byImage }, 2, { pause, report })
    const of = ({ scores }: typeof honest): readonly [accuracy: number, loss: number] => [
      Math.max(...(scores ?? []).map((score) => score.balancedAccuracy)),
      Math.min(...(scores ?? []).map((score) => score.logLoss)),
    ]
    // Guessing has a log loss of 0.693; with the case on both sides the mark names the class.
    expect(of(leaking)[0]).toBe(1)
    expect(of(leaking)[1]).toBeLessThan(0.2)
    // Of 20 cases, 0.5 and two standard errors.
    expect(of(honest)[0]).toBeLessThan(0.73)
    expect(of(honest)[1]).toBeGreaterThan(0.66)
  })

  it('falls back on one value where a class has a single case', async () => {
    const data = goldenRows({ seed: 9, rows: 12, columns: 5, classes: 2, shift: 0.3 })
    const groups = data.classes.map((c, i) => (c === 1 ? 100 : i))
    expect(await choosePenalty({ ...data, groups }, 2, { pause, report })).toEqual({
      penalty: 0.01,
      scores: null,
    })
    expect(penaltyGrid).toContain(0.01)
  })
})
