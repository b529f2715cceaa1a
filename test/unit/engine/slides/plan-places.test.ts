import { describe, expect, it } from 'vitest'
import { recipes } from '../../../../electron/contract/index.ts'
import { placeEdgeUm, planPlaces } from '../../../../electron/engine/slides/plan-places.ts'
import { TissueArea } from '../../../../electron/engine/slides/tissue-area.ts'
import type { TissueMask } from '../../../../electron/engine/tissue/tissue-mask.ts'
import { expectRefusal } from '../encoders/helpers.ts'

/** Tissue where `isTissue` says so, of a row and a column of cells of 8 um. */
function maskOf(
  rows: number,
  columns: number,
  isTissue: (row: number, column: number) => boolean,
): TissueMask {
  const cells = Uint8Array.from({ length: rows * columns }, (_, at) =>
    isTissue(Math.floor(at / columns), at % columns) ? 1 : 0,
  )
  return { rows, columns, cells }
}

/** 1600 x 800 um. */
const slide = { widthPx: 3200, heightPx: 1600, pixelSizeUm: 0.5 }
const base = { slide, placeUm: 400, strideUm: 200, region: null }

describe('places', () => {
  it('have the edge of the smallest crop', () => {
    expect(placeEdgeUm(recipes.standard.crops.sets, 0.499)).toBe(336)
    expect(placeEdgeUm(recipes['starter']?.crops.sets ?? [], 0.2527)).toBe(168)
  })

  it('lie on a grid from the corner that reaches all edges, and count with half of their square in tissue', () => {
    // The left half, to 800 um.
    const planned = planPlaces({ ...base, mask: maskOf(100, 200, (_, column) => column < 100) })
    expect(planned.grid).toEqual({ rows: 3, columns: 7, strideUm: 200, placeUm: 400 })
    // Columns 0 to 2 are all tissue, 3 (600 to 1000 um) is half of it.
    expect([...planned.cells]).toEqual([0, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17])
    // Of the stride squares column 2 is 500 to 700 um and column 3 is 700 to 900 um; row 0 is 100 to 300 um, and above it are
    // 100 um of tissue without a place. The corner also has 100 um to its left and 100 x 100 um beside both.
    expect([...planned.tissueShare.subarray(0, 4)]).toEqual([2.25, 1.5, 1.5, 0.75])
    const all = planPlaces({ ...base, mask: maskOf(100, 200, () => true), strideUm: 300 })
    // 0, 300, 600, 900, 1200: the last one ends with the slide. Downwards 300 to 700 and 600 to 1000; half of that is slide.
    expect(all.grid).toMatchObject({ rows: 3, columns: 5 })
    expect([...all.cells]).toEqual(Array.from({ length: 15 }, (_, cell) => cell))
  })

  it('are only those whose centre is in the region, holes left out', () => {
    const mask = maskOf(100, 200, () => true)
    const rectangle = { kind: 'rectangle', left: 0, top: 0, right: 1199, bottom: 801 } as const
    // Centres at 400, 800, 1200 ... px across and 400, 800, 1200 px down.
    expect([...planPlaces({ ...base, mask, region: rectangle }).cells]).toEqual([0, 1, 7, 8])
    const outline = [[0, 0], [3200, 0], [3200, 1600], [0, 1600]] as [number, number][] // prettier-ignore
    const hole = [[500, 300], [2900, 300], [2900, 1300], [500, 1300]] as [number, number][] // prettier-ignore
    const region = { kind: 'polygon', parts: [[outline, hole]] } as const
    const planned = planPlaces({ ...base, mask, region: { ...region, parts: [[outline, hole]] } })
    expect([...planned.cells]).toEqual([0, 7, 14])
  })

  it('represent all tissue that touches one of their squares, in the region', () => {
    const areaOf = (planned: { tissueShare: Float32Array }): number =>
      planned.tissueShare.reduce((sum, share) => sum + share * 0.04, 0)
    // A disc, whose edge has less than half of many squares.
    const disc = maskOf(100, 200, (row, column) => Math.hypot(row - 49.5, column - 99.5) < 40)
    for (const strideUm of [200, 100, 50]) {
      const planned = planPlaces({ ...base, strideUm, mask: disc })
      const area = areaOf(planned) * (strideUm / 200) ** 2
      expect(area / new TissueArea(disc).mm2).toBeCloseTo(1, 4)
    }
    // Tissue of 160 um beside full squares, and an islet of 80 um that no place touches.
    const mask = maskOf(100, 200, (row, column) => column < 70 || (row < 10 && column > 185))
    const planned = planPlaces({ ...base, strideUm: 400, mask })
    expect([...planned.cells]).toEqual([0, 4])
    // 560 x 800 um.
    expect(areaOf(planned) * 4).toBeCloseTo(0.448, 6)
    const region = { kind: 'rectangle', left: 0, top: 0, right: 1199, bottom: 801 } as const
    const within = planPlaces({ ...base, mask: maskOf(100, 200, () => true), region })
    // Four squares from 100 to 500 um, and the edge of the slide above and to the left of them.
    expect(areaOf(within)).toBeCloseTo(0.25, 6)
  })

  it('are none without tissue, one on a slide smaller than a place, and never too many', async () => {
    expect(planPlaces({ ...base, mask: maskOf(100, 200, () => false) }).cells).toHaveLength(0)
    const small = { widthPx: 700, heightPx: 700, pixelSizeUm: 0.5 }
    const one = planPlaces({ ...base, slide: small, mask: maskOf(44, 44, () => true) })
    expect([one.grid.rows, one.grid.columns, ...one.cells]).toEqual([1, 1, 0])
    // A pixel size of 20 um is that of a screen.
    const wide = { widthPx: 100_000, heightPx: 100_000, pixelSizeUm: 20 }
    await expectRefusal(
      () =>
        Promise.resolve().then(() => planPlaces({ ...base, slide: wide, mask: maskOf(1, 1, () => true) })),
      'slide.too-many-places',
      /99980001 places; at most 2097152/,
    )
  })

  it('measure fractions of cells, and the tissue of the slide', () => {
    const tissue = new TissueArea(maskOf(3, 4, (row, column) => row === 1 && column > 0))
    expect(tissue.mm2).toBeCloseTo((3 * 64) / 1e6, 15)
    expect(tissue.shareOf(4, 4, 8)).toBe(0.25)
    expect(tissue.shareOf(8, 8, 8)).toBe(1)
    // Beyond the slide there is none.
    expect(tissue.shareOf(28, 8, 8)).toBe(0.5)
    expect(tissue.shareOf(-100, 8, 8)).toBe(0)
  })
})
