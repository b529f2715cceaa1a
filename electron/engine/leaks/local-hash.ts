import type { FoundKeypoint } from './keypoints.ts'

/** Samples along each edge of the patch around a keypoint. */
const patchEdge = 20
/** Edge of the patch in units of the keypoint's scale. */
const patchScales = 14

/** The 64 lowest frequencies (across, down) besides the mean, in the order of their sum. */
const frequencies = Array.from({ length: 144 }, (_, at) => ({ u: at % 12, v: Math.floor(at / 12) }))
  .filter(({ u, v }) => u + v > 0)
  .toSorted((a, b) => a.u + a.v - b.u - b.v || a.u - b.u)
  .slice(0, 64)

const highest = Math.max(...frequencies.map(({ u, v }) => Math.max(u, v))) + 1
const cosines = Float32Array.from({ length: highest * patchEdge }, (_, at) =>
  Math.cos((Math.PI * Math.floor(at / patchEdge) * ((at % patchEdge) + 0.5)) / patchEdge),
)

/** What changes in a hash when the image is mirrored: the signs of the frequencies that are odd downwards. */
export const mirrorMask = packBits(frequencies.map(({ v }) => v % 2 === 1))

/**
 * A perceptual hash of the surroundings of a keypoint: the signs of the 64 lowest frequencies of the discrete cosine
 * transform of a patch that is turned to the keypoint's direction and has the size of its scale. So it is the same in a copy
 * that was turned, resized or saved again, and `mirrorMask` makes that of a mirrored copy. Two words of 32 bits.
 */
export function localHash({ x, y, scale, angle, level, step }: FoundKeypoint): [number, number] {
  const { widthPx, heightPx, data } = level
  const patch = new Float32Array(patchEdge * patchEdge)
  const spacing = (scale * patchScales) / patchEdge / step
  const [cos, sin] = [Math.cos(angle) * spacing, Math.sin(angle) * spacing]
  const middle = (patchEdge - 1) / 2
  for (let row = 0; row < patchEdge; row++) {
    for (let column = 0; column < patchEdge; column++) {
      const across = column - middle
      const down = row - middle
      const px = Math.min(widthPx - 1.001, Math.max(0, x / step + cos * across - sin * down))
      const py = Math.min(heightPx - 1.001, Math.max(0, y / step + sin * across + cos * down))
      const [left, top] = [Math.floor(px), Math.floor(py)]
      const [fx, fy] = [px - left, py - top]
      const at = top * widthPx + left
      patch[row * patchEdge + column] =
        (1 - fy) * ((1 - fx) * (data[at] ?? 0) + fx * (data[at + 1] ?? 0)) +
        fy * ((1 - fx) * (data[at + widthPx] ?? 0) + fx * (data[at + widthPx + 1] ?? 0))
    }
  }
  // Rows first: `rows[v][column]` is the patch's column, transformed downwards.
  const rows = new Float32Array(highest * patchEdge)
  for (let v = 0; v < highest; v++) {
    for (let row = 0; row < patchEdge; row++) {
      const weight = cosines[v * patchEdge + row] ?? 0
      for (let column = 0; column < patchEdge; column++) {
        const at = v * patchEdge + column
        rows[at] = (rows[at] ?? 0) + weight * (patch[row * patchEdge + column] ?? 0)
      }
    }
  }
  return packBits(
    frequencies.map(({ u, v }) => {
      let sum = 0
      for (let column = 0; column < patchEdge; column++) {
        sum += (cosines[u * patchEdge + column] ?? 0) * (rows[v * patchEdge + column] ?? 0)
      }
      return sum > 0
    }),
  )
}

function packBits(bits: readonly boolean[]): [number, number] {
  let [low, high] = [0, 0]
  for (const [at, isSet] of bits.entries()) {
    if (!isSet) continue
    if (at < 32) low |= 1 << at
    else high |= 1 << (at - 32)
  }
  return [low >>> 0, high >>> 0]
}
