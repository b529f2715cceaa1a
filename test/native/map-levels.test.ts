import { describe, expect, test } from 'vitest'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { mapLevelsInScript, nativeMapLevels, type MapLevels } from '../../electron/engine/stain/map-levels.ts'

const native = nativeMapLevels()
if (native === null) throw new Error('the addon has not been built: run "npm run setup"')

const generator = keyedGenerator('map levels')
const factorsUpTo = (largest: number) =>
  Float64Array.from({ length: 3072 }, () => generator.nextUniform(1e-3, largest))

function mapped(map: MapLevels, from: Uint8Array, factors: Float64Array, shift: number): Uint8Array {
  const to = new Uint8Array(from.length)
  map(from, factors, shift, to)
  return to
}

describe('the kernel', () => {
  test.each([
    ['within 0..255', 6, 0],
    ['shifted', 6, -1],
    ['far above', 1e9, -1],
    ['beyond what numbers hold', 1e200, 0],
  ])('the same bytes as in script: %s', (_, largest, shift) => {
    const from = Uint8Array.from({ length: 3 * 20_000 }, () => generator.nextInteger(256))
    const factors = factorsUpTo(largest)
    if (largest > 1e100) factors.fill(0, 2048) // Infinity * 0 is not a number.
    expect(mapped(native, from, factors, shift)).toEqual(mapped(mapLevelsInScript, from, factors, shift))
  })

  test('by hand', () => {
    const factors = new Float64Array(3072)
    factors.set([10, 20, 30], 4 * 7)
    factors.set([2, 3, 4], 1024 + 4 * 8)
    factors.set([0.99, 5, 0.01], 2048 + 4 * 9)
    // 19.8 - 1, 300 - 1, 1.2 - 1
    expect([...mapped(native, Uint8Array.of(7, 8, 9), factors, -1)]).toEqual([18, 255, 0])
    // A view into a larger buffer.
    const framed = new Uint8Array([1, 7, 8, 9, 1]).subarray(1, 4)
    expect([...mapped(native, framed, factors, -1)]).toEqual([18, 255, 0])
    expect(mapped(native, new Uint8Array(0), factors, -1)).toHaveLength(0)
  })

  test('refuses what does not fit', () => {
    const call = (from: unknown, factors: unknown, shift: unknown, to: unknown) => () =>
      native(from as Uint8Array, factors as Float64Array, shift as number, to as Uint8Array)
    const [three, factors] = [new Uint8Array(3), new Float64Array(3072)]
    expect(call(new Uint8Array(4), factors, 0, new Uint8Array(4))).toThrow(RangeError)
    expect(call(three, factors, 0, new Uint8Array(6))).toThrow(RangeError)
    expect(call(three, new Float64Array(3071), 0, three)).toThrow(RangeError)
    expect(call(three, new Float32Array(3072), 0, three)).toThrow(TypeError)
    expect(call([1, 2, 3], factors, 0, three)).toThrow(TypeError)
    expect(call(three, factors, 'none', three)).toThrow()
    expect(call(three, factors, 0, undefined)).toThrow()
  })
})
