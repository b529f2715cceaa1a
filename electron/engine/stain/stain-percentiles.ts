import { findPercentiles, interpolated, type PercentilePlace } from './percentile-search.ts'
import type { Vector3 } from './symmetric-eigen.ts'

/** For each channel's grey levels what they add to the projections on two vectors, side by side. */
function projectionTables(density: Float64Array, first: Vector3, second: Vector3) {
  const table = (channel: 0 | 1 | 2) =>
    Float64Array.from({ length: 2 * density.length }, (_, at) => {
      const vector = at % 2 === 0 ? first : second
      return vector[channel] * (density[at >> 1] ?? 0)
    })
  return [table(0), table(1), table(2)] as const
}

/**
 * The lower and the upper percentile of the angles atan2(projection on the first axis, projection on the second),
 * radians; `percent` is the upper one. Searched by the point where each direction meets the diamond
 * |x| + |y| = 1, counted like the angle, but from -2 to 2: it grows with the angle and costs a tenth of it.
 */
export function angleExtremes(
  pixels: Uint8Array,
  density: Float64Array,
  [first, second]: readonly [Vector3, Vector3],
  percent: number,
): [number, number] {
  const [ofRed, ofGreen, ofBlue] = projectionTables(density, first, second)
  const [lower, upper] = findPercentiles(pixels.length / 3, percent, (negative, positive, step) => {
    for (let at = 0; at < pixels.length; at += 3 * step) {
      const red = (pixels[at] ?? 0) << 1
      const green = (pixels[at + 1] ?? 0) << 1
      const blue = (pixels[at + 2] ?? 0) << 1
      const y = (ofRed[red] ?? 0) + (ofGreen[green] ?? 0) + (ofBlue[blue] ?? 0)
      const x = (ofRed[red + 1] ?? 0) + (ofGreen[green + 1] ?? 0) + (ofBlue[blue + 1] ?? 0)
      const sum = Math.abs(x) + Math.abs(y)
      const share = sum === 0 ? 1 : x / sum
      const point = y < 0 ? share - 1 : 1 - share
      negative.offer(-point)
      positive.offer(point)
    }
  })
  const angle = (point: number): number => {
    const x = 1 - Math.abs(point)
    const y = 1 - Math.abs(x)
    return Math.atan2(point < 0 ? -y : y, x)
  }
  const angleAt = ({ low, high, fraction }: PercentilePlace, sign: number): number =>
    interpolated({ low: angle(sign * low), high: angle(sign * high), fraction })
  return [angleAt(lower, -1), angleAt(upper, 1)]
}

/** One percentile of the concentrations of each stain, over all pixels, glass included. */
export function concentrationPercentiles(
  data: Uint8Array,
  density: Float64Array,
  [hematoxylin, eosin]: readonly [Vector3, Vector3],
  percent: number,
): [number, number] {
  const [ofRed, ofGreen, ofBlue] = projectionTables(density, hematoxylin, eosin)
  const places = findPercentiles(data.length / 3, percent, (first, second, step) => {
    for (let at = 0; at < data.length; at += 3 * step) {
      const red = (data[at] ?? 0) << 1
      const green = (data[at + 1] ?? 0) << 1
      const blue = (data[at + 2] ?? 0) << 1
      first.offer((ofRed[red] ?? 0) + (ofGreen[green] ?? 0) + (ofBlue[blue] ?? 0))
      second.offer((ofRed[red + 1] ?? 0) + (ofGreen[green + 1] ?? 0) + (ofBlue[blue + 1] ?? 0))
    }
  })
  return places.map(interpolated) as [number, number]
}
