import { expect, it } from 'vitest'
import { gridLayoutOf } from '../../../../../renderer/features/worklist/grid-layout.ts'

it('fits as many tiles into a line as there is room for, at least one', () => {
  // Margins of 1.5 rem, five tiles of 11 rem with gaps of half a rem: 58.5 rem.
  expect([58.4, 58.5, 70, 3].map((widthRem) => gridLayoutOf(11, widthRem).columns)).toEqual([4, 5, 6, 1])
})

it('makes lines higher with the tiles, and shows names where they can be read', () => {
  // Three quarters of the width for the picture, 0.375 for its frame, 1.25 for each line of text with 0.375 around, 0.5 of gap.
  expect(gridLayoutOf(10, 60)).toEqual({ columns: 5, pictureRem: 7.5, heightRem: 12.5, hasName: true })
  expect(gridLayoutOf(8, 60)).toMatchObject({ hasName: false, heightRem: 9.75 })
})
