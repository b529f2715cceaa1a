import { describe, expect, test } from 'vitest'
import { resampleInScript } from '../../electron/engine/image/resample-in-script.ts'
import type { AxisPlan } from '../../electron/engine/image/resample-kernel.ts'
import { nativeResample } from '../../electron/engine/image/resampler.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'

const native = nativeResample()
if (native === null) throw new Error('the addon has not been built: run "npm run setup"')

const generator = keyedGenerator('resample kernels')
const random = (length: number) => Uint8Array.from({ length }, () => generator.nextInteger(256))

/** One position with these neighbours and weights. */
const single = (offsets: number[], weights: number[]): AxisPlan => ({
  offsets: Int32Array.from(offsets),
  weights: Float32Array.from(weights),
})

/** Four neighbours in ascending order for each position, as a bicubic plan has them, with any weights of that size. */
function randomAxis(positions: number, inputPx: number): AxisPlan {
  const offsets = Int32Array.from({ length: positions * 4 }, (_, at) => {
    const first = Math.floor((Math.floor(at / 4) * inputPx) / positions) - 1
    return Math.min(inputPx - 1, Math.max(0, first + (at % 4)))
  })
  const weights = Float32Array.from({ length: positions * 4 }, (_, at) =>
    at % 4 === 0 || at % 4 === 3 ? generator.nextUniform(-0.2, 0) : generator.nextUniform(0, 1.2),
  )
  return { offsets, weights }
}

describe('resample', () => {
  test('by hand, also in TypeScript', () => {
    // Rows of 10, 20 and of 30, 40 in all channels.
    const from = Uint8Array.from([10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40])
    const half = single([0, 1, 1, 1], [0.5, 0.5, 0, 0])
    for (const resample of [native, resampleInScript]) {
      const to = new Uint8Array(3)
      resample(from, 2, half, half, to)
      // ((10 + 20) / 2 + (30 + 40) / 2) / 2
      expect([...to]).toEqual([25, 25, 25])
      // 0.25 x 10 = 2.5 and 0.25 x 30 = 7.5: ties to even.
      resample(from, 2, single([0, 0, 0, 0], [0.25, 0, 0, 0]), single([0, 0, 0, 0], [1, 0, 0, 0]), to)
      expect([...to]).toEqual([2, 2, 2])
      resample(from, 2, single([0, 0, 0, 0], [0.25, 0, 0, 0]), single([1, 1, 1, 1], [1, 0, 0, 0]), to)
      expect([...to]).toEqual([8, 8, 8])
      resample(from, 2, single([0, 0, 0, 0], [-1, 0, 0, 0]), half, to)
      expect([...to]).toEqual([0, 0, 0])
      resample(from, 2, single([1, 1, 1, 1], [20, 0, 0, 0]), half, to)
      expect([...to]).toEqual([255, 255, 255])
    }
  })

  test.each([
    [40, 30],
    [97, 61],
    [1, 1],
    [311, 5],
  ])('the same bytes as in TypeScript: %d x %d positions of 61 x 47 pixels', (width, height) => {
    const from = random(3 * 61 * 47)
    const [across, down] = [randomAxis(width, 61), randomAxis(height, 47)]
    const found = [native, resampleInScript].map((resample) => {
      const to = new Uint8Array(3 * width * height)
      resample(from, 61, across, down, to)
      return to
    })
    expect(found[0]).toEqual(found[1])
  })

  test('refuses what does not fit', () => {
    const [from, to, inside] = [new Uint8Array(12), new Uint8Array(3), single([0, 1, 1, 1], [1, 0, 0, 0])]
    expect(() => native(from, 3, inside, inside, to)).toThrow(RangeError)
    expect(() => native(from, 0, inside, inside, to)).toThrow(RangeError)
    expect(() => native(from, 2, single([0, 0, 0, 2], [1, 0, 0, 0]), inside, to)).toThrow(RangeError)
    expect(() => native(from, 2, inside, single([-1, 0, 0, 0], [1, 0, 0, 0]), to)).toThrow(RangeError)
    expect(() => native(from, 2, inside, single([0, 0, 0, 0], [1, 0, 0]), to)).toThrow(RangeError)
    expect(() => native(from, 2, inside, inside, new Uint8Array(6))).toThrow(RangeError)
    expect(() => native(from, 2, single([], []), inside, to)).toThrow(RangeError)
    expect(() => native([1] as unknown as Uint8Array, 2, inside, inside, to)).toThrow(TypeError)
  })
})
