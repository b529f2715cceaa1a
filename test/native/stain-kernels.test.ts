import { describe, expect, test } from 'vitest'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { kernelsInScript } from '../../electron/engine/stain/kernels-in-script.ts'
import { nativeKernels } from '../../electron/engine/stain/kernels.ts'
import type { StainKernels } from '../../electron/engine/stain/stain-kernels.ts'

const native = nativeKernels()
if (native === null) throw new Error('the addon has not been built: run "npm run setup"')

const generator = keyedGenerator('stain kernels')
const randomPixels = (count: number) =>
  Uint8Array.from({ length: 3 * count }, () => generator.nextInteger(256))
const randomNumbers = (length: number, least: number, largest: number) =>
  Float64Array.from({ length }, () => generator.nextUniform(least, largest))

describe('mapLevels', () => {
  function mapped(by: StainKernels, from: Uint8Array, factors: Float64Array, shift: number): Uint8Array {
    const to = new Uint8Array(from.length)
    by.mapLevels(from, factors, shift, to)
    return to
  }

  test.each([
    ['within 0..255', 6, 0],
    ['shifted', 6, -1],
    ['far above', 1e9, -1],
    ['beyond what numbers hold', 1e200, 0],
  ])('the same bytes as in script: %s', (_, largest, shift) => {
    const from = randomPixels(20_000)
    const factors = randomNumbers(3072, 1e-3, largest)
    if (largest > 1e100) factors.fill(0, 2048) // Infinity * 0 is not a number.
    expect(mapped(native, from, factors, shift)).toEqual(mapped(kernelsInScript, from, factors, shift))
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
      native.mapLevels(from as Uint8Array, factors as Float64Array, shift as number, to as Uint8Array)
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

describe('gatherTissue', () => {
  test('by hand, also in TypeScript', () => {
    for (const by of [native, kernelsInScript]) {
      const to = new Uint8Array(12)
      const from = Uint8Array.of(10, 20, 30, 31, 0, 0, 0, 0, 30, 0, 255, 0)
      expect(by.gatherTissue(from, 30, to)).toBe(6)
      expect([...to.subarray(0, 6)]).toEqual([10, 20, 30, 0, 0, 30])
    }
  })

  test.each([-1, 0, 100, 200, 255])('the same as in TypeScript: levels up to %i', (highest) => {
    const from = randomPixels(20_000)
    const gathered = [native, kernelsInScript].map((by) => {
      const to = new Uint8Array(from.length)
      return to.slice(0, by.gatherTissue(from, highest, to))
    })
    expect(gathered[0]).toEqual(gathered[1])
    if (highest === 255) expect(gathered[0]).toEqual(from)
    if (highest === -1) expect(gathered[0]).toHaveLength(0)
  })

  test('refuses what does not fit', () => {
    expect(() => native.gatherTissue(new Uint8Array(6), 1, new Uint8Array(3))).toThrow(RangeError)
    expect(() => native.gatherTissue(new Uint8Array(4), 1, new Uint8Array(4))).toThrow(RangeError)
  })
})

describe('sumDensities', () => {
  test('by hand, and the same bits as in TypeScript', () => {
    const density = Float64Array.from({ length: 256 }, (_, level) => level / 2)
    const sums = new Float64Array(9)
    native.sumDensities(Uint8Array.of(2, 4, 6, 4, 0, 2), density, sums)
    // Pixels 1 2 3 and 2 0 1.
    expect([...sums]).toEqual([3, 2, 4, 5, 2, 5, 4, 6, 10])
    const [pixels, uneven] = [randomPixels(20_000), randomNumbers(256, -1, 5)]
    const others = new Float64Array(9)
    native.sumDensities(pixels, uneven, sums)
    kernelsInScript.sumDensities(pixels, uneven, others)
    expect(sums).toEqual(others)
    expect(() => native.sumDensities(pixels, uneven.subarray(1), sums)).toThrow(RangeError)
    expect(() => native.sumDensities(pixels, uneven, others.subarray(1))).toThrow(RangeError)
  })
})

describe('findTails', () => {
  /** A level of red adds this much to y, a level of green to x, and blue nothing. */
  const plain = Float64Array.from({ length: 1536 }, (_, at) => {
    const [channel, level] = [at >> 9, ((at & 511) >> 1) - 100]
    return (channel === 0 && at % 2 === 0) || (channel === 1 && at % 2 === 1) ? level : 0
  })

  function tails(
    by: StainKernels,
    { pixels, parts = plain, step = 1, asAngle = false, bounds, room = pixels.length / 3 }: TailsInput,
  ) {
    const [first, second, counts] = [new Float64Array(room), new Float64Array(room), new Float64Array(4)]
    by.findTails(pixels, parts, step, asAngle, Float64Array.from(bounds), first, second, counts)
    return { first, second, counts: [...counts] }
  }
  interface TailsInput {
    pixels: Uint8Array
    parts?: Float64Array
    step?: number
    asAngle?: boolean
    bounds: readonly number[]
    room?: number
  }

  test('by hand, also in TypeScript', () => {
    // y: 1, 2, 3, 4; x: -1, -2, -3, -4.
    const pixels = Uint8Array.of(101, 99, 0, 102, 98, 0, 103, 97, 0, 104, 96, 0)
    for (const by of [native, kernelsInScript]) {
      const all = tails(by, { pixels, bounds: [2, 3, -2, -2] })
      expect(all.counts).toEqual([1, 2, 1, 1])
      expect([...all.first.subarray(0, 2), all.second[0]]).toEqual([2, 3, -2])
      const everySecond = tails(by, { pixels, step: 2, bounds: [-9, 9, -9, 9] })
      expect([...everySecond.first]).toEqual([1, 3, 0, 0])
      // atan2(1, -1) is halfway between up and left: 1.5 on the diamond.
      const angle = tails(by, { pixels: pixels.subarray(0, 3), asAngle: true, bounds: [-2, 2, -2, 2] })
      expect([angle.first[0], angle.second[0]]).toEqual([-1.5, 1.5])
      // Only as many are written as fit.
      const narrow = tails(by, { pixels, room: 1, bounds: [-9, 9, -9, 9] })
      expect(narrow).toEqual({ first: Float64Array.of(1), second: Float64Array.of(-1), counts: [0, 4, 0, 4] })
    }
  })

  test.each([
    [1, false],
    [1, true],
    [7, false],
    [7, true],
  ])('the same bits as in TypeScript: step %i, as angle: %s', (step, asAngle) => {
    const input = { pixels: randomPixels(20_000), parts: randomNumbers(1536, -1, 1), step, asAngle }
    const bounds = asAngle ? [0.4, 1.8, -1, 1] : [0.4, 2, 0.4, 2]
    const found = tails(native, { ...input, bounds })
    expect(found).toEqual(tails(kernelsInScript, { ...input, bounds }))
    expect(Math.min(...found.counts)).toBeGreaterThan(0)
  })

  test('directions grow with the angle', () => {
    const turns = Array.from({ length: 90 }, (_, at) => (Math.PI * (2 * at - 89)) / 90)
    const pixels = Uint8Array.from(
      turns.flatMap((turn) => [
        100 + Math.round(90 * Math.sin(turn)),
        100 + Math.round(90 * Math.cos(turn)),
        0,
      ]),
    )
    const { second } = tails(native, { pixels, asAngle: true, bounds: [-2, 2, -2, 2] })
    expect(second).toEqual(second.toSorted())
  })

  test('refuses what does not fit', () => {
    const pixels = new Uint8Array(3)
    const bounds = [0, 1, 0, 1]
    expect(() => tails(native, { pixels, bounds: [0, 1, 0] })).toThrow(RangeError)
    expect(() => tails(native, { pixels, bounds, parts: plain.subarray(1) })).toThrow(RangeError)
    expect(() => tails(native, { pixels, bounds, step: 0 })).toThrow(RangeError)
    expect(() => tails(native, { pixels: new Uint8Array(4), bounds, room: 1 })).toThrow(RangeError)
  })
})
