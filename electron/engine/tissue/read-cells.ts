import { throwIfCancelled } from '../../base/cancellation.ts'
import { readPixels } from '../image/decode-raster.ts'
import { openPicture, type ImageFile } from '../image/index.ts'
import { levelFor } from '../image/picture.ts'
import { kernels } from './kernels.ts'
import { squareEdgePx, squareFigures } from './tissue-kernels.ts'
import { maskCellUm } from './tissue-mask.ts'

/** Pixel size at which focus is measured, um: half a nucleus is two pixels wide. */
const finePx = 2
const finePerCell = maskCellUm / finePx
/** Cells along an edge of a square in which focus is measured: 64 um. */
export const squareCells = squareEdgePx / finePerCell
/** Pixels that are decoded at once: 50 MB. */
const stripPx = 2 ** 24
/** Smallest squared gradient that is more than noise, (grey levels per pixel of 2 um) squared. */
const clearGradient = 16

/** What a mask is made of: an image in cells of 8 um. */
export interface Cells {
  readonly rows: number
  readonly columns: number
  /** Average colours, 3 bytes a cell. */
  readonly colours: Uint8Array
  /** Figures of sharpness of each square of `squareCells`, row by row (tissue-kernels.ts); null: pixels of more than 2 um. */
  readonly sharpness: Float64Array | null
}

/**
 * Reads an image in strips of the coarsest level of at most 2 um a pixel, or of the finest there is. Memory: a strip and the cells.
 * @throws AppError the codes of decodeRaster, but not `image.too-large`
 */
export async function readCells(
  { path, page, cameraBits }: ImageFile,
  pixelSizeUm: number,
  signal?: AbortSignal,
): Promise<Cells> {
  const picture = await openPicture(path, page, { cameraBits })
  const [full] = picture.levels
  const index = levelFor(picture, finePx / pixelSizeUm)
  const level = picture.levels[index] ?? full
  // Pixels of the level for each fine pixel.
  const stepX = ((finePx / pixelSizeUm) * level.widthPx) / full.widthPx
  const stepY = ((finePx / pixelSizeUm) * level.heightPx) / full.heightPx
  const fineWidth = Math.ceil(level.widthPx / stepX)
  const fineHeight = Math.ceil(level.heightPx / stepY)
  const [columns, rows] = [Math.ceil(fineWidth / finePerCell), Math.ceil(fineHeight / finePerCell)]
  const colours = new Uint8Array(3 * rows * columns)
  const squaresAcross = Math.ceil(fineWidth / squareEdgePx)
  const sharpness = new Float64Array(squareFigures * squaresAcross * Math.ceil(fineHeight / squareEdgePx))
  const squaresAtOnce = Math.max(1, Math.floor(stripPx / (level.widthPx * stepY * squareEdgePx)))
  const rowsAtOnce = squaresAtOnce * squareEdgePx
  for (let fineRow = 0; fineRow < fineHeight; fineRow += rowsAtOnce) {
    throwIfCancelled(signal)
    const fineRows = Math.min(rowsAtOnce, fineHeight - fineRow)
    const top = Math.floor(fineRow * stepY)
    const height = Math.min(level.heightPx, Math.ceil((fineRow + fineRows) * stepY)) - top
    const box = { left: 0, top, width: level.widthPx, height }
    const { data } = await readPixels(await picture.read(index, { box }), picture.depth, path)
    const fine = new Uint8Array(3 * fineWidth * fineRows)
    kernels().averageArea(data, level.widthPx, stepX, stepY, fineRow * stepY - top, fine, fineWidth)
    const firstSquare = (fineRow / squareEdgePx) * squaresAcross * squareFigures
    const squares = squareFigures * squaresAcross * Math.ceil(fineRows / squareEdgePx)
    kernels().measureSquares(
      fine,
      fineWidth,
      clearGradient,
      sharpness.subarray(firstSquare, firstSquare + squares),
    )
    const firstCell = 3 * columns * (fineRow / finePerCell)
    const cells = colours.subarray(firstCell, firstCell + 3 * columns * Math.ceil(fineRows / finePerCell))
    kernels().averageArea(fine, fineWidth, finePerCell, finePerCell, 0, cells, columns)
  }
  const isFine = stepX >= 0.98 && stepY >= 0.98
  return { rows, columns, colours, sharpness: isFine ? sharpness : null }
}
