import { expect, it } from 'vitest'
import { normalizedTilePath } from '../../../../../electron/contract/index.ts'
import { tilesOfFit } from '../../../../../renderer/features/slide/tiles-of-fit.ts'

const levelsOf = (addresses: readonly string[]): Record<string, number> => {
  const levels: Record<string, number> = {}
  for (const address of addresses) {
    const level = address.split('/').at(-2) ?? ''
    levels[level] = (levels[level] ?? 0) + 1
  }
  return levels
}

const field = { id: 7, widthPx: 2048, heightPx: 1536 }

it('covers levels from one tile to at most two pixels per screen pixel', () => {
  // 1100 / 2048 = 0.537 of full size: all two by two tiles of the full picture.
  const seen = tilesOfFit(field, '/slide', { x: 1100, y: 900 })
  expect(levelsOf(seen)).toEqual({ 10: 1, 11: 4 })
  expect(seen).toEqual([
    '/slide/7/10/0_0.jpg',
    '/slide/7/11/0_0.jpg',
    '/slide/7/11/1_0.jpg',
    '/slide/7/11/0_1.jpg',
    '/slide/7/11/1_1.jpg',
  ])
  // 760 / 1536 = 0.495: the level of half size is fine enough.
  expect(levelsOf(tilesOfFit(field, '', { x: 1100, y: 760 }))).toEqual({ 10: 1 })
})

it('has one tile for a small image, and counts partial ones at the edges', () => {
  expect(tilesOfFit({ id: 1, widthPx: 400, heightPx: 90 }, '', { x: 900, y: 900 })).toEqual(['/1/9/0_0.jpg'])
  expect(tilesOfFit({ id: 1, widthPx: 100, heightPx: 90 }, '', { x: 9, y: 9 })).toEqual(['/1/7/0_0.jpg'])
  // 2049 wide: 3 tiles across at full size (level 12), 1025 and 2 at half, 513 and 1 at a quarter.
  const odd = { id: 1, widthPx: 2049, heightPx: 1024 }
  expect(levelsOf(tilesOfFit(odd, '', { x: 2000, y: 2000 }))).toEqual({ 10: 1, 11: 2, 12: 3 })
})

it('requests no more tiles for a whole slide than for a field', () => {
  const slide = { id: 1, widthPx: 100_000, heightPx: 80_000 }
  // At 1/128 it has 782 by 625 pixels, at 1/64 1563 by 1250: 1.42 pixels per screen pixel.
  expect(levelsOf(tilesOfFit(slide, '', { x: 1100, y: 900 }))).toEqual({ 10: 1, 11: 4 })
})

it('has a separate path for normalised colours', () => {
  const [first] = tilesOfFit(field, '/slide', { x: 100, y: 100 }, normalizedTilePath)
  expect(first).toBe('/slide/7/normalised/10/0_0.jpg')
})
