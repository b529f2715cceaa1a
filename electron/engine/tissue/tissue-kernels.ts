/** Pixels along an edge of a square in which sharpness is measured. */
export const squareEdgePx = 32

/** Figures of one square: pixels with a clear gradient, sum of their squared gradients, of their squared Laplacians, all pixels. */
export const squareFigures = 4

/**
 * The loops over many pixels of a tissue mask. native/imaging/tissue_kernels.cc does the same several times as fast as
 * kernels-in-script.ts, which can be read, needs no addon, and gives the same bits.
 */
export interface TissueKernels {
  /**
   * Shrinks rows of an image, `widthPx` pixels of 3 bytes each, to `toWidthPx` x rows in `to`: each new pixel is the average of
   * the area under it, `stepX` x `stepY` pixels, as far as it is inside the rows. The first new row begins at row `startY`
   * of `from`.
   */
  averageArea(
    from: Uint8Array,
    widthPx: number,
    stepX: number,
    stepY: number,
    startY: number,
    to: Uint8Array,
    toWidthPx: number,
  ): void

  /**
   * Figures of the squares of `squareEdgePx` pixels of an image in RGB, row by row, squares at the right and lower edge
   * smaller: `squareFigures` numbers each in `figures`. Measured in the green channel, at pixels whose four neighbours are
   * in the square; a gradient is clear if its square is at least `clear`.
   */
  measureSquares(from: Uint8Array, widthPx: number, clear: number, figures: Float64Array): void

  /**
   * The median of the 7 x 7 values around each value, in `to`; the outermost values continue beyond the edge.
   */
  median7(from: Uint8Array, widthPx: number, to: Uint8Array): void
}
