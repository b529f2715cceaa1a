import { colourOf } from '../../contract/index.ts'
import sharp from 'sharp'
import { makeRaster, type Raster } from '../image/index.ts'

/** Of the colour scale, from 0 to 100 %. */
export const legendWidthPx = 320

interface Legend {
  readonly sentences: readonly string[]
  /** One of the sentences, drawn in red; null: none. */
  readonly warning: string | null
}

/** A drawn map with the colour scale and sentences below it. The sentences are broken to fit its width. */
export async function addLegend(drawn: Raster, { sentences, warning }: Legend): Promise<Raster> {
  const { widthPx: width, heightPx: height } = drawn
  const fontPx = Math.max(13, Math.round(width / 80))
  const maxCharacters = Math.floor((width - 2 * fontPx) / (fontPx * 0.56))
  const lines = sentences.flatMap((sentence) =>
    wrap(sentence, maxCharacters).map((text) => ({ text, isWarning: sentence === warning })),
  )
  const legendPx = fontPx * (5 + Math.ceil(1.5 * lines.length))
  const output = makeRaster(width, height + legendPx)
  output.data.fill(255)
  output.data.set(drawn.data)
  drawScale(output, height + Math.round(fontPx * 0.8), fontPx)
  const svg = Buffer.from(legendSvg(lines, width, legendPx, fontPx))
  const { data } = await sharp(output.data, { raw: { width, height: height + legendPx, channels: 3 } })
    .composite([{ input: svg, top: height, left: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { ...output, data: new Uint8Array(data) }
}

/** Draws the colour scale from 0 to 100 %. */
function drawScale(output: Raster, top: number, fontPx: number): void {
  for (let y = top; y < top + fontPx; y++) {
    for (let x = 0; x < legendWidthPx; x++) {
      output.data.set(colourOf(x / (legendWidthPx - 1)), 3 * (y * output.widthPx + fontPx + x))
    }
  }
}

interface Line {
  readonly text: string
  readonly isWarning: boolean
}

function legendSvg(lines: readonly Line[], width: number, height: number, fontPx: number): string {
  const text = (x: number, y: number, content: string, rest = ''): string =>
    `<text x="${x}" y="${y}" ${rest}>${escapeXml(content)}</text>`
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

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{Cc}]/gu, ' ')

/** Notes in a .npy file must be plain ASCII. */
export const toAscii = (text: string): string => text.replaceAll('µ', 'u').replace(/[^\x20-\x7e]/g, '?')

/** Breaks a sentence between words into lines of at most `maxCharacters`. */
function wrap(sentence: string, maxCharacters: number): string[] {
  const lines: string[] = []
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= maxCharacters)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
