import type { ImageFile } from '../image/index.ts'
import { blurredSquares } from './blurred-squares.ts'
import { findInk } from './ink.ts'
import { kernels } from './kernels.ts'
import { fillPaleTissue } from './pale-tissue.ts'
import { readCells, squareCells, type Cells } from './read-cells.ts'
import { close, fillGaps, keepParts, spread } from './shapes.ts'
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
  const unsmoothed = saturationOf(colours)
  const saturation = smoothed(unsmoothed, columns)
  const isField = saturation.length * cellUm2 <= field.mm2 * 1e6
  const threshold = isField ? saturationBounds.lowest : tissueThreshold(saturation)
  const fewest = isField
    ? Math.min(fewestTissueCells, field.partShare * saturation.length)
    : fewestTissueCells
  const isOther = (at: number): boolean => pen[at] === 1 || border[at] === 1
  const tissue = saturation.map((value, at) => (value > threshold && !isOther(at) ? 1 : 0))
  const removeOther = (): void => {
    for (let at = 0; at < tissue.length; at++) if (isOther(at)) tissue[at] = 0
  }
  const flags = { columns, cells: tissue }
  if (isField && isWithoutGlass(saturation)) tissue.fill(1)
  close(flags, closingReach)
  removeOther()
  keepParts(flags, 8, ({ size }) => size >= fewest)
  fillGaps(flags, fewestGapCells)
  fillPaleTissue(flags, { saturation: unsmoothed, isOther, lowest: saturationBounds.lowest, closingReach })
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

/** Saturation of the cells (HSV, 0..255, rounded as OpenCV does). */
export function saturationOf(colours: Uint8Array): Uint8Array {
  const saturation = new Uint8Array(colours.length / 3)
  for (let at = 0; at < saturation.length; at++) {
    const [red = 0, green = 0, blue = 0] = [colours[3 * at], colours[3 * at + 1], colours[3 * at + 2]]
    const highest = Math.max(red, green, blue)
    const chroma = highest - Math.min(red, green, blue)
    // In 12 bits behind the point.
    saturation[at] = highest === 0 ? 0 : (chroma * Math.round((255 * 4096) / highest) + 2048) >> 12
  }
  return saturation
}

/** The median over 7 x 7 cells. */
function smoothed(values: Uint8Array, columns: number): Uint8Array {
  const smooth = new Uint8Array(values.length)
  kernels().median7(values, columns, smooth)
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

/**
 * Gives tissue out of focus the class `blur`, square by square, and half a square further: a square that is only partly out of focus
 * does not show it, since its other edges outweigh, so the last blurred square ends half a square too early on average.
 */
function markBlur(mask: TissueMask, sharpness: Float64Array): void {
  const { columns, cells } = mask
  const isBlurred = blurredSquares(mask, sharpness)
  const isTissue = (at: number): boolean => cells[at] === codes.tissue
  const blurred = cells.map((_, at) =>
    isTissue(at) && isBlurred(Math.floor(at / columns), at % columns) ? 1 : 0,
  )
  spread({ columns, cells: blurred }, 1, squareCells / 2)
  for (let at = 0; at < cells.length; at++) if (blurred[at] === 1 && isTissue(at)) cells[at] = codes.blur
}
