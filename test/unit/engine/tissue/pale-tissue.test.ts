import { expect, test } from 'vitest'
import { classifyCells } from '../../../../electron/engine/tissue/find-tissue.ts'
import { fillPaleTissue } from '../../../../electron/engine/tissue/pale-tissue.ts'
import { maskClasses } from '../../../../electron/engine/tissue/tissue-mask.ts'

/** 80 x 80 cells: glass, an island of 60 x 60 from (10, 10) on, and in it a gap of 30 x 30 from (20, 20) on. */
const columns = 80
const gapEdge = 30
const isIn = (from: number, edge: number, row: number, column: number): boolean =>
  Math.min(row, column) >= from && Math.max(row, column) < from + edge
const cellsOf = (value: (row: number, column: number) => number): Uint8Array =>
  Uint8Array.from({ length: columns ** 2 }, (_, at) => value(Math.floor(at / columns), at % columns))
const isGap = (row: number, column: number): boolean => isIn(20, gapEdge, row, column)
const isIsland = (row: number, column: number): boolean => isIn(10, 60, row, column) && !isGap(row, column)

type Which = (at: number) => boolean
const none: Which = () => false

/** The cells of the gap that are tissue, of 900. */
function filled(
  inGap: (row: number, column: number) => number,
  { glass = 2, isOther = none, isOpen = false }: { glass?: number; isOther?: Which; isOpen?: boolean } = {},
): number {
  const isTissue = (row: number, column: number): boolean =>
    isIsland(row, column) && !(isOpen && row < 20 && column === 30)
  const cells = cellsOf((row, column) => (isTissue(row, column) ? 1 : 0))
  const saturation = cellsOf((row, column) =>
    isGap(row, column) ? inGap(row, column) : isIsland(row, column) ? 60 : glass,
  )
  fillPaleTissue({ columns, cells }, { saturation, isOther, lowest: 7, closingReach: 3 })
  expect(cells.every((cell, at) => cell === 1 || !isTissue(Math.floor(at / columns), at % columns))).toBe(
    true,
  )
  return cells.filter((cell, at) => cell === 1 && isGap(Math.floor(at / columns), at % columns)).length
}

/** Walls of fat cells of 48 um: every sixth row and column. */
const walls = (row: number, column: number): number => (row % 6 === 0 || column % 6 === 0 ? 12 : 2)

test('a gap with walls is tissue, and an empty one is not', () => {
  expect(filled(walls)).toBe(gapEdge ** 2)
  expect(filled(() => 2)).toBe(0)
})

test('half of it, away from its edge, decides', () => {
  // Cells at least 5 from tissue are 22 x 22.
  const rows = (count: number) => (row: number, column: number) =>
    isIn(24, 22, row, column) && row < 24 + count ? 8 : 7
  expect([filled(rows(10)), filled(rows(11))]).toEqual([0, gapEdge ** 2])
  // The edge itself is partly tissue.
  expect(filled((row, column) => (isIn(24, 22, row, column) ? 2 : 40))).toBe(0)
})

test('debris covers only itself', () => {
  // Every eighth cell in both directions is further from the next than gaps that are closed; every sixth is not.
  const dots = (step: number) => (row: number, column: number) =>
    row % step === 0 && column % step === 0 ? 90 : 2
  expect([filled(dots(8)), filled(dots(6))]).toEqual([0, gapEdge ** 2])
})

test('glass that is coloured itself fills nothing, and neither does ink', () => {
  expect(filled(() => 12, { glass: 12 })).toBe(0)
  expect(filled((row, column) => 10 + walls(row, column), { glass: 12 })).toBe(gapEdge ** 2)
  const pen = { isOther: (at: number) => isGap(Math.floor(at / columns), at % columns) }
  expect(filled(() => 200, pen)).toBe(0)
})

test('a gap that opens to the glass stays', () => {
  expect(filled(walls, { isOpen: true })).toBe(0)
})

test('the mask of an island with fat is whole', () => {
  // 6.5 mm2: a slide, not a field.
  const [across, island] = [320, 200]
  const colour = (row: number, column: number): readonly number[] => {
    const isFat = isIn(110, 80, row, column)
    if (!isIn(60, island, row, column)) return [244, 243, 244]
    if (!isFat) return [210, 140, 180]
    return walls(row, column) === 12 ? [240, 228, 236] : [243, 242, 243]
  }
  const colours = Uint8Array.from({ length: 3 * across ** 2 }, (_, at) => {
    const cell = Math.floor(at / 3)
    return colour(Math.floor(cell / across), cell % across)[at % 3] ?? 0
  })
  const mask = classifyCells({ rows: across, columns: across, colours, sharpness: null })
  const tissue = mask.cells.filter((code) => code === maskClasses.indexOf('tissue')).length
  // The median rounds the corners by a few cells.
  expect(tissue / island ** 2).toBeCloseTo(1, 2)
})
