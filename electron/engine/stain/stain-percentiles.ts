import { kernels } from './kernels.ts'
import { findPercentiles, interpolated, type PercentilePlace, type TailFinder } from './percentile-search.ts'
import type { Vector3 } from './symmetric-eigen.ts'

/**
 * The lower and the upper percentile of the angles atan2(projection on the first axis, projection on the second),
 * radians; `percent` is the upper one. Searched by the point on the diamond that kernels.ts tells of.
 */
export function angleExtremes(
  pixels: Uint8Array,
  density: Float64Array,
  axes: readonly [Vector3, Vector3],
  percent: number,
): [number, number] {
  const find = tailsOfProjections(pixels, density, axes, true)
  const [lower, upper] = findPercentiles(pixels.length / 3, percent, find)
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
  unmixing: readonly [Vector3, Vector3],
  percent: number,
): [number, number] {
  const find = tailsOfProjections(data, density, unmixing, false)
  return findPercentiles(data.length / 3, percent, find).map(interpolated) as [number, number]
}

/** Of the projections of the pixels' optical densities on two vectors, or of their direction (kernels.ts). */
function tailsOfProjections(
  pixels: Uint8Array,
  density: Float64Array,
  vectors: readonly [Vector3, Vector3],
  asAngle: boolean,
): TailFinder {
  const parts = Float64Array.from({ length: 3 * 512 }, (_, at) => {
    const vector = at % 2 === 0 ? vectors[0] : vectors[1]
    return (vector[at >> 9] ?? 0) * (density[(at & 511) >> 1] ?? 0)
  })
  return (step, [first, second], room) => {
    const bounds = Float64Array.of(first.lowest, first.highest, second.lowest, second.highest)
    const kept = [new Float64Array(room), new Float64Array(room)] as const
    const counts = new Float64Array(4)
    kernels().findTails(pixels, parts, step, asAngle, bounds, ...kept, counts)
    const [aboveFirst = 0, keptFirst = 0, aboveSecond = 0, keptSecond = 0] = counts
    return [
      { above: aboveFirst, within: keptFirst > room ? null : kept[0].subarray(0, keptFirst) },
      { above: aboveSecond, within: keptSecond > room ? null : kept[1].subarray(0, keptSecond) },
    ]
  }
}
