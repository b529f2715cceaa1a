import { describe, expect, test } from 'vitest'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { kernelsInScript } from '../../electron/engine/tissue/kernels-in-script.ts'
import { nativeKernels } from '../../electron/engine/tissue/kernels.ts'

const native = nativeKernels()
if (native === null) throw new Error('the addon has not been built: run "npm run setup"')

const generator = keyedGenerator('tissue kernels')
const random = (length: number, levels = 256) =>
  Uint8Array.from({ length }, () => generator.nextInteger(levels))

describe('averageArea', () => {
  test('by hand, also in TypeScript', () => {
    // Grey levels 0 to 7 in two rows of four pixels.
    const from = Uint8Array.from({ length: 24 }, (_, at) => Math.floor(at / 3))
    for (const by of [native, kernelsInScript]) {
      const [halves, part] = [new Uint8Array(6), new Uint8Array(9)]
      by.averageArea(from, 4, 2, 2, 0, halves, 2)
      // (0 + 1 + 4 + 5) / 4 and (2 + 3 + 6 + 7) / 4, rounded upwards.
      expect([...halves]).toEqual([3, 3, 3, 5, 5, 5])
      by.averageArea(from, 4, 1.5, 1, 1, part, 3)
      // (4 + 5 / 2) / 1.5, (5 / 2 + 6) / 1.5, and 7 alone.
      expect([...part]).toEqual([4, 4, 4, 6, 6, 6, 7, 7, 7])
    }
  })

  test.each([
    [1, 1, 0],
    [4, 4, 0],
    [4.008, 3.992, 0.37],
    [0.6, 0.55, 2.9],
    [90, 90, 0],
  ])('the same bytes as in TypeScript: %d x %d pixels from row %d', (stepX, stepY, startY) => {
    const from = random(3 * 61 * 47)
    const [across, down] = [Math.ceil(61 / stepX), Math.ceil((47 - startY) / stepY)]
    const found = [native, kernelsInScript].map((by) => {
      const to = new Uint8Array(3 * across * down)
      by.averageArea(from, 61, stepX, stepY, startY, to, across)
      return to
    })
    expect(found[0]).toEqual(found[1])
  })

  test('refuses what does not fit', () => {
    const [from, to] = [new Uint8Array(12), new Uint8Array(3)]
    expect(() => native.averageArea(from, 3, 1, 1, 0, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 0, 1, 1, 0, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 2, 0, 1, 0, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 2, 1, 1, -1, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 2, 1, 1, 2, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 2, 1, 1, Number.NaN, to, 1)).toThrow(RangeError)
    expect(() => native.averageArea(from, 2, 2, 1, 0, new Uint8Array(6), 2)).toThrow(RangeError)
    expect(() => native.averageArea([1] as unknown as Uint8Array, 2, 1, 1, 0, to, 1)).toThrow(TypeError)
  })
})

describe('measureSquares', () => {
  test('by hand, also in TypeScript', () => {
    // Green 0 0 8 8 in each of three rows: the two inner pixels of the middle row have a gradient of 4.
    const from = new Uint8Array(36)
    for (let row = 0; row < 3; row++) for (const column of [2, 3]) from[3 * (4 * row + column) + 1] = 8
    for (const by of [native, kernelsInScript]) {
      const figures = new Float64Array(4).fill(7)
      by.measureSquares(from, 4, 16, figures)
      expect([...figures]).toEqual([2, 32, 128, 2])
      by.measureSquares(from, 4, 17, figures)
      expect([...figures]).toEqual([0, 0, 0, 2])
    }
  })

  test.each([
    [1, 1],
    [2, 40],
    [33, 3],
    [97, 70],
  ])('the same bits as in TypeScript: %i x %i', (width, height) => {
    const from = random(3 * width * height)
    const found = [native, kernelsInScript].map((by) => {
      const figures = new Float64Array(4 * Math.ceil(width / 32) * Math.ceil(height / 32))
      by.measureSquares(from, width, 3000, figures)
      return figures
    })
    expect(found[0]).toEqual(found[1])
  })

  test('refuses what does not fit', () => {
    const from = new Uint8Array(3 * 33)
    expect(() => native.measureSquares(from, 33, 1, new Float64Array(4))).toThrow(RangeError)
    expect(() => native.measureSquares(from, 2, 1, new Float64Array(4))).toThrow(RangeError)
  })
})

describe('median7', () => {
  test.each([
    [1, 1, 256],
    [50, 40, 256],
    [50, 40, 3],
    [3, 90, 20],
  ])('the same bytes as in TypeScript: %i x %i of %i levels', (width, height, levels) => {
    const from = random(width * height, levels)
    const found = [native, kernelsInScript].map((by) => {
      const to = new Uint8Array(from.length)
      by.median7(from, width, to)
      return to
    })
    expect(found[0]).toEqual(found[1])
  })

  test('refuses what does not fit', () => {
    expect(() => native.median7(new Uint8Array(6), 4, new Uint8Array(6))).toThrow(RangeError)
    expect(() => native.median7(new Uint8Array(6), 3, new Uint8Array(3))).toThrow(RangeError)
  })
})
