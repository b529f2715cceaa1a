import { describe, expect, it } from 'vitest'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { SequentialMeanTest } from '../../../../electron/engine/prediction/sequential-mean-test.ts'
import { StoppingRule, type StoppingOptions } from '../../../../electron/engine/prediction/stopping-rule.ts'

describe('a sequential test of whether a mean is above zero', () => {
  it('two draws of a population of four, worked by hand', () => {
    const test = new SequentialMeanTest(4, -1)
    expect(test.wealth).toBeCloseTo(1, 15)
    // If the mean of all four is 0, the bet wins (0.5 + 1) / (0 + 1) = 1.5 of each stake.
    test.draw(0.5)
    expect(test.wealth).toBeCloseTo(1.5 / 2 + (1 + 0.75 * 0.5 + 1 + 0.5 * 0.5 + 1 + 0.25 * 0.5) / 6, 15)
    // Then the mean of the other three is -1/6: 1.5 / (5/6) = 1.8.
    test.draw(0.5)
    const by = (stake: number): number => (1 + stake * 0.5) * (1 + stake * 0.8)
    expect(test.wealth).toBeCloseTo(by(1) / 2 + (by(0.75) + by(0.5) + by(0.25)) / 6, 15)
    expect(test.sum).toBe(1)
    expect(test.rejects(0.5)).toBe(true)
    expect(test.rejects(0.3)).toBe(false)
    // The other two could still be -1 each.
    expect(test.isCertain).toBe(false)
    test.draw(0.5)
    expect(test.isCertain).toBe(true)
    expect(test.rejects(0)).toBe(true)
  })

  it('a single worst value ruins only the most aggressive strategy', () => {
    const test = new SequentialMeanTest(50, -1)
    test.draw(-1)
    expect(test.wealth).toBeCloseTo((1 / 4 + 1 / 2 + 3 / 4) / 6, 15)
    test.draw(-1 - 1e-12)
    expect(test.wealth).toBeGreaterThan(0)
  })

  it('does not bet on a member that was deliberately put first', () => {
    const test = new SequentialMeanTest(3, -1)
    test.draw(0.9, false)
    expect(test.wealth).toBeCloseTo(1, 15)
    // It still counts: the two others must compensate for it, mean -0.45.
    test.draw(0.1)
    expect(test.wealth).toBeCloseTo(2 / 2 + (1.75 + 1.5 + 1.25) / 6, 14)
  })

  it('refuses more draws than members, and values that make no sense', () => {
    const test = new SequentialMeanTest(1, 0)
    test.draw(0)
    expect(test.isCertain).toBe(false)
    expect(() => test.draw(0)).toThrow(RangeError)
    expect(() => new SequentialMeanTest(0, -1)).toThrow(RangeError)
    expect(() => new SequentialMeanTest(5, 0.1)).toThrow(RangeError)
  })
})

const ask = (changes: Partial<StoppingOptions> = {}): StoppingOptions => ({
  population: 20,
  isPositive: [false, false, true, true],
  threshold: 0.5,
  firstIsIdentity: false,
  ...changes,
})

/** How many of the augmentations are used. */
function usedOf(options: StoppingOptions, augmentations: readonly (readonly number[])[]): number {
  const rule = new StoppingRule(options)
  for (const [index, said] of augmentations.entries()) {
    rule.add(said)
    if (rule.isSettled) return index + 1
  }
  return augmentations.length
}

const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  (rows[0] ?? []).map((_, c) => rows.reduce((sum, row) => sum + (row[c] ?? 0), 0) / rows.length)
const classOf = (p: readonly number[]): number => p.indexOf(Math.max(...p))
const sideOf = (p: readonly number[], threshold: number): boolean => {
  const carcinoma = Math.max(p[2] ?? 0, p[3] ?? 0)
  return carcinoma >= threshold * (carcinoma + Math.max(p[0] ?? 0, p[1] ?? 0))
}

describe('when a result is settled', () => {
  const always = (row: readonly number[], count = 20): (readonly number[])[] =>
    Array.from({ length: count }, () => row)

  it('a clear result needs some, a tie needs all', () => {
    const clear = usedOf(ask(), always([0.02, 0.02, 0.02, 0.94]))
    expect(clear).toBeGreaterThanOrEqual(6)
    expect(clear).toBeLessThanOrEqual(9)
    expect(usedOf(ask({ population: 50 }), always([0.02, 0.02, 0.02, 0.94], 50))).toBeLessThanOrEqual(10)
    expect(usedOf(ask(), always([0.25, 0.25, 0.25, 0.25]))).toBe(20)
    // The class is clear but the score is exactly at the operating point.
    expect(usedOf(ask({ threshold: 0.75 }), always([0.2, 0.15, 0.05, 0.6]))).toBe(20)
    // Without a side only the class counts.
    const oneKind = ask({ isPositive: [false, false, false, false], threshold: 0.75 })
    expect(usedOf(oneKind, always([0.2, 0.15, 0.05, 0.6]))).toBeLessThan(20)
  })

  it('the last of four augmentations is not needed if it cannot change anything', () => {
    expect(usedOf(ask({ population: 4 }), always([0.01, 0.01, 0.01, 0.97], 4))).toBe(3)
    expect(usedOf(ask({ population: 4 }), always([0.35, 0.1, 0.1, 0.45], 4))).toBe(4)
  })

  it('an operating point at the end of the scale has one side only', () => {
    for (const threshold of [0, 1]) {
      expect(usedOf(ask({ threshold }), always([0.02, 0.02, 0.02, 0.94]))).toBeLessThan(20)
    }
  })

  it('the first so many decide: the order of classes does not matter', () => {
    const random = keyedGenerator('settled')
    const rows = Array.from({ length: 20 }, () => {
      const raw = [0.4, 0.3, 0.2, 2].map((weight) => weight * random.nextUniform(0.5, 1.5))
      const total = raw.reduce((sum, value) => sum + value, 0)
      return raw.map((value) => value / total)
    })
    const turned = rows.map((row) => [row[3] ?? 0, row[2] ?? 0, row[1] ?? 0, row[0] ?? 0])
    const used = usedOf(ask(), rows)
    expect(used).toBeLessThan(20)
    expect(usedOf(ask({ isPositive: [true, true, false, false] }), turned)).toBe(used)
  })
})

/**
 * Populations made to mislead: results near the threshold, and ones that look clear except for a few augmentations
 * with a completely different result. The share of stops with another class or side than all augmentations give
 * must not exceed the stated one; each population separately, because the statement is for each image.
 */
describe('how often it is wrong', () => {
  const runs = 2000
  const populations: Record<string, { options: StoppingOptions; rows: number[][] }> = {
    'two classes that are equal but for the last digits': {
      options: ask(),
      rows: near([0.1, 0.1, 0.4, 0.4 + 1e-6], 20, 0.2),
    },
    'a score at the operating point': {
      options: ask(),
      rows: near([0.05, 0.45, 0.05, 0.45 - 1e-6], 20, 0.3),
    },
    'one in five says the opposite': {
      options: ask(),
      rows: [
        ...Array.from({ length: 16 }, () => [0.02, 0.02, 0.38, 0.58]),
        ...Array.from({ length: 4 }, () => [0, 0, 1, 0]),
      ],
    },
    'six of fifty outweigh the rest': {
      options: ask({ population: 50 }),
      rows: [
        ...Array.from({ length: 44 }, () => [0.4, 0.05, 0.05, 0.5]),
        ...Array.from({ length: 6 }, () => [1, 0, 0, 0]),
      ],
    },
    'a sensitive operating point': {
      options: ask({ population: 50, threshold: 0.33 }),
      rows: near([0.65, 0.015, 0.015, 0.32], 50, 0.15),
    },
  }
  for (const [name, { options, rows }] of Object.entries(populations)) {
    it(`${name}: at most one in twenty`, () => {
      const mean = meanOf(rows)
      const random = keyedGenerator('error rate', name)
      let wrong = 0
      for (let run = 0; run < runs; run++) {
        const order = random.shuffle(rows)
        const seen = meanOf(order.slice(0, usedOf(options, order)))
        const { threshold } = options
        if (classOf(seen) !== classOf(mean) || sideOf(seen, threshold) !== sideOf(mean, threshold)) wrong += 1
      }
      expect(wrong / runs).toBeLessThanOrEqual(0.05)
    })
  }
})

/**
 * Augmentations around a mean, which they have exactly but for the last bits: each deviation comes with its
 * opposite.
 */
function near(mean: readonly number[], count: number, spread: number): number[][] {
  const random = keyedGenerator('near', spread)
  return Array.from({ length: count / 2 }, () => {
    const raw = mean.map(() => random.nextUniform(-1, 1))
    const shift = raw.reduce((sum, value) => sum + value, 0) / raw.length
    const most = Math.max(...raw.map((value, c) => Math.abs(value - shift) / Math.max(mean[c] ?? 0, 1e-9)))
    const scale = Math.min(spread, 1 / most)
    const deviation = raw.map((value) => (value - shift) * scale)
    return [mean.map((p, c) => p + (deviation[c] ?? 0)), mean.map((p, c) => p - (deviation[c] ?? 0))]
  }).flat()
}
