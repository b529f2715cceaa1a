import type { GreyImage } from '../image/read-grey.ts'
import { blurred, halved } from './blur.ts'

/** A blob of an image that is found again in a copy, whatever the copy's size, turn and brightness. */
interface Keypoint {
  /** Centre, in pixels of the grey image. */
  x: number
  y: number
  /** Size of the blob (the standard deviation of its Gaussian), in the same pixels. */
  scale: number
  /** Direction of the strongest gradients around it, radians. */
  angle: number
}

/** An extremum, before its direction is known. */
interface Blob extends Omit<Keypoint, 'angle'> {
  strength: number
  /** Smoothed to the keypoint's scale. */
  level: GreyImage
  /** Pixels of the grey image in one pixel of `level`. */
  step: number
}

/** A keypoint with the level of the pyramid that it was found in. */
export type FoundKeypoint = Blob & Keypoint

/** Levels in which the blur doubles, and the blur of the first (D. Lowe, IJCV 60, 2004, section 3). */
const levelsPerOctave = 3
const firstSigma = 1.6
/** Blur that an image is assumed to have. */
const assumedSigma = 0.5
/** An octave smaller than this has no room for a blob. */
const minEdgePx = 20
/** Weaker extrema are noise: grey levels of the difference of two levels. */
const minStrength = 1.2
/** Largest ratio of the principal curvatures; larger ones are edges, whose place along the edge is uncertain. */
const maxCurvatureRatio = 10
const directionBins = 36

/**
 * The strongest `count` blobs of an image: extrema of the difference of Gaussians over place and scale, with the direction
 * of their surroundings, as in SIFT without its descriptor and without the doubling of the image. The strongest are taken
 * from cells of a grid in turn, so that every part of the image has some and a crop keeps its share.
 */
export function findKeypoints(image: GreyImage, count: number): FoundKeypoint[] {
  const found: Blob[] = []
  let base = blurred(image, Math.sqrt(firstSigma ** 2 - assumedSigma ** 2))
  for (let step = 1; Math.min(base.widthPx, base.heightPx) >= minEdgePx; step *= 2) {
    const levels = octaveOf(base)
    const differences = levels.slice(1).map((level, at) => difference(level, levels[at] ?? level))
    for (let at = 1; at <= levelsPerOctave; at++) {
      const [below, middle, above, level] = [
        differences[at - 1],
        differences[at],
        differences[at + 1],
        levels[at],
      ]
      if (below === undefined || middle === undefined || above === undefined || level === undefined) continue
      for (const { x, y, strength } of extremaOf(below, middle, above, level.widthPx)) {
        const sigma = firstSigma * 2 ** (at / levelsPerOctave)
        found.push({ x: x * step, y: y * step, scale: sigma * step, strength, level, step })
      }
    }
    base = halved(levels[levelsPerOctave] ?? base)
  }
  return choose(found, image, count).map((blob) => ({ ...blob, angle: directionOf(blob) }))
}

/** The levels of an octave; the one at `levelsPerOctave` has twice the blur of the first. */
function octaveOf(base: GreyImage): GreyImage[] {
  const levels = [base]
  for (let at = 1; at < levelsPerOctave + 3; at++) {
    const before = firstSigma * 2 ** ((at - 1) / levelsPerOctave)
    const sigma = before * Math.sqrt(2 ** (2 / levelsPerOctave) - 1)
    levels.push(blurred(levels.at(-1) ?? base, sigma))
  }
  return levels
}

function difference({ data: more }: GreyImage, { data: less }: GreyImage): Float32Array {
  const out = new Float32Array(more.length)
  for (let at = 0; at < out.length; at++) out[at] = (more[at] ?? 0) - (less[at] ?? 0)
  return out
}

/** Pixels that are larger, or smaller, than all 26 neighbours in place and scale, to a part of a pixel. */
function* extremaOf(
  below: Float32Array,
  middle: Float32Array,
  above: Float32Array,
  width: number,
): Generator<{ x: number; y: number; strength: number }> {
  const height = middle.length / width
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
  const border = 3
  for (let y = border; y < height - border; y++) {
    for (let x = border; x < width - border; x++) {
      const at = y * width + x
      const value = middle[at] ?? 0
      if (Math.abs(value) < minStrength) continue
      const sign = Math.sign(value)
      const size = Math.abs(value)
      if (sign * (below[at] ?? 0) >= size || sign * (above[at] ?? 0) >= size) continue
      let isExtreme = true
      for (let index = 0; index < around.length && isExtreme; index++) {
        const other = at + (around[index] ?? 0)
        isExtreme =
          sign * (middle[other] ?? 0) < size &&
          sign * (below[other] ?? 0) < size &&
          sign * (above[other] ?? 0) < size
      }
      if (!isExtreme) continue
      const [left = 0, right = 0] = [middle[at - 1], middle[at + 1]]
      const [up = 0, down = 0] = [middle[at - width], middle[at + width]]
      const xx = left + right - 2 * value
      const yy = up + down - 2 * value
      const xy =
        ((middle[at + width + 1] ?? 0) -
          (middle[at + width - 1] ?? 0) -
          (middle[at - width + 1] ?? 0) +
          (middle[at - width - 1] ?? 0)) /
        4
      const determinant = xx * yy - xy * xy
      if (determinant <= 0) continue
      if ((xx + yy) ** 2 / determinant > (maxCurvatureRatio + 1) ** 2 / maxCurvatureRatio) continue
      yield { x: x - (right - left) / 2 / xx, y: y - (down - up) / 2 / yy, strength: size }
    }
  }
}

/** The main direction of the gradients within 4.5 sigma, weighted by a Gaussian of 1.5 sigma. */
function directionOf({ x, y, scale, level, step }: Blob): number {
  const { widthPx, heightPx, data } = level
  const sigma = scale / step
  const bins = new Float64Array(directionBins)
  const radius = Math.round(4.5 * sigma)
  const [centreX, centreY] = [Math.round(x / step), Math.round(y / step)]
  for (let dy = -radius; dy <= radius; dy++) {
    const row = centreY + dy
    if (row < 1 || row >= heightPx - 1) continue
    for (let dx = -radius; dx <= radius; dx++) {
      const column = centreX + dx
      if (column < 1 || column >= widthPx - 1 || dx * dx + dy * dy > radius * radius) continue
      const at = row * widthPx + column
      const gx = (data[at + 1] ?? 0) - (data[at - 1] ?? 0)
      const gy = (data[at + widthPx] ?? 0) - (data[at - widthPx] ?? 0)
      const weight = Math.exp(-(dx * dx + dy * dy) / (2 * (1.5 * sigma) ** 2))
      const turn = Math.atan2(gy, gx) / (2 * Math.PI)
      const bin = Math.floor((turn + 1) * directionBins) % directionBins
      bins[bin] = (bins[bin] ?? 0) + weight * Math.hypot(gx, gy)
    }
  }
  const binAt = (at: number): number => bins[(at + directionBins) % directionBins] ?? 0
  const smooth = Array.from(bins, (_, at) => (binAt(at - 1) + binAt(at) + binAt(at + 1)) / 3)
  const peak = smooth.reduce((best, value, at) => (value > (smooth[best] ?? 0) ? at : best), 0)
  const [before = 0, top = 0, after = 0] = [-1, 0, 1].map(
    (offset) => smooth[(peak + offset + directionBins) % directionBins],
  )
  const bend = before + after - 2 * top
  const offset = bend === 0 ? 0 : (before - after) / 2 / bend
  return ((peak + 0.5 + offset) / directionBins) * 2 * Math.PI
}

/** Parts of all keypoints that each octave may have; what one lacks, the next gets. Fine ones vanish in a shrunken copy. */
const octaveShares = [0.4, 0.3, 0.2, 0.1]
const cells = 6

function choose(found: readonly Blob[], image: GreyImage, count: number): Blob[] {
  const chosen: Blob[] = []
  let allowed = 0
  for (const [octave, share] of octaveShares.entries()) {
    allowed += share * count
    const isLast = octave === octaveShares.length - 1
    const blobs = found.filter(({ step }) => (isLast ? step >= 2 ** octave : step === 2 ** octave))
    chosen.push(...spread(blobs, image, Math.round(allowed) - chosen.length))
  }
  return chosen
}

/** The strongest keypoint of every cell, then the second of every cell, and so on, up to `count`. */
function spread(found: readonly Blob[], { widthPx, heightPx }: GreyImage, count: number): Blob[] {
  const byCell = new Map<number, Blob[]>()
  for (const keypoint of found.toSorted((a, b) => b.strength - a.strength)) {
    const column = Math.min(cells - 1, Math.floor((keypoint.x / widthPx) * cells))
    const row = Math.min(cells - 1, Math.floor((keypoint.y / heightPx) * cells))
    const cell = row * cells + column
    const others = byCell.get(cell)
    if (others === undefined) byCell.set(cell, [keypoint])
    else others.push(keypoint)
  }
  const rounds = Math.max(0, ...[...byCell.values()].map(({ length }) => length))
  const chosen: Blob[] = []
  for (let round = 0; round < rounds && chosen.length < count; round++) {
    const next = [...byCell.values()].flatMap((keypoints) => keypoints[round] ?? [])
    chosen.push(...next.toSorted((a, b) => b.strength - a.strength))
  }
  return chosen.slice(0, count)
}
