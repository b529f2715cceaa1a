/** For each position of an axis its four neighbours (pixels of the input) and their weights, one after the other. */
export interface AxisPlan {
  readonly offsets: Int32Array
  readonly weights: Float32Array
}

/**
 * Gives each pixel of `to` (positions down x across, RGB) the weighted sum of four pixels of each of four rows of `from`, `widthPx`
 * wide. Sums across are rounded to float32, those down to whole numbers, ties to even, within 0..255.
 */
export type Resample = (
  from: Uint8Array,
  widthPx: number,
  across: AxisPlan,
  down: AxisPlan,
  to: Uint8Array,
) => void
