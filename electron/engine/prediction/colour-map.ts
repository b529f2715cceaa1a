import { heatColours } from '../../contract/index.ts'
import { makeRaster, type Raster } from '../image/index.ts'

const knots = heatColours.map((colour) => Number.parseInt(colour.slice(1), 16))

/** The colour of a probability, R G B, 0..255; below 0 as 0, above 1 as 1. */
export function colourOf(probability: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, probability)) * (knots.length - 1)
  const first = Math.min(knots.length - 2, Math.floor(place))
  const share = place - first
  const [from, to] = [knots[first] ?? 0, knots[first + 1] ?? 0]
  const channel = (shift: number): number => {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255]
    return Math.round(a + (b - a) * share)
  }
  return [channel(16), channel(8), channel(0)]
}

/**
 * A map drawn over so many pixels: the middle of each cell has its own colour, between middles probabilities are
 * interpolated linearly, outside the outermost they stay. RangeError for a map without cells.
 * @param plane rows x columns of probabilities
 */
export function paintHeatMap(
  plane: readonly (readonly number[])[],
  widthPx: number,
  heightPx: number,
): Raster {
  const rows = plane.length
  const columns = plane[0]?.length ?? 0
  if (rows === 0 || columns === 0) throw new RangeError('a map without cells')
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

/** For each pixel of an edge the two cells whose middles it lies between, and how far it is from the first. */
function neighbours(edgePx: number, cells: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: edgePx }, (_, pixel) => {
    const place = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) / edgePx) * cells - 0.5))
    const first = Math.floor(place)
    return { first, second: Math.min(cells - 1, first + 1), share: place - first }
  })
}
