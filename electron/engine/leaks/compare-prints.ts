import { align, mapPoint, type Alignment } from './align.ts'
import type { PlaceMatch } from './hash-index.ts'
import type { PicturePrint } from './picture-print.ts'

/** How two images show the same tissue. */
export interface SharedTissue {
  /** Correlation of the brightness where they overlap, 0 to 1. */
  correlation: number
  /** Part of the smaller image that both show, 0 to 1. */
  overlap: number
  /** How much larger `to` shows it than `from`, in the pixels of both prints. */
  scale: number
  /** From `from` to `to`, degrees, -180 to 180. */
  turn: number
  isMirrored: boolean
}

/** Brightness must correlate by at least this. docs/results.md says how far other pairs are from it. */
const minCorrelation = 0.75
/** Overlap with fewer pixels of the small image decides nothing. */
const minPixels = 150
/** Below this an alignment is chance; above it, a shift by a pixel or two may reach `minCorrelation`. */
const worthASearch = 0.4

/** What two images share, confirmed by comparing their pixels; null: nothing. */
export function compareAligned(
  from: PicturePrint,
  to: PicturePrint,
  matches: readonly PlaceMatch[],
): SharedTissue | null {
  const alignment = align(from, to, matches)
  if (alignment === null || !isPlausible(alignment)) return null
  const correlation = bestNearby(from, to, alignment)
  if (correlation === null || correlation < minCorrelation) return null
  const { a, b, isMirrored } = alignment
  return {
    correlation,
    overlap: overlapOf(from, to, alignment),
    scale: Math.hypot(a, b),
    turn: (Math.atan2(b, a) * 180) / Math.PI,
    isMirrored,
  }
}

/** More would not be the same tissue at another magnification, but a match of noise. */
const maxScale = 4.5
const isPlausible = ({ a, b }: Alignment): boolean =>
  Math.abs(Math.log(Math.hypot(a, b))) < Math.log(maxScale)

/** The correlation at the best place within two pixels of the small image around an alignment; null: there is none. */
function bestNearby(first: PicturePrint, second: PicturePrint, alignment: Alignment): number | null {
  const stepPx = second.widthPx / second.small.widthPx
  const coarse = 3
  const here = correlationAt(first, second, alignment, coarse)
  if (here === null || here < worthASearch) return null
  let best = { correlation: here, alignment }
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const moved = { ...alignment, e: alignment.e + dx * stepPx, f: alignment.f + dy * stepPx }
      const correlation = correlationAt(first, second, moved, coarse) ?? -1
      if (correlation > best.correlation) best = { correlation, alignment: moved }
    }
  }
  return correlationAt(first, second, best.alignment)
}

/** Pearson's correlation of the two small images where they overlap; null: too little overlap, or nothing varies. */
function correlationAt(
  first: PicturePrint,
  second: PicturePrint,
  alignment: Alignment,
  every = 1,
): number | null {
  const [small, other] = [first.small, second.small]
  const [inX, inY] = [first.widthPx / small.widthPx, first.heightPx / small.heightPx]
  const [outX, outY] = [other.widthPx / second.widthPx, other.heightPx / second.heightPx]
  let [n, sp, sq, spp, sqq, spq] = [0, 0, 0, 0, 0, 0]
  for (let y = 0; y < small.heightPx; y += every) {
    for (let x = 0; x < small.widthPx; x += every) {
      const [u, v] = mapPoint(alignment, (x + 0.5) * inX, (y + 0.5) * inY)
      const px = u * outX - 0.5
      const py = v * outY - 0.5
      const [left, top] = [Math.floor(px), Math.floor(py)]
      if (left < 0 || top < 0 || left + 1 >= other.widthPx || top + 1 >= other.heightPx) continue
      const [fx, fy] = [px - left, py - top]
      const at = top * other.widthPx + left
      const q =
        (1 - fy) * ((1 - fx) * (other.data[at] ?? 0) + fx * (other.data[at + 1] ?? 0)) +
        fy *
          ((1 - fx) * (other.data[at + other.widthPx] ?? 0) + fx * (other.data[at + other.widthPx + 1] ?? 0))
      const p = small.data[y * small.widthPx + x] ?? 0
      n++
      sp += p
      sq += q
      spp += p * p
      sqq += q * q
      spq += p * q
    }
  }
  if (n * every ** 2 < minPixels) return null
  const [vp, vq] = [spp - (sp * sp) / n, sqq - (sq * sq) / n]
  return vp < n || vq < n ? null : (spq - (sp * sq) / n) / Math.sqrt(vp * vq)
}

/** Part of the smaller image that is in both, from a grid of points. */
function overlapOf(first: PicturePrint, second: PicturePrint, alignment: Alignment): number {
  const grid = 40
  let inside = 0
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      const [u, v] = mapPoint(
        alignment,
        ((column + 0.5) / grid) * first.widthPx,
        ((row + 0.5) / grid) * first.heightPx,
      )
      if (u >= 0 && v >= 0 && u < second.widthPx && v < second.heightPx) inside++
    }
  }
  const area = first.widthPx * first.heightPx * (alignment.a ** 2 + alignment.b ** 2)
  const share = inside / grid ** 2
  return Math.min(1, (share * area) / Math.min(area, second.widthPx * second.heightPx))
}
