import type { SlideGrid } from '../../contract/index.ts'

/**
 * Raise it with every change of the numbers of a map. A threshold for slides is learned only on analyses that have it, so that
 * it compares areas that were counted in one way. Since 4, pale tissue that other tissue encloses counts (engine/tissue/pale-tissue.ts).
 */
export const slideAlgorithm = 4

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
