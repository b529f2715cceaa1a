import type { Crop, Pose } from './crop-plan.ts'

/**
 * The tiles of an image (docs/pipeline.md, section 8): the fewest rows and columns of squares that cover it, evenly spaced, so that
 * they overlap by less than an edge. Row by row, all in the same pose.
 * @throws RangeError if a tile does not fit
 */
export function planTiles(
  { sizePx, widthPx, heightPx }: { sizePx: number; widthPx: number; heightPx: number },
  pose: Pose,
): Crop[] {
  if (sizePx > widthPx || sizePx > heightPx) {
    throw new RangeError(`a tile of ${sizePx} does not fit into ${widthPx} x ${heightPx} pixels`)
  }
  const [lefts, tops] = [startsOf(widthPx, sizePx), startsOf(heightPx, sizePx)]
  return tops.flatMap((top) => lefts.map((left) => ({ top, left, sizePx, ...pose })))
}

/** Where the tiles along an edge begin. */
function startsOf(edgePx: number, sizePx: number): number[] {
  const count = Math.ceil(edgePx / sizePx)
  const room = edgePx - sizePx
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * room) / (count - 1)),
  )
}
