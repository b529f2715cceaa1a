/** Pixels of the window. */
export interface PeekPlace {
  left: number
  top: number
  width: number
  height: number
}

const gapPx = 10
/** No larger than this: beyond, the viewer is the better place. */
const maxPx = 680

/**
 * Where a larger picture is shown: beside the small one, on the side with more space, as large as it fits, in the middle
 * of the small one's height as far as the bounds allow.
 * @param bounds what it may cover
 * @param captionPx height below the picture
 * @returns place and size of the picture with its caption
 */
export function peekPlace(
  small: Pick<DOMRect, 'left' | 'right' | 'top' | 'height'>,
  image: { widthPx: number; heightPx: number },
  bounds: Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>,
  captionPx: number,
): PeekPlace {
  const [leftPx, rightPx] = [small.left - bounds.left, bounds.right - small.right]
  const isRight = rightPx >= leftPx
  const spacePx = Math.max(leftPx, rightPx) - 2 * gapPx
  const spaceDownPx = bounds.bottom - bounds.top - 2 * gapPx - captionPx
  const scale = Math.max(
    0,
    Math.min(Math.min(spacePx, maxPx) / image.widthPx, Math.min(spaceDownPx, maxPx) / image.heightPx),
  )
  const [width, height] = [image.widthPx * scale, image.heightPx * scale + captionPx]
  const middle = small.top + small.height / 2 - height / 2
  return {
    width,
    height,
    left: isRight ? small.right + gapPx : small.left - gapPx - width,
    top: Math.max(bounds.top + gapPx, Math.min(bounds.bottom - gapPx - height, middle)),
  }
}
