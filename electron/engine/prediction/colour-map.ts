import { colourOf } from '../../contract/index.ts'
import { makeRaster, type Raster } from '../image/index.ts'

/**
 * Draws a heat map at the given size. The centre of each cell has its own colour; between centres probabilities are
 * interpolated linearly, and beyond the outermost centres they stay constant.
 * @param plane probabilities, rows x columns
 * @throws RangeError if the map has no cells
 */
export function paintHeatMap(
  plane: readonly (readonly number[])[],
  widthPx: number,
  heightPx: number,
): Raster {
  const rows = plane.length
  const columns = plane[0]?.length ?? 0
  if (rows === 0 || columns === 0) throw new RangeError('the heat map has no cells')
  const raster = makeRaster(widthPx, heightPx)
  const across = neighbours(widthPx, columns)
  let out = 0
  for (const down of neighbours(heightPx, rows)) {
    const above = plane[down.first] ?? []
    const below = plane[down.second] ?? []
    for (const { first, second, share } of across) {
      const upper = mix(above[first], above[second], share)
      const lower = mix(below[first], below[second], share)
      raster.data.set(colourOf(mix(upper, lower, down.share)), out)
      out += 3
    }
  }
  return raster
}

const mix = (a = 0, b = 0, share: number): number => a + (b - a) * share

/** For each pixel along an edge: the two cells whose centres enclose it, and its distance from the first, 0..1. */
function neighbours(edgePx: number, cells: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: edgePx }, (_, pixel) => {
    const position = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) / edgePx) * cells - 0.5))
    const first = Math.floor(position)
    return { first, second: Math.min(cells - 1, first + 1), share: position - first }
  })
}
