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
  /** Share of tissue in the stride x stride square around the centre of each place. */
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
  const inset = (placeUm - strideUm) / 2
  const cells: number[] = []
  const shares: number[] = []
  for (let cell = 0; cell < cellCount; cell++) {
    const left = (cell % grid.columns) * strideUm
    const top = Math.floor(cell / grid.columns) * strideUm
    if (tissue.shareOf(left, top, placeUm) < minTissueShare) continue
    const centre = { x: (left + placeUm / 2) / pixelSizeUm, y: (top + placeUm / 2) / pixelSizeUm }
    if (region !== null && !isInGeometry(region, [centre.x, centre.y])) continue
    cells.push(cell)
    shares.push(tissue.shareOf(left + inset, top + inset, strideUm))
  }
  return { grid, cells: Int32Array.from(cells), tissueShare: Float32Array.from(shares) }
}
