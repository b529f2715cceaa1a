import { findPercentiles, interpolated, type PercentilePlace } from './percentile-search.ts'
import type { Vector3 } from './symmetric-eigen.ts'

/**
 * What each grey level of each channel adds to the projections on two vectors: 512 values a channel, in pairs; in
 * one array, which is faster than three.
 */
function projectionTable(density: Float64Array, first: Vector3, second: Vector3): Float64Array {
  return Float64Array.from({ length: 3 * 512 }, (_, at) => {
    const vector = at % 2 === 0 ? first : second
    return (vector[at >> 9] ?? 0) * (density[(at & 511) >> 1] ?? 0)
  })
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
  const parts = projectionTable(density, first, second)
  const length = pixels.length
  const [lower, upper] = findPercentiles(pixels.length / 3, percent, (negative, positive, step) => {
    const [leastNegative, leastPositive] = [negative.lowest, positive.lowest]
    for (let at = 0; at < length; at += 3 * step) {
      const red = (pixels[at] ?? 0) << 1
      const green = ((pixels[at + 1] ?? 0) << 1) + 512
      const blue = ((pixels[at + 2] ?? 0) << 1) + 1024
      const y = (parts[red] ?? 0) + (parts[green] ?? 0) + (parts[blue] ?? 0)
      const x = (parts[red + 1] ?? 0) + (parts[green + 1] ?? 0) + (parts[blue + 1] ?? 0)
      const sum = Math.abs(x) + Math.abs(y)
      const share = sum === 0 ? 1 : x / sum
      const point = y < 0 ? share - 1 : 1 - share
      if (-point >= leastNegative) negative.offer(-point)
      if (point >= leastPositive) positive.offer(point)
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
  const parts = projectionTable(density, hematoxylin, eosin)
  const length = data.length
  const places = findPercentiles(data.length / 3, percent, (first, second, step) => {
    const [leastFirst, leastSecond] = [first.lowest, second.lowest]
    for (let at = 0; at < length; at += 3 * step) {
      const red = (data[at] ?? 0) << 1
      const green = ((data[at + 1] ?? 0) << 1) + 512
      const blue = ((data[at + 2] ?? 0) << 1) + 1024
      const one = (parts[red] ?? 0) + (parts[green] ?? 0) + (parts[blue] ?? 0)
      const other = (parts[red + 1] ?? 0) + (parts[green + 1] ?? 0) + (parts[blue + 1] ?? 0)
      if (one >= leastFirst) first.offer(one)
      if (other >= leastSecond) second.offer(other)
    }
  })
  return places.map(interpolated) as [number, number]
}
