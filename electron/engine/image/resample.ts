import { AppError } from '../../contract/errors.ts'
import { checkRaster, makeRaster, type Raster } from './raster.ts'

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

/** For each output position, the offsets and weights of its four neighbours. Neighbours past an edge repeat the edge. */
function planAxis({ inputPx, from, outputPx, first }: Axis, scale: number, stride: number) {
  const offsets = new Int32Array(outputPx * 4)
  const weights = new Float32Array(outputPx * 4)
  for (let place = 0; place < outputPx; place++) {
    const centre = (first + place + 0.5) / scale - 0.5
    const whole = Math.floor(centre)
    const taps = cubicWeights(centre - whole)
    for (const [tap, weight] of taps.entries()) {
      const neighbour = Math.min(inputPx - 1, Math.max(0, whole - 1 + tap - from))
      offsets[place * 4 + tap] = neighbour * stride
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

/** Pixels on each side of a position that its resampled value depends on. */
export const resampleReachPx = 2

/**
 * A window of an image as `resampleBicubic` would give it, to the bit, from a part of the image that has all pixels within
 * `resampleReachPx` of it, or ends where the image ends.
 * @param window in pixels of the resampled image
 */
export function resamplePart(
  { raster, left, top }: Part,
  scale: number,
  window: { left: number; top: number; widthPx: number; heightPx: number },
): Raster {
  const { widthPx, heightPx, data } = raster
  const output = makeRaster(window.widthPx, window.heightPx)
  const columns = { inputPx: widthPx, from: left, outputPx: window.widthPx, first: window.left }
  const lines = { inputPx: heightPx, from: top, outputPx: window.heightPx, first: window.top }
  const across = planAxis(columns, scale, 3)
  const down = planAxis(lines, scale, 1)
  const rowLength = output.widthPx * 3
  // Writing through this view clips to 0..255 and rounds ties to even, like OpenCV.
  const clamped = new Uint8ClampedArray(output.data.buffer)
  // Horizontally resampled rows that are still needed by output rows: input row y is in slot y mod 4.
  const rows = Array.from({ length: 4 }, () => new Float32Array(rowLength))
  const kept = [-1, -1, -1, -1]
  const rowOf = (y: number): Float32Array => {
    const slot = y & 3
    const row = rows[slot] as Float32Array
    if (kept[slot] !== y) {
      resampleRow(data, y * widthPx * 3, across.offsets, across.weights, row)
      kept[slot] = y
    }
    return row
  }
  for (let y = 0; y < output.heightPx; y++) {
    const [row0, row1, row2, row3] = [0, 1, 2, 3].map((tap) => rowOf(down.offsets[y * 4 + tap] ?? 0)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const weights = down.weights.subarray(y * 4, y * 4 + 4)
    combineRows(row0, row1, row2, row3, weights, clamped.subarray(y * rowLength, (y + 1) * rowLength))
  }
  return output
}

function resampleRow(
  data: Uint8Array,
  start: number,
  offsets: Int32Array,
  weights: Float32Array,
  row: Float32Array,
): void {
  for (let at = 0, tap = 0; at < row.length; at += 3, tap += 4) {
    const w0 = weights[tap] ?? 0
    const w1 = weights[tap + 1] ?? 0
    const w2 = weights[tap + 2] ?? 0
    const w3 = weights[tap + 3] ?? 0
    const p0 = start + (offsets[tap] ?? 0)
    const p1 = start + (offsets[tap + 1] ?? 0)
    const p2 = start + (offsets[tap + 2] ?? 0)
    const p3 = start + (offsets[tap + 3] ?? 0)
    for (let channel = 0; channel < 3; channel++) {
      row[at + channel] =
        w0 * (data[p0 + channel] ?? 0) +
        w1 * (data[p1 + channel] ?? 0) +
        w2 * (data[p2 + channel] ?? 0) +
        w3 * (data[p3 + channel] ?? 0)
    }
  }
}

function combineRows(
  row0: Float32Array,
  row1: Float32Array,
  row2: Float32Array,
  row3: Float32Array,
  weights: Float32Array,
  out: Uint8ClampedArray,
): void {
  const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = weights
  for (let at = 0; at < out.length; at++) {
    out[at] = w0 * (row0[at] ?? 0) + w1 * (row1[at] ?? 0) + w2 * (row2[at] ?? 0) + w3 * (row3[at] ?? 0)
  }
}
