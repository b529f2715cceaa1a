import type { Matrix3, Vector3 } from './symmetric-eigen.ts'

/**
 * The tissue's pixels, 3 bytes each, side by side; mean and covariance (divisor n - 1) of their optical
 * densities.
 */
export function gatherTissue(data: Uint8Array, density: Float64Array, threshold: number) {
  // A pixel is tissue where each channel is at most this grey level, that is OD >= threshold; -1: none is.
  const highest = density.findLastIndex((value) => value >= threshold)
  // Sums about a middling density, so that their squares lose no digits.
  const centre = 0.6
  const centred = density.map((value) => value - centre)
  const gathered = new Uint8Array(data.length)
  let end = 0
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    gathered[end] = red
    gathered[end + 1] = green
    gathered[end + 2] = blue
    // Kept, by moving on, where all three differences are negative; a branch would be guessed wrong too often.
    end += 3 & (((red - highest - 1) & (green - highest - 1) & (blue - highest - 1)) >> 31)
  }
  const pixels = gathered.subarray(0, end)
  let [r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let at = 0; at < pixels.length; at += 3) {
    const x = centred[pixels[at] ?? 0] ?? 0
    const y = centred[pixels[at + 1] ?? 0] ?? 0
    const z = centred[pixels[at + 2] ?? 0] ?? 0
    r += x
    g += y
    b += z
    rr += x * x
    rg += x * y
    rb += x * z
    gg += y * y
    gb += y * z
    bb += z * z
  }
  const n = Math.max(1, end / 3)
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
