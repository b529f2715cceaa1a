import { expect, test } from 'vitest'
import { checkedGeometry, extentOf } from '../../../../electron/engine/regions/geometry.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { maskAreas } from '../../../../electron/engine/tissue/mask-facts.ts'
import { maskOfAreas, outlinesOf } from '../../../../electron/engine/tissue/outlines.ts'
import { close } from '../../../../electron/engine/tissue/shapes.ts'

const maskOf = (...lines: string[]) => ({
  rows: lines.length,
  columns: lines[0]?.length ?? 0,
  cells: Uint8Array.from(Array.from(lines.join('')), (letter) => (letter === '#' ? 1 : 0)),
})
/** A cell is 16 x 16 pixels. */
const pixelSizeUm = 0.5

test('a square, by hand, cut where the image ends within a cell', () => {
  const mask = maskOf('....', '.###', '.###')
  expect(outlinesOf(mask, { widthPx: 60, heightPx: 48, pixelSizeUm })).toEqual({
    kind: 'polygon',
    parts: [
      [
        [
          [16, 16],
          [60, 16],
          [60, 48],
          [16, 48],
        ],
      ],
    ],
  })
  expect(outlinesOf(maskOf('..', '..'), { widthPx: 32, heightPx: 32, pixelSizeUm })).toBeNull()
})

test('holes are kept, and pen is no tissue', () => {
  const mask = maskOf('######', '#....#', '#....#', '######')
  mask.cells[7] = 2
  const outlines = outlinesOf(mask, { widthPx: 96, heightPx: 64, pixelSizeUm })
  expect(outlines).toMatchObject({ parts: [[{ length: 4 }, { length: 4 }]] })
})

test.each([1, 2, 3, 4, 5])(
  'outlines are regions, at most a cell off, and give their mask again (seed %i)',
  (seed) => {
    const generator = keyedGenerator('outlines', seed)
    const [rows, columns] = [60, 80]
    const cells = Uint8Array.from({ length: rows * columns }, () => (generator.nextFloat() < 0.06 ? 1 : 0))
    close({ columns, cells }, 3)
    const mask = { rows, columns, cells }
    const image = { widthPx: 16 * columns, heightPx: 16 * rows, pixelSizeUm }
    const outlines = outlinesOf(mask, image)
    if (outlines === null) throw new Error('no tissue')
    const checked = checkedGeometry(outlines, image)
    const again = maskOfAreas([checked], image)
    // A cell may differ only if it has a neighbour of the other kind within a cell, over corners too.
    for (const [at, code] of again.cells.entries()) {
      if (code === mask.cells[at]) continue
      const [row, column] = [Math.floor(at / columns), at % columns]
      const around: number[] = []
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++)
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
          around.push(mask.cells[y * columns + x] ?? 9)
      expect(around).toContain(code)
    }
    const area = extentOf(checked, pixelSizeUm)?.areaUm2 ?? 0
    expect(Math.abs(area / 1e6 / maskAreas(mask).tissue - 1)).toBeLessThan(0.1)
  },
)

test('several areas are one mask, whatever overlaps; lines enclose nothing', () => {
  const image = { widthPx: 64, heightPx: 32, pixelSizeUm }
  const mask = maskOfAreas(
    [
      { kind: 'rectangle', left: 0, top: 0, right: 32, bottom: 16 },
      { kind: 'rectangle', left: 16, top: 0, right: 48, bottom: 32 },
      { kind: 'line', points: [[0, 0], [64, 32]] }, // prettier-ignore
    ],
    image,
  )
  expect(mask).toEqual(maskOf('###.', '.##.'))
})
