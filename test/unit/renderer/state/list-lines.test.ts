import { describe, expect, it } from 'vitest'
import type { ImageView } from '../../../../electron/contract/index.ts'
import {
  gridLines,
  imageBelow,
  itemOf,
  itemsByCase,
  lineWith,
  type ListLine,
} from '../../../../renderer/state/list-lines.ts'

const image = (id: number, caseName: string | null = null): ImageView =>
  ({ id, caseName, label: null }) as ImageView
/** Ids of each line; the head of a case by its name. */
const shown = (lines: readonly ListLine[]): unknown[] =>
  lines.map((line) => {
    if (line.kind === 'case') return line.caseName
    return line.kind === 'tiles' ? line.images.map(({ id }) => id) : line.image.id
  })

const seven = [1, 2, 3, 4, 5, 6, 7].map((id) => itemOf(image(id)))
const cases = itemsByCase([
  ...[1, 2, 3, 4, 5].map((id) => image(id, 'a')),
  ...[6, 7].map((id) => image(id, 'b')),
])

describe('the lines of a grid', () => {
  it('hold so many images each, in the order of the list', () => {
    expect(shown(gridLines(seven, 3))).toEqual([[1, 2, 3], [4, 5, 6], [7]])
    expect(shown(gridLines(seven, 9))).toEqual([[1, 2, 3, 4, 5, 6, 7]])
    expect(gridLines([], 3)).toEqual([])
  })

  it('hold images of one case each', () => {
    expect(shown(gridLines(cases, 3))).toEqual(['a', [1, 2, 3], [4, 5], 'b', [6, 7]])
  })

  it('hold every image once, for any number of columns', () => {
    for (let columns = 1; columns <= 8; columns++) {
      const ids = gridLines(cases, columns).flatMap((line) => (line.kind === 'tiles' ? line.images : []))
      expect(ids.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7])
    }
  })

  it('are found by an image', () => {
    const lines = gridLines(cases, 3)
    expect([1, 5, 7, 8, null].map((id) => lineWith(lines, id))).toEqual([1, 2, 4, -1, -1])
    expect(lineWith(cases, 6)).toBe(7)
  })
})

describe('the image so many lines below', () => {
  const below = (columns: number, id: number, down: number): number | undefined =>
    imageBelow(gridLines(cases, columns), id, down)?.id

  it('is in the same column, over the heads of cases', () => {
    expect([below(3, 1, 1), below(3, 2, 2), below(3, 7, -1), below(3, 6, -2)]).toEqual([4, 7, 5, 1])
  })

  it('is the last one of a shorter line', () => {
    expect([below(3, 3, 1), below(3, 3, 2)]).toEqual([5, 7])
  })

  it('stays on the list', () => {
    expect([below(3, 2, -5), below(3, 4, 9), below(3, 7, 1)]).toEqual([2, 6, 7])
  })

  it('is not known from an image that is not listed', () => {
    expect([below(3, 99, 1), imageBelow([], 1, 1)]).toEqual([undefined, undefined])
  })
})
