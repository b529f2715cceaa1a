import type { AxisPlan, Resample } from './resample-kernel.ts'

/** The loops as JavaScript: what native/imaging/resample_kernels.cc is compared with, and what runs where the addon is missing. */
export const resampleInScript: Resample = (from, widthPx, across, down, to) => {
  const rowLength = (across.offsets.length / 4) * 3
  const height = down.offsets.length / 4
  // Writing through this view clips to 0..255 and rounds ties to even, like OpenCV.
  const clamped = new Uint8ClampedArray(to.buffer, to.byteOffset, to.length)
  // Horizontally resampled rows that are still needed by output rows: input row y is in slot y mod 4.
  const rows = Array.from({ length: 4 }, () => new Float32Array(rowLength))
  const kept = [-1, -1, -1, -1]
  const rowOf = (y: number): Float32Array => {
    const slot = y & 3
    const row = rows[slot] as Float32Array
    if (kept[slot] !== y) {
      resampleRow(from, y * widthPx * 3, across, row)
      kept[slot] = y
    }
    return row
  }
  for (let y = 0; y < height; y++) {
    const [row0, row1, row2, row3] = [0, 1, 2, 3].map((tap) => rowOf(down.offsets[y * 4 + tap] ?? 0)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const weights = down.weights.subarray(y * 4, y * 4 + 4)
    combineRows(row0, row1, row2, row3, weights, clamped.subarray(y * rowLength, (y + 1) * rowLength))
  }
}

function resampleRow(
  data: Uint8Array,
  start: number,
  { offsets, weights }: AxisPlan,
  row: Float32Array,
): void {
  for (let at = 0, tap = 0; at < row.length; at += 3, tap += 4) {
    const w0 = weights[tap] ?? 0
    const w1 = weights[tap + 1] ?? 0
    const w2 = weights[tap + 2] ?? 0
    const w3 = weights[tap + 3] ?? 0
    const p0 = start + 3 * (offsets[tap] ?? 0)
    const p1 = start + 3 * (offsets[tap + 1] ?? 0)
    const p2 = start + 3 * (offsets[tap + 2] ?? 0)
    const p3 = start + 3 * (offsets[tap + 3] ?? 0)
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
