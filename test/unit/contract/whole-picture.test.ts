import { expect, it } from 'vitest'
import {
  firstLevelOf,
  levelCount,
  parseTilePath,
  thumbnailEdgePx,
  tileSizePx,
  wholePicturePath,
} from '../../../electron/contract/index.ts'

const field = { id: 7, widthPx: 700, heightPx: 460 }
const slide = { id: 8, widthPx: 100_000, heightPx: 80_000 }

it('gives the thumbnail where it has enough pixels, else the coarsest level that has', () => {
  // A field of 700 px has levels of 700 (level 10), 350 (9) and 175 (8).
  expect([160, 161, 175, 176, 350, 351, 700, 2000].map((edgePx) => wholePicturePath(field, edgePx))).toEqual([
    '/7/thumbnail.jpg',
    '/7/8/0_0.jpg',
    '/7/8/0_0.jpg',
    '/7/9/0_0.jpg',
    '/7/9/0_0.jpg',
    '/7/10/0_0.jpg',
    '/7/10/0_0.jpg',
    '/7/10/0_0.jpg',
  ])
  // One tile of 1024 px is the most that one picture of a slide has: 100 000 / 2^7 is 782.
  expect([200, 5000].map((edgePx) => wholePicturePath(slide, edgePx))).toEqual([
    '/8/9/0_0.jpg',
    '/8/10/0_0.jpg',
  ])
})

it('always shows the whole image, with enough pixels if one tile can have them', () => {
  for (const size of [
    field,
    slide,
    { id: 1, widthPx: 1, heightPx: 1 },
    { id: 2, widthPx: 1024, heightPx: 9 },
  ]) {
    const longest = Math.max(size.widthPx, size.heightPx)
    for (let edgePx = 20; edgePx < 1500; edgePx += 37) {
      const request = parseTilePath(wholePicturePath(size, edgePx))
      if (request?.kind !== 'tile') {
        expect([request?.kind, edgePx <= thumbnailEdgePx]).toEqual(['thumbnail', true])
        continue
      }
      const levelPx = Math.ceil(longest / 2 ** (levelCount(size.widthPx, size.heightPx) - 1 - request.level))
      expect([request.column, request.row, levelPx <= tileSizePx]).toEqual([0, 0, true])
      if (request.level < firstLevelOf(size))
        expect(levelPx).toBeGreaterThanOrEqual(Math.min(edgePx, longest))
    }
  }
})
