import { describe, expect, test } from 'vitest'
import { averageWindows } from '../../../../electron/engine/descriptors/average-windows.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'

const image = { widthPx: 30, heightPx: 20 }
/** 2 channels of 2 x 3 cells of 10 x 10 pixels. */
const map = {
  channels: 2,
  rows: 2,
  columns: 3,
  data: Float32Array.of(1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 600),
}

const window = (leftPx: number, topPx: number, widthPx: number, heightPx: number) => ({
  leftPx,
  topPx,
  widthPx,
  heightPx,
})

describe('averages over windows', () => {
  test('worked by hand: whole cells, fractions of cells, the whole image', () => {
    const windows = [window(10, 0, 10, 20), window(5, 5, 10, 10), window(0, 0, 30, 20), window(25, 18, 5, 2)]
    const averages = averageWindows(map, image, windows).map((values) => [...values])
    expect(averages).toEqual([
      [3.5, 0],
      // A quarter each of the cells 1, 2, 4 and 5.
      [3, 0],
      [3.5, 100],
      [6, 600],
    ])
  })

  test('a window of 15 x 10: (10 x 5 of cell 2, 5 x 5 of cell 3, and below) over its area', () => {
    const [values] = averageWindows(map, image, [window(10, 5, 15, 10)])
    expect(values?.[0]).toBeCloseTo((50 * 2 + 25 * 3 + 50 * 5 + 25 * 6) / 150, 6)
    expect(values?.[1]).toBeCloseTo((25 * 600) / 150, 4)
  })

  test('agrees with a weighted sum over all cells, for any window', () => {
    const random = keyedGenerator('windows')
    const size = { widthPx: 97, heightPx: 61 }
    const any = { channels: 3, rows: 7, columns: 11, data: new Float32Array(231) }
    any.data.forEach((_, index) => {
      any.data[index] = Math.max(0, random.nextNormal())
    })
    const windows = Array.from({ length: 40 }, () => {
      const [width, height] = [1 + random.nextInteger(97), 1 + random.nextInteger(61)]
      return window(random.nextInteger(98 - width), random.nextInteger(62 - height), width, height)
    })
    const averages = averageWindows(any, size, windows)
    windows.forEach(({ leftPx, topPx, widthPx, heightPx }, index) => {
      const across = shares(leftPx, widthPx, size.widthPx, any.columns)
      const down = shares(topPx, heightPx, size.heightPx, any.rows)
      for (let channel = 0; channel < any.channels; channel++) {
        let sum = 0
        down.forEach((high, row) => {
          across.forEach((wide, column) => {
            sum += high * wide * (any.data[(channel * any.rows + row) * any.columns + column] ?? 0)
          })
        })
        // Both are float64 sums of at most 77 terms, rounded to float32.
        expect(averages[index]?.[channel]).toBeCloseTo(sum, 6)
      }
    })
  })

  test('zeros stay zeros beside large values, and windows do not touch each other', () => {
    const steep = { channels: 1, rows: 1, columns: 3, data: Float32Array.of(1e30, 0, 0.1) }
    const strip = { widthPx: 9, heightPx: 1 }
    const first = window(3, 0, 3, 1)
    expect(averageWindows(steep, strip, [first])[0]?.[0]).toBe(0)
    const together = averageWindows(map, image, [window(3, 4, 11, 13), window(0, 0, 30, 20)])
    expect(averageWindows(map, image, [window(3, 4, 11, 13)])[0]).toEqual(together[0])
  })

  test('refuses windows that are empty or not inside', () => {
    const average = (of: ReturnType<typeof window>) => () => averageWindows(map, image, [of])
    expect(average(window(0, 0, 0, 5))).toThrow('a window of 0 x 5 at 0, 0 of 30 x 20')
    expect(average(window(-1, 0, 5, 5))).toThrow(RangeError)
    expect(average(window(26, 0, 5, 5))).toThrow(RangeError)
    expect(average(window(0, 16, 5, 5))).toThrow(RangeError)
    expect(average(window(0, NaN, 5, 5))).toThrow(RangeError)
  })
})

/** The share of the window that each cell of an axis covers. */
function shares(startPx: number, lengthPx: number, axisPx: number, cells: number): number[] {
  const cellPx = axisPx / cells
  return Array.from({ length: cells }, (_, cell) => {
    const overlap = Math.min(startPx + lengthPx, (cell + 1) * cellPx) - Math.max(startPx, cell * cellPx)
    return Math.max(0, overlap) / lengthPx
  })
}
