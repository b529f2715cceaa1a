import type { Pose } from '../crops/index.ts'
import type { PixelWindow } from '../image/index.ts'

/**
 * The window of the same tissue after `turnRaster(image, turn)`, in the coordinates of the turned image. Returns a new
 * object.
 */
export function turnWindow(
  window: PixelWindow,
  upright: { readonly widthPx: number; readonly heightPx: number },
  turn: Pose,
): PixelWindow {
  let { leftPx, topPx, widthPx, heightPx } = window
  let image = { widthPx: upright.widthPx, heightPx: upright.heightPx }
  for (let quarter = 0; quarter < turn.quarterTurns; quarter++) {
    // Counter-clockwise: the right edge becomes the top, the top becomes the left.
    ;[leftPx, topPx] = [topPx, image.widthPx - leftPx - widthPx]
    ;[widthPx, heightPx] = [heightPx, widthPx]
    image = { widthPx: image.heightPx, heightPx: image.widthPx }
  }
  if (turn.flipVertical) topPx = image.heightPx - topPx - heightPx
  if (turn.flipHorizontal) leftPx = image.widthPx - leftPx - widthPx
  return { leftPx, topPx, widthPx, heightPx }
}
