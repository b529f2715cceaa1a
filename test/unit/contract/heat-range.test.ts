import { expect, it } from 'vitest'
import {
  heatMapPath,
  inRange,
  parseTilePath,
  stretchedRange,
  wholeRange,
} from '../../../electron/contract/index.ts'

it.each([
  // All values, rounded outwards to whole percents.
  [
    [
      [0.934, 0.95],
      [0.976, 0.96],
    ],
    0.93,
    0.98,
  ],
  [[[0, 1]], 0, 1],
  [[[0.29, 0.57]], 0.29, 0.57],
  // Less than 5 points are widened around them, within 0 to 1.
  [[[0.505, 0.507]], 0.48, 0.53],
  [[[0.999, 1]], 0.95, 1],
  [[[0, 0.001]], 0, 0.05],
])('covers what a map contains, and at least 5 points: %j', (plane, low, high) => {
  expect(stretchedRange([plane])).toEqual({ low, high })
})

it('covers two maps with one range, so that equal colours are equal probabilities', () => {
  expect(stretchedRange([[[0.2, 0.4]], [[0.7, 0.3]]])).toEqual({ low: 0.2, high: 0.7 })
  expect(stretchedRange([])).toEqual(wholeRange)
})

it('gives each value its place in the range', () => {
  expect(inRange([[0.93, 0.955, 0.98]], { low: 0.93, high: 0.98 })[0]).toEqual([
    0,
    expect.closeTo(0.5, 12),
    expect.closeTo(1, 12),
  ])
  expect(inRange([[0.25, 1]], wholeRange)).toEqual([[0.25, 1]])
})

it('parses the address of a map with a range, and refuses one that is empty or beyond 100 %', () => {
  const range = { low: 0.93, high: 0.98 }
  const path = heatMapPath(7, 12, 3, range)
  expect(path).toBe('/7/heat/12_3_93-98.png')
  expect(parseTilePath(path)).toEqual({ kind: 'heat-map', imageId: 7, modelId: 12, classIndex: 3, range })
  expect(heatMapPath(7, 12, 3, wholeRange)).toBe(heatMapPath(7, 12, 3))
  for (const wrong of ['50-50', '60-50', '50-101', '-5-50', '5-', '1.5-50', '0050-60'])
    expect(parseTilePath(`/7/heat/12_3_${wrong}.png`), wrong).toBeNull()
})
