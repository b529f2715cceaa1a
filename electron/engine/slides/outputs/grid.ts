import { placeGeometry } from '../../../contract/index.ts'
import type { SlideMap } from '../slide-map.ts'

/** Class x row x column; NaN where a place was not analysed. */
export function probabilityGrid({ cells, classes, probabilities, grid }: SlideMap): Float32Array {
  const size = grid.rows * grid.columns
  const values = new Float32Array(classes.length * size).fill(NaN)
  cells.forEach((cell, place) => {
    classes.forEach((_name, c) => {
      values[c * size + cell] = probabilities[place * classes.length + c] ?? NaN
    })
  })
  return values
}

/**
 * Where the values of the grid are: `x = a * column + b * row + c`, `y = d * column + e * row + f` is the upper left corner of
 * the square that (row, column) represents, in pixels of the full-resolution image; add 0.5 to both for its centre.
 */
export function gridAffine(map: SlideMap): {
  affine: [a: number, b: number, c: number, d: number, e: number, f: number]
  axes: string[]
  classes: readonly string[]
  pixelSizeUm: number
  strideUm: number
} {
  const { left, top, edge } = placeGeometry(map).strideSquareOf(0)
  return {
    affine: [edge, 0, left, 0, edge, top],
    axes: ['class', 'row', 'column'],
    classes: map.classes,
    pixelSizeUm: map.pixelSizeUm,
    strideUm: map.grid.strideUm,
  }
}
