import { describe, expect, it } from 'vitest'
import { traceCells } from '../../../../electron/engine/regions/trace-cells.ts'
import { connectPlaces } from '../../../../electron/engine/slides/connected-places.ts'
import { findContact, findCrossing } from '../../../../electron/engine/regions/rings.ts'

const cellsOf = (rows: readonly string[]): { cells: number[]; columns: number } => ({
  columns: rows[0]?.length ?? 1,
  cells: Array.from(rows.join('')).flatMap((letter, cell) => (letter === '#' ? [cell] : [])),
})
const trace = (...rows: string[]): number[][][] => {
  const { cells, columns } = cellsOf(rows)
  return traceCells(cells, columns)
}

describe('the outline of cells', () => {
  it('has only corners as vertices, clockwise from the first', () => {
    expect(trace('.##', '.##')).toEqual([
      [
        [1, 0],
        [3, 0],
        [3, 2],
        [1, 2],
      ],
    ])
    expect(trace('#.', '##')[0]).toHaveLength(6)
  })

  it('keeps holes, the other way round', () => {
    expect(trace('####', '#..#', '####')).toEqual([
      [
        [0, 0],
        [4, 0],
        [4, 3],
        [0, 3],
      ],
      expect.arrayContaining([
        [1, 1],
        [1, 2],
        [3, 2],
        [3, 1],
      ]),
    ])
  })

  it('is not closed around the end of a row', () => {
    expect(trace('..#', '###')[0]).toHaveLength(6)
  })

  it('leaves a hole that reaches it at a corner as a ring of its own', () => {
    const rings = trace('##.', '#.#', '###')
    expect(rings).toHaveLength(2)
    expect(rings[1]).toHaveLength(4)
  })
})

it.each([1, 2, 3, 4])('any group has its area, and rings that a region may have (seed %i)', (seed) => {
  let state = seed
  const draw = (): number => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
  const columns = 17
  const { cells } = cellsOf(
    Array.from({ length: 17 }, () =>
      Array.from({ length: columns }, () => (draw() < 0.6 ? '#' : '.')).join(''),
    ),
  )
  const groups = connectPlaces(cells, new Uint8Array(cells.length), columns)
  for (const { members } of groups) {
    const own = members.map((member) => cells[member] ?? 0)
    const rings = traceCells(own, columns)
    const doubled = rings.map((ring) =>
      ring.reduce((sum, [x, y], i) => {
        const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y]
        return sum + x * nextY - nextX * y
      }, 0),
    )
    expect(doubled[0]).toBeGreaterThan(0)
    expect(doubled.slice(1).every((area) => area < 0)).toBe(true)
    // Twice the cells: holes count negatively. Whole numbers, so exactly.
    expect(doubled.reduce((sum, area) => sum + area, 0)).toBe(2 * own.length)
    expect(rings.map(findContact)).toEqual(rings.map(() => null))
    expect(findCrossing(rings)).toBeNull()
  }
})
