import { extname } from 'node:path'
import sharp from 'sharp'
import { writeAtomically } from '../../base/atomic-file.ts'
import { researchUseSentence, untrainedWarning, type Explanation } from '../../contract/index.ts'
import { writeNpy } from '../descriptors/index.ts'
import { decodeRaster, encodePng, makeRaster, writeImage, type Raster } from '../image/index.ts'
import { colourOf, paintHeatMap } from './colour-map.ts'

/** Longest edge of a map that the page lays over an image: maps are smooth. */
const overlayEdgePx = 512
/** Longest edge of a written picture. */
const pictureEdgePx = 1600
const legendWidthPx = 320

/** The map of one class as a PNG of the image's shape, opaque; the page lays it over the image. */
export function heatMapOverlay(
  plane: readonly (readonly number[])[],
  image: { readonly widthPx: number; readonly heightPx: number },
): Promise<Buffer> {
  const scale = overlayEdgePx / Math.max(image.widthPx, image.heightPx)
  const edge = (edgePx: number): number => Math.max(1, Math.round(edgePx * scale))
  return encodePng(paintHeatMap(plane, edge(image.widthPx), edge(image.heightPx)))
}

export interface WrittenExplanation {
  /** The image's file. */
  readonly path: string
  /** From 1. */
  readonly page: number
  readonly explanation: Explanation
  readonly className: string
  /** Of the map over the image, 0..1. */
  readonly opacity: number
  /** Ends in .png, .npy or .json. */
  readonly out: string
}

/**
 * Writes a map: `.png` the image with the map of one class over it and a legend below; `.npy` the probabilities of all
 * classes, one below the other (classes times rows, columns), float32; `.json` the whole explanation.
 * Codes of decodeRaster and writeImage, path.not-writable.
 */
export async function writeExplanation(request: WrittenExplanation, signal: AbortSignal): Promise<void> {
  const { explanation, out } = request
  const kind = extname(out).toLowerCase()
  if (kind === '.json') return writeAtomically(out, `${JSON.stringify(explanation, null, 2)}\n`)
  if (kind === '.npy') {
    const data = Float32Array.from(explanation.probabilities.flat(2))
    const { rows, columns, classes } = explanation
    return writeNpy(
      out,
      { rows: classes.length * rows, columns, data },
      asciiOf(sentencesOf(request).join(' ')),
    )
  }
  const raster = await decodeRaster(request.path, { page: request.page, signal })
  const picture = await drawExplanation(raster, request)
  await writeImage(picture, out, { sources: [request.path], description: sentencesOf(request).join(' ') })
}

async function drawExplanation(
  raster: Raster,
  { explanation, className, opacity, ...rest }: WrittenExplanation,
): Promise<Raster> {
  const scale = Math.min(1, pictureEdgePx / Math.max(raster.widthPx, raster.heightPx))
  const width = Math.max(legendWidthPx * 2, Math.round(raster.widthPx * scale))
  const height = Math.round((raster.heightPx * width) / raster.widthPx)
  const raw = { width: raster.widthPx, height: raster.heightPx, channels: 3 as const }
  const image = await sharp(raster.data, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  const plane = explanation.probabilities[explanation.classes.indexOf(className)] ?? []
  const map = paintHeatMap(plane, width, height)
  const sentences = sentencesOf({ explanation, className, opacity, ...rest })
  const fontPx = Math.max(13, Math.round(width / 80))
  const most = Math.floor((width - 2 * fontPx) / (fontPx * 0.56))
  const lines = sentences.flatMap((sentence) =>
    wrapped(sentence, most).map((text) => ({ text, isWarning: sentence === untrainedWarning })),
  )
  const legendPx = fontPx * (5 + Math.ceil(1.5 * lines.length))
  const picture = makeRaster(width, height + legendPx)
  picture.data.fill(255)
  image.forEach((value, i) => {
    picture.data[i] = Math.round(value + ((map.data[i] ?? 0) - value) * opacity)
  })
  drawScale(picture, height + Math.round(fontPx * 0.8), fontPx)
  const svg = Buffer.from(textOf(lines, width, legendPx, fontPx))
  const { data } = await sharp(picture.data, { raw: { width, height: height + legendPx, channels: 3 } })
    .composite([{ input: svg, top: height, left: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { ...picture, data: new Uint8Array(data) }
}

/** What a written map says of itself. */
function sentencesOf({ explanation, className, opacity }: WrittenExplanation): string[] {
  const { fileName, modelName, squares, mode, synthetic, encoders, outOfFold, boosters, pixelSizeUm } =
    explanation
  const length = (px: number): string =>
    pixelSizeUm === null ? `${Math.round(px)} px` : `${Math.round(px * pixelSizeUm)} µm`
  const edges = [...new Set(squares.map(({ squarePx }) => length(squarePx)))].join(' and ')
  return [
    ...(encoders === 'demo' ? [untrainedWarning] : []),
    `Probability of ${className} at each place of ${fileName}, by the model "${modelName}" (${boosters} ${boosters === 1 ? 'booster' : 'boosters'}${outOfFold ? ' that never saw this image' : ''}).`,
    `A place is judged by the tissue within a square of ${edges} around it; places are ${length(explanation.cellWidthPx)} apart. The map covers the image by ${Math.round(opacity * 100)} %.`,
    ...(mode === 'crops'
      ? ['The model learned from crops; this map comes from whole-image encoding, which it has not seen.']
      : []),
    ...(synthetic ? ['SYNTHETIC tissue, drawn by Lobule.'] : []),
    researchUseSentence,
  ]
}

/** The colours from 0 to 100 %. */
function drawScale(picture: Raster, top: number, fontPx: number): void {
  for (let y = top; y < top + fontPx; y++) {
    for (let x = 0; x < legendWidthPx; x++) {
      picture.data.set(colourOf(x / (legendWidthPx - 1)), 3 * (y * picture.widthPx + fontPx + x))
    }
  }
}

interface Line {
  readonly text: string
  readonly isWarning: boolean
}

function textOf(lines: readonly Line[], width: number, height: number, fontPx: number): string {
  const text = (x: number, y: number, content: string, rest = ''): string =>
    `<text x="${x}" y="${y}" ${rest}>${escaped(content)}</text>`
  const ticks = (['start', 'middle', 'end'] as const).map((anchor, i) =>
    text(fontPx + (i * legendWidthPx) / 2, fontPx * 3, `${i * 50} %`, `text-anchor="${anchor}"`),
  )
  const rows = lines.map((line, i) =>
    text(
      fontPx,
      fontPx * (4.9 + 1.5 * i),
      line.text,
      line.isWarning ? 'fill="#b9222b" font-weight="bold"' : '',
    ),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="${fontPx}" fill="#1b1b20">${[...ticks, ...rows].join('')}</svg>`
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{Cc}]/gu, ' ')

/** Notes in a .npy file are plain ASCII. */
const asciiOf = (text: string): string => text.replaceAll('µ', 'u').replace(/[^\x20-\x7e]/g, '?')

function wrapped(sentence: string, most: number): string[] {
  const lines: string[] = []
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
