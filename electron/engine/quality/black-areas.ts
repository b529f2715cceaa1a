import type { Raster } from '../image/index.ts'

/** Edge of the squares that are examined, pixels. */
const squarePx = 16
/** Level that no channel of black exceeds: exports leave 0, and a colour profile may lift that a little. */
const maxBlackLevel = 15

/**
 * Share of an image in whole squares of one colour that is black, 0..1: what a failed export leaves where there are no pixels. The
 * darkest nuclei are not of one colour, and specks are smaller.
 */
export function blackFractionOf({ widthPx, heightPx, data }: Raster): number {
  const isBlack = (left: number, top: number): boolean => {
    const first = (top * widthPx + left) * 3
    const colour = data.subarray(first, first + 3)
    if (colour.some((value) => value > maxBlackLevel)) return false
    for (let row = 0; row < squarePx; row++) {
      const from = first + row * widthPx * 3
      for (let at = 0; at < squarePx * 3; at++) if (data[from + at] !== colour[at % 3]) return false
    }
    return true
  }
  let squares = 0
  for (let top = 0; top + squarePx <= heightPx; top += squarePx) {
    for (let left = 0; left + squarePx <= widthPx; left += squarePx) if (isBlack(left, top)) squares += 1
  }
  return (squares * squarePx ** 2) / (widthPx * heightPx)
}
