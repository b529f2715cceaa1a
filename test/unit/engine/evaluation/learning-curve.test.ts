import { describe, expect, it } from 'vitest'
import {
  drawCases,
  fitPowerLaw,
  measureCurve,
  usableShares,
} from '../../../../electron/engine/evaluation/learning-curve.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'

describe('the cases that are drawn', () => {
  const classes = [...new Array<number>(12).fill(0), ...new Array<number>(4).fill(1)]

  it('are all cases, each once, and each beginning has the classes in their shares', () => {
    const order = drawCases(classes, 1, 0, 0)
    expect(order.toSorted((a, b) => a - b)).toEqual(classes.map((_, i) => i))
    for (let size = 1; size <= classes.length; size++) {
      const second = order.slice(0, size).filter((index) => classes[index] === 1).length
      // A quarter of the cases is of the second class.
      expect(Math.abs(second - size / 4)).toBeLessThanOrEqual(1)
    }
  })

  it('are the same for the same fold and repeat, and others otherwise', () => {
    expect(drawCases(classes, 1, 0, 0)).toEqual(drawCases(classes, 1, 0, 0))
    expect(drawCases(classes, 1, 0, 1)).not.toEqual(drawCases(classes, 1, 0, 0))
    expect(drawCases(classes, 1, 1, 0)).not.toEqual(drawCases(classes, 1, 0, 0))
  })
})

it('measures at sizes that differ and have two cases of each class', () => {
  expect(usableShares(40, 2)).toEqual([0.2, 0.35, 0.5, 0.75, 1])
  // 20 % of 10 cases are 2, fewer than two of each class.
  expect(usableShares(10, 2)).toEqual([0.35, 0.5, 0.75, 1])
  // 1, 1, 2, 2 and 3: no size has four.
  expect(usableShares(3, 2)).toEqual([])
})

describe('the inverse power law', () => {
  const sizes = [8, 14, 20, 30, 40]

  it('is found again where the accuracies follow it', () => {
    const law = fitPowerLaw(
      sizes,
      sizes.map((size) => 0.9 - 0.8 * size ** -0.5),
    )
    expect(law?.limit).toBeCloseTo(0.9, 10)
    expect(law?.factor).toBeCloseTo(0.8, 10)
    expect(law?.exponent).toBeCloseTo(0.5, 10)
    expect(law?.at(80)).toBeCloseTo(0.9 - 0.8 / Math.sqrt(80), 10)
  })

  it('is not found where the accuracy falls or is flat', () => {
    expect(fitPowerLaw(sizes, [0.9, 0.8, 0.75, 0.7, 0.68])).toBeNull()
    expect(fitPowerLaw(sizes, [0.7, 0.7, 0.7, 0.7, 0.7])).toBeNull()
  })

  it('never ends above 1', () => {
    const straight = fitPowerLaw(
      sizes,
      sizes.map((size) => size / 50),
    )
    expect(straight?.limit).toBe(1)
    expect(straight?.at(80)).toBeLessThanOrEqual(1)
  })
})

describe('the curve', () => {
  it('has the accuracies and the gain, by hand', () => {
    // Two cases of two images each; one image is learned at the second size.
    const rows = [
      { case: 0, right: [1, 1] },
      { case: 0, right: [0, 1] },
      { case: 1, right: [0, 0] },
      { case: 1, right: [1, 1] },
    ]
    const { points, gain, outlook } = measureCurve([4, 8], rows)
    expect(points.map(({ cases, accuracy }) => [cases, accuracy])).toEqual([
      [4, 0.5],
      [8, 0.75],
    ])
    expect(gain).toMatchObject({ value: 0.25, fromCases: 4, toCases: 8 })
    // Two cases say almost nothing.
    expect(gain?.low).toBeLessThan(0)
    expect(outlook).toEqual({ kind: 'unknown', reason: 'too-few-sizes' })
  })

  /** Images whose chance to be right follows the law; each case has its own difficulty. */
  const simulated = (caseCount: number, lawAt: (size: number) => number, seed: number) => {
    const sizes = [20, 35, 50, 75, 100]
    const random = keyedGenerator('curve-test', seed)
    const rows = Array.from({ length: caseCount * 3 }, (_, image) => {
      const hardness = random.nextFloat()
      return { case: Math.floor(image / 3), right: sizes.map((size) => Number(hardness < lawAt(size))) }
    })
    return measureCurve(sizes, rows)
  }
  const law = (size: number): number => 0.9 - 1.5 * size ** -0.5

  it('carries a law to twice the cases, with an interval that holds it', () => {
    let held = 0
    let told = 0
    for (let seed = 0; seed < 10; seed++) {
      const { points, gain, outlook } = simulated(100, law, seed)
      expect(points).toHaveLength(5)
      expect(gain?.value).toBeGreaterThan(-0.05)
      if (outlook.kind !== 'law') continue
      told++
      expect(outlook.cases).toBe(200)
      if (outlook.low <= law(200) && law(200) <= outlook.high) held++
    }
    expect(told).toBe(10)
    // 95 % each; three misses of ten have a chance of 1 %. Of 180 in three such simulations, 172 held it.
    expect(held).toBeGreaterThanOrEqual(8)
  })

  it('cannot tell from few cases, or from a curve that is flat', () => {
    expect(simulated(12, law, 1).outlook).toEqual({ kind: 'unknown', reason: 'too-few-cases' })
    expect(simulated(100, () => 0.7, 1).outlook).toEqual({ kind: 'unknown', reason: 'no-law' })
  })
})
