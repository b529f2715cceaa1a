import { expect, test } from 'vitest'
import { ViewedAreas } from '../../../renderer/state/viewed-areas.svelte.ts'

const image = { id: 1, widthPx: 1200, heightPx: 600 }
const all = { left: 0, top: 0, right: 1200, bottom: 600 }

/** Cells of each level, from 0 on. */
const counts = (cells: Uint8Array): number[] =>
  [0, 1, 2, 3, 4].map((level) => cells.filter((cell) => cell === level).length)

test('keeps for each cell the highest magnification at which its middle was on the screen', () => {
  const viewed = new ViewedAreas()
  expect(viewed.gridOf('Ada', 1)).toBeNull()
  // Below 2.5x nothing counts.
  viewed.look('Ada', image, all, 2.4)
  expect(viewed.gridOf('Ada', 1)).toBeNull()
  viewed.look('Ada', image, all, 2.5)
  expect(viewed.gridOf('Ada', 1)).toMatchObject({ columns: 120, rows: 60 })
  // 10 x 5 cells of 10 px; the next column's middle is at 105 px.
  viewed.look('Ada', image, { left: 0, top: 0, right: 104, bottom: 50 }, 10)
  viewed.look('Ada', image, { left: -500, top: -500, right: 10, bottom: 10 }, 80)
  // A lower magnification afterwards takes nothing away.
  viewed.look('Ada', image, all, 5)
  expect(counts(viewed.gridOf('Ada', 1)?.cells ?? new Uint8Array())).toEqual([0, 0, 7200 - 50, 49, 1])
})

test('is of one reader and one image, and ends with the workspace', () => {
  const viewed = new ViewedAreas()
  viewed.look('Ada', image, all, 10)
  expect(viewed.gridOf('Ben', 1)).toBeNull()
  expect(viewed.gridOf('Ada', 11)).toBeNull()
  viewed.clear()
  expect(viewed.gridOf('Ada', 1)).toBeNull()
})
