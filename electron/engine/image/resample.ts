import { AppError } from '../../contract/errors.ts'
import { checkRaster, makeRaster, type Raster } from './raster.ts'
import type { AxisPlan } from './resample-kernel.ts'
import { resampler } from './resampler.ts'

const kernelA = -0.75

/** Weights of the four neighbours of a position `fraction` (0..1) after the second; the last makes the sum 1. */
function cubicWeights(fraction: number): [number, number, number, number] {
  const t = fraction
  const outer = (distance: number) =>
    ((kernelA * distance - 5 * kernelA) * distance + 8 * kernelA) * distance - 4 * kernelA
  const inner = (distance: number) => ((kernelA + 2) * distance - (kernelA + 3)) * distance * distance + 1
  const first = outer(t + 1)
  const second = inner(t)
  const third = inner(1 - t)
  return [first, second, third, 1 - first - second - third]
}

/** One axis of a part of an image: `inputPx` pixels from `from` on become `outputPx` pixels from `first` on. */
interface Axis {
  inputPx: number
  from: number
  outputPx: number
  first: number
}

/** For each output position, its four neighbours and their weights. Neighbours past an edge repeat the edge. */
function planAxis({ inputPx, from, outputPx, first }: Axis, scale: number): AxisPlan {
  const offsets = new Int32Array(outputPx * 4)
  const weights = new Float32Array(outputPx * 4)
  for (let place = 0; place < outputPx; place++) {
    const centre = (first + place + 0.5) / scale - 0.5
    const whole = Math.floor(centre)
    const taps = cubicWeights(centre - whole)
    for (const [tap, weight] of taps.entries()) {
      offsets[place * 4 + tap] = Math.min(inputPx - 1, Math.max(0, whole - 1 + tap - from))
      weights[place * 4 + tap] = weight
    }
  }
  return { offsets, weights }
}

/** The edge after resampling: the rounded product, ties to even like in OpenCV; at least 1. */
export function resampledEdgePx(edgePx: number, scale: number): number {
  const product = edgePx * scale
  const floor = Math.floor(product)
  const isTie = product - floor === 0.5
  return Math.max(1, isTie ? floor + (floor % 2) : Math.round(product))
}

/**
 * Resamples by bicubic convolution (docs/pipeline.md, section 2): kernel a = -0.75, pixel centres aligned, no
 * anti-aliasing, edge pixels repeated. A new raster of `resampledEdgePx` in each axis; at scale 1 a copy.
 * Like OpenCV's `resize(fx = fy = scale, INTER_CUBIC)`, except that weights are float32, while OpenCV rounds them to
 * 11 bits. At exactly 0.5 both are exact, and the results are the same bytes.
 * @throws AppError `image.invalid-raster`, also if the scale is not positive and finite
 */
export function resampleBicubic(raster: Raster, scale: number): Raster {
  checkRaster(raster)
  if (!(scale > 0) || !Number.isFinite(scale)) {
    throw new AppError('image.invalid-raster', { reason: `it cannot be resampled to a scale of ${scale}` })
  }
  const { widthPx, heightPx } = raster
  const whole = { widthPx: resampledEdgePx(widthPx, scale), heightPx: resampledEdgePx(heightPx, scale) }
  return resamplePart({ raster, left: 0, top: 0 }, scale, { left: 0, top: 0, ...whole })
}

/** Pixels of an image from a position on. */
interface Part {
  readonly raster: Raster
  readonly left: number
  readonly top: number
}

interface Window {
  readonly left: number
  readonly top: number
  readonly widthPx: number
  readonly heightPx: number
}

/** Pixels on each side of a position that its resampled value depends on. */
export const resampleReachPx = 2

/**
 * A window of an image as `resampleBicubic` would give it, to the bit, from a part of the image that has all pixels within
 * `resampleReachPx` of it, or ends where the image ends. A new raster.
 * @param window in pixels of the resampled image
 */
export function resamplePart(part: Part, scale: number, window: Window): Raster {
  const output = makeRaster(window.widthPx, window.heightPx)
  resampleInto(output.data, part, scale, window)
  return output
}

/** The same into `to`, which is as long as the window's pixels. */
export function resampleInto(
  to: Uint8Array,
  { raster, left, top }: Part,
  scale: number,
  window: Window,
): void {
  const { widthPx, heightPx, data } = raster
  const columns = { inputPx: widthPx, from: left, outputPx: window.widthPx, first: window.left }
  const lines = { inputPx: heightPx, from: top, outputPx: window.heightPx, first: window.top }
  resampler()(data, widthPx, planAxis(columns, scale), planAxis(lines, scale), to)
}
