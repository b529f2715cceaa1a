import { beforeEach, expect, test } from 'vitest'
import { tileWidths, ViewChoice } from '../../../renderer/state/view-choice.svelte.ts'

const key = 'lobule view'
beforeEach(() => localStorage.clear())

test('is a table, usual tiles and a film strip at first', () => {
  const view = new ViewChoice()
  expect([view.isGrid, view.tileRem, view.hasFilmStrip]).toEqual([false, tileWidths.usual, true])
})

test('is remembered, but not the larger picture', () => {
  const view = new ViewChoice()
  view.toggleGrid()
  view.resizeTiles(15)
  view.toggleFilmStrip()
  view.isPeeking = true
  const again = new ViewChoice()
  expect([again.isGrid, again.tileRem, again.hasFilmStrip, again.isPeeking]).toEqual([true, 15, false, false])
})

test('keeps tiles between the least and the most width', () => {
  const view = new ViewChoice()
  view.resizeTiles(1000)
  expect(view.tileRem).toBe(tileWidths.most)
  view.resizeTiles(0)
  expect(view.tileRem).toBe(tileWidths.least)
})

test.each(['no JSON', '[]', '{"isGrid":"yes"}', '{"tileRem":1e9}', 'null'])(
  'starts as usual if what is stored is %s',
  (stored) => {
    localStorage.setItem(key, stored)
    const view = new ViewChoice()
    expect([view.isGrid, view.tileRem]).toEqual([false, tileWidths.usual])
  },
)

test('keeps what an earlier version stored', () => {
  localStorage.setItem(key, '{"isGrid":true}')
  const view = new ViewChoice()
  expect([view.isGrid, view.hasFilmStrip]).toEqual([true, true])
})
