import { AppError } from '../../contract/errors.ts'
import { checkRaster, makeRaster, type Raster } from '../image/index.ts'
import type { Crop, Pose } from './crop-plan.ts'

/** The pixels of a crop as a raster of sizePx x sizePx. image.invalid-raster where it does not lie inside. */
export function cutCrop(raster: Raster, crop: Crop): Raster {
  const { top, left, sizePx } = crop
  return pose(raster, crop, top, left, sizePx, sizePx)
}

/** The whole raster in a pose, a new one; an odd number of quarter turns swaps its edges. image.invalid-raster. */
export function turnRaster(raster: Raster, turn: Pose): Raster {
  return pose(raster, turn, 0, 0, raster.widthPx, raster.heightPx)
}

/**
 * Copies a window, walking the source in the order of the output. The three steps are undone
 * backwards: where output (row, column) comes from before the flips, then before the turns.
 */
function pose(
  raster: Raster,
  { quarterTurns, flipVertical, flipHorizontal }: Pose,
  top: number,
  left: number,
  widthPx: number,
  heightPx: number,
): Raster {
  checkRaster(raster)
  const isInside =
    top >= 0 && left >= 0 && top + heightPx <= raster.heightPx && left + widthPx <= raster.widthPx
  if (!isInside) {
    const reason = `the window at ${left}, ${top} of ${widthPx} x ${heightPx} is not inside it`
    throw new AppError('image.invalid-raster', { reason })
  }
  const isOdd = quarterTurns % 2 === 1
  const output = isOdd ? makeRaster(heightPx, widthPx) : makeRaster(widthPx, heightPx)
  const lastRow = heightPx - 1
  const lastColumn = widthPx - 1
  // Where output (0, 0) comes from, and how the source moves with each output column and row.
  const source = (row: number, column: number): [number, number] => {
    const r = flipVertical ? output.heightPx - 1 - row : row
    const c = flipHorizontal ? output.widthPx - 1 - column : column
    if (quarterTurns === 0) return [r, c]
    if (quarterTurns === 1) return [c, lastColumn - r]
    if (quarterTurns === 2) return [lastRow - r, lastColumn - c]
    return [lastRow - c, r]
  }
  const offset = ([row, column]: [number, number]) => 3 * ((top + row) * raster.widthPx + left + column)
  const start = offset(source(0, 0))
  const columnStep = offset(source(0, 1)) - start
  const rowStep = offset(source(1, 0)) - start
  const from = raster.data
  const to = output.data
  // After an odd number of turns each column comes from another row of the source. The processor's cache keeps this many rows
  // until the next output row needs them.
  const columnsAtOnce = isOdd ? 64 : output.widthPx
  for (let first = 0; first < output.widthPx; first += columnsAtOnce) {
    const end = Math.min(output.widthPx, first + columnsAtOnce)
    for (let row = 0; row < output.heightPx; row++) {
      let at = start + row * rowStep + first * columnStep
      let out = 3 * (row * output.widthPx + first)
      for (let column = first; column < end; column++, at += columnStep, out += 3) {
        to[out] = from[at] ?? 0
        to[out + 1] = from[at + 1] ?? 0
        to[out + 2] = from[at + 2] ?? 0
      }
    }
  }
  return output
}
