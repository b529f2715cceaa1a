import { describe, expect, it } from 'vitest'
import { planBlocks, type Block, type TileShape } from '../../../../electron/engine/slides/plan-blocks.ts'

const columns = 60
const grid = { rows: 60, columns, strideUm: 1, placeUm: 2 }
/** A fine scale, and a coarse one with half its pixels. */
const shapes: TileShape[] = [
  { stridePx: 100, cropPx: 200, contextPx: 100, maxWidthPx: 1400, maxPx: 1_200_000, maxPlaces: 256 },
  { stridePx: 50, cropPx: 100, contextPx: 100, maxWidthPx: 1400, maxPx: 1_200_000, maxPlaces: 256 },
]

const plan = (isPlace: (row: number, column: number) => boolean) => {
  const all = Array.from({ length: grid.rows * columns }, (_, cell) => cell)
  const cells = Int32Array.from(all.filter((cell) => isPlace(Math.floor(cell / columns), cell % columns)))
  return { cells, blocks: planBlocks({ grid, cells, tissueShare: new Float32Array() }, shapes) }
}

/** Rows and columns of places, and the edges of their tile. */
function boxOf(cells: readonly number[], { stridePx, cropPx, contextPx }: TileShape) {
  const [rows, across] = [
    cells.map((cell) => Math.floor(cell / columns)),
    cells.map((cell) => cell % columns),
  ]
  const edge = (positions: number[]): number =>
    (Math.max(...positions) - Math.min(...positions)) * stridePx + cropPx + 2 * contextPx
  return { heightPx: edge(rows), widthPx: edge(across) }
}

const tilesOf = (cells: Int32Array, { places, tiles }: Block, scale: number): number[][] =>
  (tiles[scale] ?? []).map((rows) => rows.map((row) => cells[places[row] ?? -1] ?? -1))

const pixelsOf = (cells: Int32Array, blocks: readonly Block[], scale: number): number =>
  blocks
    .flatMap((block) => tilesOf(cells, block, scale))
    .map((tile) => boxOf(tile, shapes[scale] as TileShape))
    .reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx, 0)

describe('blocks', () => {
  it('hold each place once and at most 256, and each of their tiles fits', () => {
    for (const isPlace of [
      () => true,
      (row: number, column: number) => (row * 7 + column * 13) % 3 > 0,
      (row: number, column: number) => Math.hypot(row - 30, column - 30) < 25,
      (row: number, column: number) => row === column,
    ]) {
      const { cells, blocks } = plan(isPlace)
      const places = blocks.flatMap((block) => block.places)
      expect(places.toSorted((a, b) => a - b)).toEqual([...cells.keys()])
      const firsts = blocks.map((block) => block.places[0] ?? -1)
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
      for (const block of blocks) {
        expect(block.places.length).toBeLessThanOrEqual(256)
        for (const [scale, shape] of shapes.entries()) {
          const tiles = tilesOf(cells, block, scale)
          expect(tiles.flat().toSorted((a, b) => a - b)).toEqual(block.places.map((place) => cells[place]))
          for (const tile of tiles) {
            const { widthPx, heightPx } = boxOf(tile, shape)
            expect(widthPx).toBeLessThanOrEqual(shape.maxWidthPx)
            expect(widthPx * heightPx).toBeLessThanOrEqual(shape.maxPx)
          }
        }
      }
    }
  })

  it('are one for an island that a tile holds, and apart for islands that are far from each other', () => {
    const { cells, blocks } = plan(
      (row, column) => (row < 5 && column < 5) || (row > 50 && column > 20 && column < 26),
    )
    expect(blocks.map(({ places, tiles }) => [places.length, tiles.map((own) => own.length)])).toEqual([
      [25, [1, 1]],
      [45, [tilesOf(cells, blocks[1] as Block, 0).length, 1]],
    ])
    // 5 places: 4 x 100 + 200 + 2 x 100 pixels.
    expect(boxOf(tilesOf(cells, blocks[0] as Block, 0)[0] ?? [], shapes[0] as TileShape)).toEqual({
      widthPx: 800,
      heightPx: 800,
    })
  })

  it('encode not many more pixels than the places have', () => {
    const { cells, blocks } = plan(() => true)
    const [fine = NaN, coarse = NaN] = [0, 1].map((scale) => pixelsOf(cells, blocks, scale))
    // Along an edge of 1095 pixels 7.95 strides of 100 fit beside a crop and its context: (1095 / 795)^2 = 1.9, and whole places.
    expect(fine / (cells.length * 100 ** 2)).toBeLessThan(2.1)
    // All 256 places of a block are in one tile, if it is a square: (15 x 50 + 300)^2 / (16 x 50)^2 = 1.72.
    expect(coarse / (cells.length * 50 ** 2)).toBeLessThan(2.1)
    // A place alone would have 400 x 400.
    expect(fine).toBeLessThan((cells.length * 400 ** 2) / 7)
  })

  it('are none without places', () => {
    expect(plan(() => false).blocks).toEqual([])
  })
})
