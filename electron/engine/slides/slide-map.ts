import type { SlideGrid } from '../../contract/index.ts'

/** Class probabilities at the analysed places of a slide's grid. */
export interface SlideMap {
  readonly imageSha256: string
  /** Of the full-resolution image. */
  readonly widthPx: number
  readonly heightPx: number
  readonly pixelSizeUm: number
  readonly grid: SlideGrid
  readonly classes: readonly string[]
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** Index of each analysed place in the grid (row x columns + column), ascending. */
  readonly cells: Int32Array
  /** Places x classes; each row adds up to 1, apart from rounding. */
  readonly probabilities: Float32Array
  /** p-value among the training images, one for each place; null: not measured. */
  readonly likeness: Float32Array | null
  /**
   * The tissue that each place represents, in areas of a stride x stride square: that of the square around its centre, 0 to 1, and
   * since algorithm 3 that of neighbouring squares without a place (plan-places.ts).
   */
  readonly tissueShare: Float32Array
  /**
   * How many augmentations each place was predicted with, the one that leaves it as it is included: 1 or more; null: each place was
   * predicted once.
   */
  readonly augmentations: Int32Array | null
}
