import { squareEdgePx, squareFigures, type TissueKernels } from './tissue-kernels.ts'

/** The kernels as JavaScript: what native/imaging/ is compared with, and what runs where the addon is missing. */
export const kernelsInScript: TissueKernels = {
  averageArea(from, widthPx, stepX, stepY, startY, to, toWidthPx) {
    const heightPx = from.length / 3 / widthPx
    const toHeightPx = to.length / 3 / toWidthPx
    const sums = new Float64Array(3 * widthPx)
    for (let toRow = 0; toRow < toHeightPx; toRow++) {
      const top = Math.max(0, startY + toRow * stepY)
      const bottom = Math.min(heightPx, startY + (toRow + 1) * stepY)
      sums.fill(0)
      for (let row = Math.floor(top); row < bottom; row++) {
        const share = Math.min(bottom, row + 1) - Math.max(top, row)
        const start = row * sums.length
        for (let at = 0; at < sums.length; at++) {
          sums[at] = (sums[at] ?? 0) + share * (from[start + at] ?? 0)
        }
      }
      for (let toColumn = 0; toColumn < toWidthPx; toColumn++) {
        const left = Math.max(0, toColumn * stepX)
        const right = Math.min(widthPx, (toColumn + 1) * stepX)
        let [red, green, blue] = [0, 0, 0]
        for (let column = Math.floor(left); column < right; column++) {
          const share = Math.min(right, column + 1) - Math.max(left, column)
          red += share * (sums[3 * column] ?? 0)
          green += share * (sums[3 * column + 1] ?? 0)
          blue += share * (sums[3 * column + 2] ?? 0)
        }
        const area = (bottom - top) * (right - left)
        const at = 3 * (toRow * toWidthPx + toColumn)
        to[at] = Math.floor(red / area + 0.5)
        to[at + 1] = Math.floor(green / area + 0.5)
        to[at + 2] = Math.floor(blue / area + 0.5)
      }
    }
  },

  measureSquares(from, widthPx, clear, figures) {
    const heightPx = from.length / 3 / widthPx
    const across = Math.ceil(widthPx / squareEdgePx)
    figures.fill(0)
    for (let row = 0; row < heightPx; row++) {
      const inRow = row % squareEdgePx
      if (inRow === 0 || inRow === squareEdgePx - 1 || row === heightPx - 1) continue
      for (let column = 0; column < widthPx; column++) {
        const inColumn = column % squareEdgePx
        if (inColumn === 0 || inColumn === squareEdgePx - 1 || column === widthPx - 1) continue
        const at = 3 * (row * widthPx + column) + 1
        const here = from[at] ?? 0
        const left = from[at - 3] ?? 0
        const right = from[at + 3] ?? 0
        const above = from[at - 3 * widthPx] ?? 0
        const below = from[at + 3 * widthPx] ?? 0
        const square =
          squareFigures * (Math.floor(row / squareEdgePx) * across + Math.floor(column / squareEdgePx))
        figures[square + 3] = (figures[square + 3] ?? 0) + 1
        // Central differences, so half of the sum of squares of these is the squared gradient times two.
        const gradient = ((right - left) ** 2 + (below - above) ** 2) / 4
        if (gradient < clear) continue
        figures[square] = (figures[square] ?? 0) + 1
        figures[square + 1] = (figures[square + 1] ?? 0) + gradient
        figures[square + 2] = (figures[square + 2] ?? 0) + (left + right + above + below - 4 * here) ** 2
      }
    }
  },

  median7(from, widthPx, to) {
    const heightPx = from.length / widthPx
    const counts = new Uint16Array(256)
    const inside = (place: number, edge: number): number => Math.min(edge - 1, Math.max(0, place))
    for (let row = 0; row < heightPx; row++) {
      counts.fill(0)
      // The median, and how many of the 49 values are below it.
      let [median, below] = [0, 0]
      const change = (column: number, by: 1 | -1): void => {
        const place = inside(column, widthPx)
        for (let down = -3; down <= 3; down++) {
          const value = from[inside(row + down, heightPx) * widthPx + place] ?? 0
          counts[value] = (counts[value] ?? 0) + by
          if (value < median) below += by
        }
      }
      for (let column = -3; column < 3; column++) change(column, 1)
      for (let column = 0; column < widthPx; column++) {
        change(column + 3, 1)
        while (below > 24) below -= counts[--median] ?? 0
        while (below + (counts[median] ?? 0) <= 24) below += counts[median++] ?? 0
        to[row * widthPx + column] = median
        change(column - 3, -1)
      }
    }
  },
}
