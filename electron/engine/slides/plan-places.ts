import {
  AppError,
  minTissueShare,
  type CropSet,
  type RegionGeometry,
  type SlideGrid,
} from '../../contract/index.ts'
import { isInGeometry } from '../regions/is-in-geometry.ts'
import { cropEdgePx } from '../prediction/heat-map-grid.ts'
import type { TissueMask } from '../tissue/tissue-mask.ts'
import { TissueArea } from './tissue-area.ts'

/** Cells of a grid: a slide of 26 x 26 mm at the finest stride has 400 000. */
const maxCells = 2 ** 21

export interface PlacesRequest {
  readonly slide: { readonly widthPx: number; readonly heightPx: number; readonly pixelSizeUm: number }
  readonly placeUm: number
  readonly strideUm: number
  readonly mask: TissueMask
  /** In pixels of the full-resolution image; null: all tissue. */
  readonly region: RegionGeometry | null
}

export interface PlannedPlaces {
  readonly grid: SlideGrid
  /** Index of each place in the grid, ascending. */
  readonly cells: Int32Array
  /** The tissue that each place represents (`tissueByPlace`), in areas of a stride x stride square. */
  readonly tissueShare: Float32Array
}

/** Edge of a place: the smallest crop of the recipe, um. */
export const placeEdgeUm = (sets: readonly CropSet[], pixelSizeUm: number): number =>
  // To a millionth, since the quotient of two sizes in um is rounded.
  Math.round(Math.min(...sets.map((set) => cropEdgePx(set, pixelSizeUm) * pixelSizeUm)) * 1e6) / 1e6

/**
 * The places of a slide: squares on a grid in um from the slide's upper left corner on, whose last row and column reach its
 * lower and right edges. A place counts if at least half of its square is tissue (what is outside the slide is not) and its
 * centre is inside the region.
 * @throws AppError `slide.too-many-places`
 */
export function planPlaces({ slide, placeUm, strideUm, mask, region }: PlacesRequest): PlannedPlaces {
  const { pixelSizeUm } = slide
  const count = (edgePx: number): number =>
    1 + Math.max(0, Math.ceil((edgePx * pixelSizeUm - placeUm) / strideUm - 1e-9))
  const grid = { rows: count(slide.heightPx), columns: count(slide.widthPx), strideUm, placeUm }
  const cellCount = grid.rows * grid.columns
  if (cellCount > maxCells)
    throw new AppError('slide.too-many-places', { places: cellCount, limit: maxCells })
  const tissue = new TissueArea(mask)
  const isInRegion = (row: number, column: number): boolean => {
    const position = (index: number): number => (index * strideUm + placeUm / 2) / pixelSizeUm
    return region === null || isInGeometry(region, [position(column), position(row)])
  }
  const cells: number[] = []
  for (let cell = 0; cell < cellCount; cell++) {
    const [row, column] = [Math.floor(cell / grid.columns), cell % grid.columns]
    if (tissue.shareOf(column * strideUm, row * strideUm, placeUm) < minTissueShare) continue
    if (isInRegion(row, column)) cells.push(cell)
  }
  return { grid, cells: Int32Array.from(cells), tissueShare: tissueByPlace(grid, cells, tissue, isInRegion) }
}

/**
 * The tissue that each place represents, in areas of a stride x stride square: that of the square around its centre, and that of
 * squares in the region without a place of their own, as at the edge of tissue. Such a square goes to the nearest place whose square
 * of tissue it overlaps or touches; among equally near ones to that with the most tissue, then to the first. The squares beside the
 * grid count, too, so that no tissue at the slide's edges is lost.
 */
function tissueByPlace(
  { rows, columns, strideUm, placeUm }: SlideGrid,
  cells: readonly number[],
  tissue: TissueArea,
  isInRegion: (row: number, column: number) => boolean,
): Float32Array {
  const inset = (placeUm - strideUm) / 2
  const shareOf = (row: number, column: number): number =>
    tissue.shareOf(column * strideUm + inset, row * strideUm + inset, strideUm)
  const own = new Map(cells.map((cell) => [cell, shareOf(Math.floor(cell / columns), cell % columns)]))
  const shares = new Map(own)
  const placeAt = (row: number, column: number): number | null => {
    const cell = row * columns + column
    return column >= 0 && column < columns && own.has(cell) ? cell : null
  }
  const steps = stepsWithin(Math.max(1, Math.floor((placeUm + strideUm) / (2 * strideUm))))
  const margin = Math.max(1, Math.ceil(inset / strideUm))
  for (let row = -margin; row < rows + margin; row++) {
    for (let column = -margin; column < columns + margin; column++) {
      const share = placeAt(row, column) === null ? shareOf(row, column) : 0
      if (share === 0 || !isInRegion(row, column)) continue
      let best: { cell: number; distance: number } | null = null
      for (const { down, across, distance } of steps) {
        if (best !== null && distance > best.distance) break
        const cell = placeAt(row + down, column + across)
        const isBetter = cell !== null && (best === null || (own.get(cell) ?? 0) > (own.get(best.cell) ?? 0))
        if (isBetter) best = { cell, distance }
      }
      if (best !== null) shares.set(best.cell, (shares.get(best.cell) ?? 0) + share)
    }
  }
  return Float32Array.from(cells, (cell) => shares.get(cell) ?? 0)
}

/** Steps to other squares at most so many rows and columns away, the nearest first, equally near ones row by row. */
function stepsWithin(reach: number): { down: number; across: number; distance: number }[] {
  const along = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach)
  return along
    .flatMap((down) => along.map((across) => ({ down, across, distance: Math.hypot(down, across) })))
    .filter(({ distance }) => distance > 0)
    .toSorted((a, b) => a.distance - b.distance)
}
