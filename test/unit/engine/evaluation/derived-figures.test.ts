import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  balancedAccuracy,
  decisionCurve,
  matthewsCorrelation,
  recalibration,
} from '../../../../electron/engine/evaluation/derived-figures.ts'
import { mcNemar } from '../../../../electron/engine/evaluation/mcnemar.ts'
import { studentQuantile, widenForFewCases } from '../../../../electron/engine/evaluation/student.ts'

interface Golden {
  classes: { confusion: number[][]; balancedAccuracy: number; mcc: number }[]
  scores: {
    scores: number[]
    isPositive: boolean[]
    intercept: number
    slope: number
    decisionCurve: { threshold: number; model: number; all: number }[]
  }[]
  mcNemar: { onlyFirst: number; onlySecond: number; pValue: number }[]
  student: { degrees: number; quantile: number }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../references/evaluation/derived.json', import.meta.url), 'utf8'),
) as Golden

/** 1e-9, absolute or relative, whichever is larger: the references sum and iterate in other orders. */
const expectClose = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))

it('balanced accuracy and Matthews correlation are those of scikit-learn', () => {
  for (const { confusion, ...expected } of golden.classes) {
    expectClose(balancedAccuracy(confusion), expected.balancedAccuracy)
    expectClose(matthewsCorrelation(confusion), expected.mcc)
  }
})

it('always choosing the largest class has the balanced accuracy of guessing, and no correlation', () => {
  const always = [
    [90, 0],
    [10, 0],
  ]
  expect(balancedAccuracy(always)).toBe(0.5)
  expect(matthewsCorrelation(always)).toBe(0)
  // By hand: recalls 3/4 and 1/2; (3*1 - 1*1) / sqrt(4*2*4*2) = 2/8.
  const mixed = [
    [3, 1],
    [1, 1],
  ]
  expect(balancedAccuracy(mixed)).toBe(0.625)
  expect(matthewsCorrelation(mixed)).toBe(0.25)
})

it('slope and intercept of the recalibration are those of statsmodels', () => {
  for (const { scores, isPositive, intercept, slope } of golden.scores) {
    const found = recalibration(scores, isPositive)
    expectClose(found?.intercept ?? NaN, intercept)
    expectClose(found?.slope ?? NaN, slope)
  }
})

it('a recalibration that has no answer is null', () => {
  expect(recalibration([0.2, 0.8], [true, true])).toBeNull()
  // Separated.
  expect(recalibration([0.1, 0.2, 0.8, 0.9], [false, false, true, true])).toBeNull()
  // All scores the same.
  expect(recalibration([0.5, 0.5, 0.5], [false, true, true])).toBeNull()
  expect(recalibration([], [])).toBeNull()
})

it('certain scores are clipped', () => {
  const found = recalibration([0, 0, 1, 1, 1, 0.5], [false, true, true, true, false, true])
  expect(Number.isFinite(found?.slope)).toBe(true)
})

it('the decision curve is that of its definition in NumPy', () => {
  for (const { scores, isPositive, decisionCurve: expected } of golden.scores) {
    const curve = decisionCurve(scores, isPositive)
    expect(curve).toHaveLength(19)
    for (const { threshold, model, all } of expected) {
      const point = curve.find((one) => Math.abs(one.threshold - threshold) < 1e-12)
      expectClose(point?.model ?? NaN, model)
      expectClose(point?.all ?? NaN, all)
    }
  }
})

it("McNemar's exact p-value is that of statsmodels", () => {
  for (const { onlyFirst, onlySecond, pValue } of golden.mcNemar) {
    expectClose(mcNemar(onlyFirst, onlySecond), pValue)
  }
  expect(mcNemar(0, 0)).toBe(1)
  // By hand: 2 (1 + 12 + 66 + 220) / 4096.
  expect(mcNemar(3, 9)).toBeCloseTo(598 / 4096, 12)
})

it("Student's quantiles are those of SciPy", () => {
  for (const { degrees, quantile } of golden.student) expectClose(studentQuantile(0.95, degrees), quantile)
})

it('an interval is widened on both sides, more for fewer cases, and says nothing of one case', () => {
  // By hand: t(4) = 2.776445, z = 1.959964, sqrt(5/4) = 1.118034.
  const { low, high } = widenForFewCases(0.7, { low: 0.6, high: 0.75 }, 5)
  expect(low).toBeCloseTo(0.7 - 0.1 * 1.583784, 6)
  expect(high).toBeCloseTo(0.7 + 0.05 * 1.583784, 6)
  expect(widenForFewCases(0.7, { low: 0.6, high: 0.75 }, 1).low).toBe(-Infinity)
})
