import type { CropSet } from '../../contract/index.ts'
import type { PixelWindow } from '../image/index.ts'
import { workingScale } from '../image/index.ts'

/** Cells along the edge of the smallest crop. */
const cellsPerCrop = 8
/** Maximum number of cells; larger images have larger cells. */
const maxCells = 4096
/** Windows have half the square's edge: three across and three down, each overlapping the next by half. */
const windowShare = 1 / 2
const stepShare = 1 / 4

/** A grid of cells that tile an image. The sizes are in pixels of the image. */
export interface HeatMapGrid {
  readonly rows: number
  readonly columns: number
  readonly cellWidthPx: number
  readonly cellHeightPx: number
}

interface ImageSize {
  readonly widthPx: number
  readonly heightPx: number
  /** Micrometres; null: unknown. */
  readonly pixelSizeUm: number | null
}

/** The edge of a crop of this set, in pixels of the image as stored in its file. */
export const cropEdgePx = (set: CropSet, pixelSizeUm: number | null): number =>
  set.sizePx / workingScale(set, pixelSizeUm)

/** The grid of a heat map. By default a cell's edge is about an eighth of the smallest crop's; 1 to `maxCells` cells. */
export function planHeatMap(
  { widthPx, heightPx, pixelSizeUm }: ImageSize,
  sets: readonly CropSet[],
  cellsAlongCrop: number = cellsPerCrop,
): HeatMapGrid {
  const smallestPx = Math.min(...sets.map((set) => cropEdgePx(set, pixelSizeUm)))
  const finestPx = Math.sqrt((widthPx * heightPx) / maxCells)
  const cellPx = Math.max(smallestPx / cellsAlongCrop, finestPx)
  const count = (edgePx: number): number => Math.max(1, Math.floor(edgePx / cellPx))
  const [rows, columns] = [count(heightPx), count(widthPx)]
  return { rows, columns, cellWidthPx: widthPx / columns, cellHeightPx: heightPx / rows }
}

/** The sizes that `windowsAround` uses for a square with this edge. */
export const windowSizes = (squarePx: number): { squarePx: number; windowPx: number; stepPx: number } => ({
  squarePx,
  windowPx: squarePx * windowShare,
  stepPx: squarePx * stepShare,
})

/**
 * The overlapping windows (at most nine) of the square around a point, row by row. Windows whose centre is outside the
 * image are left out, and the others are cut at its edges. The middle window is always included.
 */
export function windowsAround(
  centre: { readonly x: number; readonly y: number },
  squarePx: number,
  image: { readonly widthPx: number; readonly heightPx: number },
): PixelWindow[] {
  const { windowPx, stepPx } = windowSizes(squarePx)
  const offsets = [-stepPx, 0, stepPx]
  const centres = offsets.flatMap((down) =>
    offsets.map((across) => ({ x: centre.x + across, y: centre.y + down })),
  )
  return centres
    .filter(({ x, y }) => x >= 0 && y >= 0 && x <= image.widthPx && y <= image.heightPx)
    .map(({ x, y }) => {
      const leftPx = Math.max(0, x - windowPx / 2)
      const topPx = Math.max(0, y - windowPx / 2)
      const widthPx = Math.min(image.widthPx, x + windowPx / 2) - leftPx
      const heightPx = Math.min(image.heightPx, y + windowPx / 2) - topPx
      return { leftPx, topPx, widthPx, heightPx }
    })
}
