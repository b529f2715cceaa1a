import type { ImageFile } from '../image/index.ts'
import { findInk } from './ink.ts'
import { kernels } from './kernels.ts'
import { readCells, squareCells, type Cells } from './read-cells.ts'
import { close, fillGaps, keepParts } from './shapes.ts'
import { squareFigures } from './tissue-kernels.ts'
import { maskCellUm, maskClasses, type MaskClass, type TissueMask } from './tissue-mask.ts'

/** Bounds of the saturation (HSV, 0..255) above which a cell is tissue: glass reaches 7; pale tissue begins at 20. */
const saturationBounds = { lowest: 7, highest: 20 }
/** Gaps of 50 um are closed: 3 cells to each side. */
const closingReach = 3
const cellUm2 = maskCellUm ** 2
const fewestTissueCells = Math.ceil(200 ** 2 / cellUm2)
const fewestGapCells = Math.ceil(190 ** 2 / cellUm2)
/**
 * An image of at most this area is a field, not a slide: no part of glass to find a threshold by, so everything more coloured than
 * glass is tissue, also parts of this share of the image; all of it, if less than `glassShare` is as pale as glass.
 */
const field = { mm2: 4, partShare: 0.05, glassShare: 0.05 }

/**
 * Blurred: the edges in a window are wider than this (standard deviation of the blur, um), or less than this share of its tissue
 * has an edge at all. docs/slides.md says where the figures come from.
 */
const blurLimits = { edgeUm: 1.6, edgeShare: 0.01 }

/**
 * Finds the tissue of an image, in cells of 8 um at any magnification. An image without tissue is a mask without it, and
 * `whyNoTissue` says the reason. Same image, same mask, on every machine.
 * @throws RangeError if the pixel size is not known
 * @throws AppError `job.cancelled`, and the codes of decodeRaster but `image.too-large`
 */
export async function findTissue(image: ImageFile, signal?: AbortSignal): Promise<TissueMask> {
  if (image.pixelSizeUm === null) throw new RangeError('tissue is found only in images of known pixel size')
  return classifyCells(await readCells(image, image.pixelSizeUm, signal))
}

const codes = Object.fromEntries(maskClasses.map((name, code) => [name, code])) as Record<MaskClass, number>

/** The mask of an image that has been read. */
export function classifyCells({ rows, columns, colours, sharpness }: Cells): TissueMask {
  const { pen, border } = findInk({ columns, colours })
  const saturation = smoothSaturation(colours, columns)
  const isField = saturation.length * cellUm2 <= field.mm2 * 1e6
  const threshold = isField ? saturationBounds.lowest : tissueThreshold(saturation)
  const fewest = isField
    ? Math.min(fewestTissueCells, field.partShare * saturation.length)
    : fewestTissueCells
  const isOther = (at: number): boolean => pen[at] === 1 || border[at] === 1
  const tissue = saturation.map((value, at) => (value > threshold && !isOther(at) ? 1 : 0))
  const removeOther = (): void => {
    for (const at of tissue.keys()) if (isOther(at)) tissue[at] = 0
  }
  const flags = { columns, cells: tissue }
  if (isField && isWithoutGlass(saturation)) tissue.fill(1)
  close(flags, closingReach)
  removeOther()
  keepParts(flags, 8, ({ size }) => size >= fewest)
  fillGaps(flags, fewestGapCells)
  removeOther()
  const cells = tissue.map((isTissue, at) =>
    pen[at] === 1
      ? codes.pen
      : border[at] === 1
        ? codes.border
        : isTissue === 1
          ? codes.tissue
          : codes.background,
  )
  if (sharpness !== null) markBlur({ rows, columns, cells }, sharpness)
  return { rows, columns, cells }
}

/** Saturation of the cells (HSV, 0..255, rounded as OpenCV does), after a median over 7 x 7 cells. */
export function smoothSaturation(colours: Uint8Array, columns: number): Uint8Array {
  const saturation = new Uint8Array(colours.length / 3)
  for (let at = 0; at < saturation.length; at++) {
    const [red = 0, green = 0, blue = 0] = [colours[3 * at], colours[3 * at + 1], colours[3 * at + 2]]
    const highest = Math.max(red, green, blue)
    const chroma = highest - Math.min(red, green, blue)
    // In 12 bits behind the point.
    saturation[at] = highest === 0 ? 0 : (chroma * Math.round((255 * 4096) / highest) + 2048) >> 12
  }
  const smooth = new Uint8Array(saturation.length)
  kernels().median7(saturation, columns, smooth)
  return smooth
}

/** Otsu's threshold of the values, within the bounds. */
export function tissueThreshold(values: Uint8Array): number {
  const counts = new Float64Array(256)
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  const total = counts.reduce((sum, count, value) => sum + count * value, 0)
  let [best, otsu, below, belowSum] = [-1, 0, 0, 0]
  for (const [value, count] of counts.entries()) {
    below += count
    belowSum += count * value
    const above = values.length - below
    if (below === 0 || above === 0) continue
    const between = below * above * (belowSum / below - (total - belowSum) / above) ** 2
    if (between > best) [best, otsu] = [between, value]
  }
  return Math.max(saturationBounds.lowest, Math.min(saturationBounds.highest, otsu))
}

/** Whether hardly any of a field is as pale as glass. */
function isWithoutGlass(saturation: Uint8Array): boolean {
  let glass = 0
  for (const value of saturation) if (value <= saturationBounds.lowest) glass += 1
  return glass < field.glassShare * saturation.length
}

/** Gives tissue in windows of 3 x 3 squares without sharp edges the class `blur`, square by square. */
function markBlur({ rows, columns, cells }: TissueMask, sharpness: Float64Array): void {
  const across = Math.ceil(columns / squareCells)
  const down = Math.ceil(rows / squareCells)
  const tissue = new Float64Array(across * down)
  const squareOf = (row: number, column: number): number =>
    Math.floor(row / squareCells) * across + Math.floor(column / squareCells)
  const eachTissue = (visit: (at: number, square: number) => void): void => {
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        if (cells[at] === codes.tissue) visit(at, squareOf(row, column))
      }
    }
  }
  eachTissue((_, square) => (tissue[square] = (tissue[square] ?? 0) + 1))
  const blurred = new Uint8Array(across * down)
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      let [tissueCells, edges, gradients, laplacians, measured, squares] = [0, 0, 0, 0, 0, 0]
      for (let y = Math.max(0, row - 1); y <= Math.min(down - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(across - 1, column + 1); x++) {
          const at = y * across + x
          const [ofEdges = 0, ofGradients = 0, ofLaplacians = 0, ofPixels = 0] = sharpness.subarray(
            squareFigures * at,
            squareFigures * (at + 1),
          )
          tissueCells += tissue[at] ?? 0
          edges += ofEdges
          gradients += ofGradients
          laplacians += ofLaplacians
          measured += ofPixels
          squares += 1
        }
      }
      const share = edges / (measured * (tissueCells / (squares * squareCells ** 2)))
      blurred[row * across + column] =
        share < blurLimits.edgeShare || edgeWidthUm(gradients, laplacians) > blurLimits.edgeUm ? 1 : 0
    }
  }
  eachTissue((at, square) => {
    if (blurred[square] === 1) cells[at] = codes.blur
  })
}

/**
 * Width of the edges in a window, as the standard deviation (um) of the blur that makes a step so wide: across such a step the
 * squared Laplacian sums up to the squared gradient divided by 2 x sigma^2.
 */
const edgeWidthUm = (gradients: number, laplacians: number): number =>
  2 * Math.sqrt(gradients / (2 * laplacians))
