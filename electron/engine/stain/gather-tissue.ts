import { kernels } from './kernels.ts'
import type { Matrix3, Vector3 } from './symmetric-eigen.ts'

/**
 * The tissue's pixels, 3 bytes each, side by side; mean and covariance (divisor n - 1) of their optical
 * densities.
 */
export function gatherTissue(data: Uint8Array, density: Float64Array, threshold: number) {
  // A pixel is tissue where each channel is at most this grey level, that is OD >= threshold; -1: none is.
  const highest = density.findLastIndex((value) => value >= threshold)
  const gathered = new Uint8Array(data.length)
  const pixels = gathered.subarray(0, kernels().gatherTissue(data, highest, gathered))
  // Sums about a middling density, so that their squares lose no digits.
  const centre = 0.6
  const sums = new Float64Array(9)
  kernels().sumDensities(
    pixels,
    density.map((value) => value - centre),
    sums,
  )
  const [r = 0, g = 0, b = 0, rr = 0, rg = 0, rb = 0, gg = 0, gb = 0, bb = 0] = sums
  const n = Math.max(1, pixels.length / 3)
  const spread = (product: number, left: number, right: number) =>
    (product - (left * right) / n) / Math.max(1, n - 1)
  const [crg, crb, cgb] = [spread(rg, r, g), spread(rb, r, b), spread(gb, g, b)]
  const covariance: Matrix3 = [
    [spread(rr, r, r), crg, crb],
    [crg, spread(gg, g, g), cgb],
    [crb, cgb, spread(bb, b, b)],
  ]
  const mean: Vector3 = [r / n + centre, g / n + centre, b / n + centre]
  return { pixels, mean, covariance }
}
