import type { CropSet } from '../../contract/index.ts'
import type { PixelWindow } from '../descriptors/average-windows.ts'
import { workingScale } from '../image/index.ts'

/** Places along the edge of the smallest crop. */
const placesPerCrop = 8
/** Above this many the places stand further apart. */
const maxCells = 4096
/** Windows of half the square's edge, three across and three down, each half over the next. */
const windowShare = 1 / 2
const stepShare = 1 / 4

/** Cells that tile an image, in its own pixels; a place is the middle of a cell. */
export interface HeatMapGrid {
  readonly rows: number
  readonly columns: number
  readonly cellWidthPx: number
  readonly cellHeightPx: number
}

interface ImageSize {
  readonly widthPx: number
  readonly heightPx: number
  /** um; null: unknown. */
  readonly pixelSizeUm: number | null
}

/** Edge of a set's crop in pixels of the image as it lies in its file. */
export const cropEdgePx = (set: CropSet, pixelSizeUm: number | null): number =>
  set.sizePx / workingScale(set, pixelSizeUm)

/** Cells of about an eighth of the smallest crop's edge; at least one, at most `maxCells`. */
export function planHeatMap(
  { widthPx, heightPx, pixelSizeUm }: ImageSize,
  sets: readonly CropSet[],
): HeatMapGrid {
  const smallestPx = Math.min(...sets.map((set) => cropEdgePx(set, pixelSizeUm)))
  const finestPx = Math.sqrt((widthPx * heightPx) / maxCells)
  const cellPx = Math.max(smallestPx / placesPerCrop, finestPx)
  const count = (edgePx: number): number => Math.max(1, Math.floor(edgePx / cellPx))
  const [rows, columns] = [count(heightPx), count(widthPx)]
  return { rows, columns, cellWidthPx: widthPx / columns, cellHeightPx: heightPx / rows }
}

/** What `windowsAround` lays around a place for a square of that edge. */
export const windowSizes = (squarePx: number): { squarePx: number; windowPx: number; stepPx: number } => ({
  squarePx,
  windowPx: squarePx * windowShare,
  stepPx: squarePx * stepShare,
})

/**
 * The nine overlapping windows of the square around a place, row by row: those whose middle lies in the image, each cut
 * at the image's edges. The one in the middle is always among them.
 */
export function windowsAround(
  place: { readonly x: number; readonly y: number },
  squarePx: number,
  image: { readonly widthPx: number; readonly heightPx: number },
): PixelWindow[] {
  const { windowPx, stepPx } = windowSizes(squarePx)
  const offsets = [-stepPx, 0, stepPx]
  const centres = offsets.flatMap((down) =>
    offsets.map((across) => ({ x: place.x + across, y: place.y + down })),
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
