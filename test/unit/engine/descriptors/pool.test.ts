import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { poolDescriptors } from '../../../../electron/engine/descriptors/pool.ts'
import { sharedPath } from '../../../shared-data.ts'

const goldenSchema = z.object({
  norm_pool_p3: z.object({ descriptors: z.array(z.array(z.number())), pooled: z.array(z.number()) }),
})

describe('pooling', () => {
  test('worked by hand: cube root of (1 + 27 + 8) / 3 = 12, square root of (1 + 9 + 4) / 3', () => {
    const descriptors = [Float32Array.of(1, 0), Float32Array.of(3, 0), Float32Array.of(2, 5)]
    const cubic = poolDescriptors(descriptors, 3)
    expect([...cubic]).toEqual([Math.fround(Math.cbrt(12)), Math.fround(5 / Math.cbrt(3))])
    expect(poolDescriptors(descriptors, 2)[0]).toBe(Math.fround(Math.sqrt(14 / 3)))
    expect([...poolDescriptors(descriptors, 1)]).toEqual([2, Math.fround(5 / 3)])
  })

  const path = sharedPath('reference/preprocess/golden.json')
  test.skipIf(path === null)('the published system gives the same', () => {
    const golden = goldenSchema.parse(JSON.parse(readFileSync(path ?? '', 'utf8'))).norm_pool_p3
    const pooled = poolDescriptors(
      golden.descriptors.map((values) => Float32Array.from(values)),
      3,
    )
    golden.pooled.forEach((expected, element) => {
      // The bound of shared/reference/README.md.
      expect(Math.abs((pooled[element] ?? NaN) - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected))
    })
  })

  test('is between mean and maximum, and equal descriptors stay unchanged', () => {
    const one = Float32Array.of(0, 1e-3, 0.7, 900)
    expect([...poolDescriptors([one, one, one], 3)]).toEqual([...one])
    const [pooled = 0] = poolDescriptors([Float32Array.of(1), Float32Array.of(2), Float32Array.of(6)], 3)
    expect(pooled).toBeGreaterThan(3)
    expect(pooled).toBeLessThan(6)
  })

  test('refuses no rows, different lengths, negative values and NaN', () => {
    expect(() => poolDescriptors([], 3)).toThrow('there are no descriptors')
    expect(() => poolDescriptors([new Float32Array(2), new Float32Array(3)], 3)).toThrow('of 2 and of 3')
    expect(() => poolDescriptors([Float32Array.of(1, -0.5)], 3)).toThrow('element 1 of a descriptor is -0.5')
    expect(() => poolDescriptors([Float32Array.of(NaN)], 3)).toThrow('element 0 of a descriptor is NaN')
    expect(() => poolDescriptors([Float32Array.of(1)], 0)).toThrow('must be positive, not 0')
  })
})
