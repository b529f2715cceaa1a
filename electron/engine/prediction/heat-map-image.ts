import { extname } from 'node:path'
import sharp from 'sharp'
import { at } from '../../base/arrays.ts'
import { exportContent } from '../../base/export-file.ts'
import { researchUseSentence, weightsWarning, type Explanation } from '../../contract/index.ts'
import type { CameraBits } from '../../contract/camera-bits.ts'
import { encodeNpy } from '../descriptors/index.ts'
import { decodeRaster, encodePng, makeRaster, writeImage, type Raster } from '../image/index.ts'
import { paintHeatMap } from './colour-map.ts'
import { addLegend, legendWidthPx, toAscii } from './map-legend.ts'

/** Longest edge of the overlay on the page. It can be small because heat maps are smooth. */
const overlayEdgePx = 512
/** Longest edge of an exported image. */
const exportEdgePx = 1600

/** The heat map of one class as an opaque PNG with the image's aspect ratio. The page blends it with the image. */
export function heatMapOverlay(
  plane: readonly (readonly number[])[],
  image: { readonly widthPx: number; readonly heightPx: number },
): Promise<Buffer> {
  const scale = overlayEdgePx / Math.max(image.widthPx, image.heightPx)
  const edge = (edgePx: number): number => Math.max(1, Math.round(edgePx * scale))
  return encodePng(paintHeatMap(plane, edge(image.widthPx), edge(image.heightPx)))
}

export interface ExplanationExport {
  /** The image's file. */
  readonly path: string
  /** From 1. */
  readonly page: number
  /** As in ImageFile. */
  readonly cameraBits?: CameraBits | null | undefined
  readonly explanation: Explanation
  readonly className: string
  /** Opacity of the heat map over the image, 0..1. */
  readonly opacity: number
  /** Ends in .png, .npy or .json. */
  readonly out: string
  /** Whether `out` is replaced if it exists; default false. */
  readonly replace?: boolean | undefined
}

/**
 * Writes a heat map. `.png`: the image, overlaid with the map of one class, and a legend below. `.npy`: the probabilities
 * of all classes as float32, stacked by class (classes times rows, columns). `.json`: the whole explanation.
 * @throws AppError with the codes of decodeRaster and writeImage
 */
export async function writeExplanation(request: ExplanationExport, signal: AbortSignal): Promise<void> {
  const { explanation, out, replace } = request
  const kind = extname(out).toLowerCase()
  if (kind === '.json') return exportContent(out, `${JSON.stringify(explanation, null, 2)}\n`, { replace })
  if (kind === '.npy') {
    const data = Float32Array.from(explanation.probabilities.flat(2))
    const { rows, columns, classes } = explanation
    const note = toAscii(legendOf(request).join(' '))
    return exportContent(out, encodeNpy({ rows: classes.length * rows, columns, data }, note), { replace })
  }
  const { path, page, cameraBits } = request
  const raster = await decodeRaster(path, { page, cameraBits, signal, colour: 'srgb' })
  const drawn = await drawExplanation(raster, request)
  await writeImage(drawn, out, { sources: [request.path], description: legendOf(request).join(' '), replace })
}

async function drawExplanation(
  raster: Raster,
  { explanation, className, opacity, ...rest }: ExplanationExport,
): Promise<Raster> {
  const scale = Math.min(1, exportEdgePx / Math.max(raster.widthPx, raster.heightPx))
  const width = Math.max(legendWidthPx * 2, Math.round(raster.widthPx * scale))
  const height = Math.round((raster.heightPx * width) / raster.widthPx)
  const raw = { width: raster.widthPx, height: raster.heightPx, channels: 3 as const }
  const image = await sharp(raster.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  const plane = at(explanation.probabilities, explanation.classes.indexOf(className))
  const map = paintHeatMap(plane, width, height)
  const output = makeRaster(width, height)
  image.forEach((value, i) => {
    output.data[i] = Math.round(value + ((map.data[i] ?? 0) - value) * opacity)
  })
  return addLegend(output, {
    sentences: legendOf({ explanation, className, opacity, ...rest }),
    warning: weightsWarning(explanation.weights),
  })
}

/** The legend of an exported heat map. */
function legendOf({ explanation, className, opacity }: ExplanationExport): string[] {
  const { fileName, modelName, squares, mode, synthetic, weights, outOfFold, boosters, pixelSizeUm } =
    explanation
  const warning = weightsWarning(weights)
  const length = (px: number): string =>
    pixelSizeUm === null ? `${Math.round(px)} px` : `${Math.round(px * pixelSizeUm)} µm`
  const edges = [...new Set(squares.map(({ squarePx }) => length(squarePx)))].join(' and ')
  return [
    ...(warning === null ? [] : [warning]),
    `Probability of ${className} at each position of ${fileName}, predicted by the model "${modelName}" (${boosters} ${boosters === 1 ? 'classifier' : 'classifiers'}${outOfFold ? ' trained without this image' : ''}).`,
    `Each position is predicted from the tissue in a square of ${edges} around it; positions are ${length(explanation.cellWidthPx)} apart. The map is drawn over the image with an opacity of ${Math.round(opacity * 100)} %.`,
    ...(mode === 'crops'
      ? ['The model was trained on crops; this map uses whole-image encoding, which it was not trained on.']
      : []),
    ...(synthetic ? ['SYNTHETIC tissue, drawn by Lobule.'] : []),
    researchUseSentence,
  ]
}
