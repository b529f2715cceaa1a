import { expect, it } from 'vitest'
import type { ImageView } from '../../../../electron/contract/index.ts'
import {
  groupedByCase,
  nextDirection,
  sortedPlaces,
  type SortKey,
} from '../../../../renderer/state/sort-images.ts'

const image = (fileName: string, caseName: string | null, widthPx: number): ImageView =>
  ({ fileName, caseName, widthPx }) as ImageView

const images = [
  image('field 10.png', 'B', 3),
  image('field 2.png', null, 1),
  image('Field 1.png', 'a', 3),
  image('field 2.png', 'b', 2),
  image('field 3.png', null, 2),
]
const context = { rankOf: ({ widthPx }: ImageView) => -widthPx }
const byFile: SortKey = { valueOf: ({ fileName }) => fileName, first: 'ascending' }
const byCase: SortKey = { valueOf: ({ caseName }) => caseName ?? undefined, first: 'ascending' }
const byWidth: SortKey = { valueOf: ({ widthPx }) => widthPx, first: 'descending' }

it('compares text naturally and numbers as numbers; equal values keep the given order in both directions', () => {
  expect(sortedPlaces(images, byFile, 'ascending', context)).toEqual([2, 1, 3, 4, 0])
  expect(sortedPlaces(images, byFile, 'descending', context)).toEqual([0, 4, 1, 3, 2])
  expect(sortedPlaces(images, byWidth, 'ascending', context)).toEqual([1, 3, 4, 0, 2])
  expect(sortedPlaces(images, byWidth, 'descending', context)).toEqual([0, 2, 3, 4, 1])
})

it('lists images without a value last, whatever the direction', () => {
  expect(sortedPlaces(images, byCase, 'ascending', context)).toEqual([2, 0, 3, 1, 4])
  expect(sortedPlaces(images, byCase, 'descending', context)).toEqual([0, 3, 2, 1, 4])
})

it('sorts by a rank known to the page', () => {
  const byState: SortKey = { valueOf: (one, { rankOf }) => rankOf(one), first: 'ascending' }
  expect(sortedPlaces(images, byState, 'ascending', context)).toEqual([0, 2, 3, 4, 1])
})

it('groups by case in the order of their names, and keeps the order within a case', () => {
  const places = sortedPlaces(images, byFile, 'descending', context)
  expect(groupedByCase(images, places)).toEqual([2, 0, 3, 4, 1])
})

it('a header pressed three times gives the first direction, the other one, no sorting', () => {
  expect(nextDirection('none', 'descending')).toBe('descending')
  expect(nextDirection('descending', 'descending')).toBe('ascending')
  expect(nextDirection('ascending', 'descending')).toBe('none')
  expect(nextDirection('ascending', 'ascending')).toBe('descending')
})
