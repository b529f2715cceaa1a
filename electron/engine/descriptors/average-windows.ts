import type { FeatureMap } from '../encoders/backend.ts'
import type { PixelWindow } from '../image/index.ts'

/**
 * Averages a feature map over windows of its image, one value per channel (docs/pipeline.md, section 8, mode dense).
 * Each cell of the map represents an equal share of the image: cell i of n covers pixels i W / n .. (i + 1) W / n. So a
 * window contains whole cells and, at its edges, fractions of cells, weighted by area; the window of the whole image
 * gives the global average. Shifts of a cell by the network's padding and stride (at most half a cell) are not modelled.
 *
 * Each channel has one summed-area table (Crow 1984). Its bilinear interpolation at a fractional position is exact,
 * because the map is constant within a cell. All sums are float64 and rounded once; a window's values do not depend on
 * the other windows. Maps come from a ReLU unless they say that they are signed, so values that rounding puts below zero are set to
 * zero.
 * @returns new arrays, one per window
 * @throws RangeError if a window is empty or not inside the image
 */
export function averageWindows(
  map: FeatureMap,
  image: { readonly widthPx: number; readonly heightPx: number },
  windows: readonly PixelWindow[],
): Float32Array[] {
  const { channels, rows, columns, data, isSigned = false, covers = image } = map
  const rectangles = windows.map((window) => asRectangle(window, covers, map))
  const averages = windows.map(() => new Float32Array(channels))
  const stride = columns + 1
  const sums = new Float64Array((rows + 1) * stride)
  for (let channel = 0; channel < channels; channel++) {
    sumUp(data, channel * rows * columns, rows, columns, sums)
    rectangles.forEach(({ left, right, top, bottom, cells }, index) => {
      const total = at(sums, stride, bottom, right) - at(sums, stride, top, right)
      const outside = at(sums, stride, bottom, left) - at(sums, stride, top, left)
      const values = averages[index]
      if (values)
        values[channel] = isSigned ? (total - outside) / cells : Math.max(0, (total - outside) / cells)
    })
  }
  return averages
}

/**
 * Windows in the map of an image for the native addon (`NativeEncoding.encodeWindows`), nine numbers each: left, right, top and
 * bottom edge, each as whole cells and a fraction of the next, and the number of cells.
 * @throws RangeError as averageWindows does
 */
export function windowsInMap(
  windows: readonly PixelWindow[],
  image: { readonly widthPx: number; readonly heightPx: number },
  map: Pick<FeatureMap, 'rows' | 'columns'>,
): Float64Array {
  return Float64Array.from(
    windows.flatMap((window) => {
      const { left, right, top, bottom, cells } = asRectangle(window, image, map)
      return [...[left, right, top, bottom].flatMap(({ cell, fraction }) => [cell, fraction]), cells]
    }),
  )
}

/** A position on one axis of the map: a whole number of cells and a fraction of the next. */
interface Position {
  readonly cell: number
  readonly fraction: number
}

function asRectangle(
  window: PixelWindow,
  image: { readonly widthPx: number; readonly heightPx: number },
  map: Pick<FeatureMap, 'rows' | 'columns'>,
) {
  const { leftPx, topPx, widthPx, heightPx } = window
  const rightPx = leftPx + widthPx
  const bottomPx = topPx + heightPx
  const inside = leftPx >= 0 && topPx >= 0 && rightPx <= image.widthPx && bottomPx <= image.heightPx
  if (!(inside && widthPx > 0 && heightPx > 0)) {
    throw new RangeError(
      `a window of ${widthPx} x ${heightPx} at ${leftPx}, ${topPx} of ${image.widthPx} x ${image.heightPx}`,
    )
  }
  const across = (px: number) => positionOf((px * map.columns) / image.widthPx, map.columns)
  const down = (px: number) => positionOf((px * map.rows) / image.heightPx, map.rows)
  const cells = ((widthPx * map.columns) / image.widthPx) * ((heightPx * map.rows) / image.heightPx)
  return { left: across(leftPx), right: across(rightPx), top: down(topPx), bottom: down(bottomPx), cells }
}

/** The last edge of the map counts as the end of the last cell, so that there is always a next cell. */
function positionOf(cells: number, count: number): Position {
  const cell = Math.min(Math.floor(cells), count - 1)
  return { cell, fraction: cells - cell }
}

/** sums[r][c] becomes the sum of the map's rows above r and columns left of c. */
function sumUp(data: Float32Array, start: number, rows: number, columns: number, sums: Float64Array): void {
  const stride = columns + 1
  for (let row = 0; row < rows; row++) {
    let along = 0
    const from = start + row * columns
    const to = (row + 1) * stride + 1
    for (let column = 0; column < columns; column++) {
      along += data[from + column] ?? 0
      sums[to + column] = (sums[to + column - stride] ?? 0) + along
    }
  }
}

function at(sums: Float64Array, stride: number, row: Position, column: Position): number {
  const index = row.cell * stride + column.cell
  const above = (sums[index] ?? 0) * (1 - column.fraction) + (sums[index + 1] ?? 0) * column.fraction
  const next = index + stride
  const below = (sums[next] ?? 0) * (1 - column.fraction) + (sums[next + 1] ?? 0) * column.fraction
  return above * (1 - row.fraction) + below * row.fraction
}
