import { expect, it } from 'vitest'
import { thresholdBetween, wilsonInterval } from '../../../electron/contract/index.ts'
import { normalQuantile } from '../../../electron/engine/random/normal.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'

it('uses the 95 % quantile of the engine', () => {
  const trials = 4
  const z = normalQuantile(0.975)
  const spread = (z * z) / trials
  const half = (z * Math.sqrt(1 / 4 / trials + spread / (4 * trials))) / (1 + spread)
  const { low, high } = wilsonInterval(2, trials)
  // The engine's rational approximation is good to 1e-15.
  expect(low).toBeCloseTo(0.5 - half, 14)
  expect(high).toBeCloseTo(0.5 + half, 14)
})

it('finds the shortest threshold between two scores', () => {
  expect(thresholdBetween(0.41, 0.44)).toBe(0.43)
  expect(thresholdBetween(0.3312, 0.3398)).toBe(0.336)
  expect(thresholdBetween(0, 1)).toBe(0.5)
  expect(thresholdBetween(0.49999, 0.5)).toBe(0.5)
  expect(thresholdBetween(0.5, 0.50001)).toBe(0.50001)
})

it('never moves an image to the other side: above the lower score, not above the higher', () => {
  const generator = keyedGenerator('threshold-between', 1)
  for (let round = 0; round < 2000; round++) {
    const first = generator.nextFloat() ** (1 + (round % 7))
    const second = round % 3 === 0 ? first + Number.EPSILON : generator.nextFloat()
    const [low, high] = [Math.min(first, second), Math.max(first, second)]
    if (low === high) continue
    const found = thresholdBetween(low, high)
    expect(found).toBeGreaterThan(low)
    expect(found).toBeLessThanOrEqual(high)
    if (high - low > 0.02) expect(Math.round(found * 100) / 100).toBe(found)
  }
})
