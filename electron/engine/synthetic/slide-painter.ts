import sharp from 'sharp'
import { makeRaster, type Raster } from '../image/index.ts'
import { keyedGenerator } from '../random/index.ts'
import { slidePixelSizeUm, spansOf, type SlideLayout } from './slide-layout.ts'
import {
  develop,
  lookOf,
  paintField,
  syntheticClasses,
  type Look,
  type SyntheticClass,
} from './synthetic-field.ts'
import { TissueCanvas } from './tissue-canvas.ts'

/** Edge of the fields that make up an island, px: 512 um. */
const fieldPx = 1024
/** Standard deviation of the blur out of focus, px: 5 um. */
const blurPx = 10
const blurReachPx = 3 * blurPx
const ink = [22, 112, 66] as const
/** Share of light that ink lets through. */
const throughInk = 0.1

export interface ClassPixels {
  /** Pixels of the class. */
  all: number
  /** Those that are neither under pen nor out of focus. */
  clear: number
}

/**
 * Paints a synthetic slide from the top down, some rows at a time. Each island is a mosaic of fields of its class; all have the
 * stain of this one slide. Memory: two rows of fields, and the wanted rows.
 */
export class SlidePainter {
  readonly pixels: Record<SyntheticClass | 'pen', ClassPixels>
  readonly #layout: SlideLayout
  readonly #seed: number
  readonly #look: Look
  readonly #glass: Raster
  readonly #fields = new Map<string, Raster>()

  constructor(layout: SlideLayout, seed: number) {
    this.#layout = layout
    this.#seed = seed
    const look = lookOf(
      keyedGenerator('synthetic slide', seed),
      keyedGenerator('synthetic slide field', seed),
    )
    // A scanner corrects its lamp.
    this.#look = { ...look, vignette: 0, tilt: [0, 0] }
    const canvas = new TissueCanvas(512, 512, slidePixelSizeUm, keyedGenerator('synthetic glass', seed))
    this.#glass = develop(canvas, this.#look)
    const none = (): ClassPixels => ({ all: 0, clear: 0 })
    this.pixels = { Normal: none(), Benign: none(), InSitu: none(), Invasive: none(), pen: none() }
  }

  /** The next rows; callers go through all rows once, in order. */
  async rows(top: number, count: number): Promise<Raster> {
    const { blurred, heightPx, widthPx } = this.#layout
    this.#forgetAbove(top - blurReachPx)
    const drawn = this.#draw(top, count)
    this.#count(top, count)
    const [first, end] = [Math.max(top, blurred.top), Math.min(top + count, blurred.bottom)]
    if (first >= end) return drawn
    const above = Math.max(0, first - blurReachPx)
    const around = this.#draw(above, Math.min(heightPx, end + blurReachPx) - above)
    const soft = await sharp(around.data, { raw: { width: widthPx, height: around.heightPx, channels: 3 } })
      .blur(blurPx)
      .raw()
      .toBuffer()
    drawn.data.set(
      soft.subarray(3 * widthPx * (first - above), 3 * widthPx * (end - above)),
      3 * widthPx * (first - top),
    )
    return drawn
  }

  #draw(top: number, count: number): Raster {
    const { widthPx, islands, pen } = this.#layout
    const raster = makeRaster(widthPx, count)
    const { data } = raster
    for (let row = top; row < top + count; row++) {
      const start = 3 * widthPx * (row - top)
      copyTiled(this.#glass, row, 0, widthPx, data, start)
      for (const { className, outline } of islands) {
        for (const [first, end] of spansOf(outline, row)) {
          for (let column = first; column < end;) {
            const next = Math.min(end, (Math.floor(column / fieldPx) + 1) * fieldPx)
            const field = this.#field(className, Math.floor(row / fieldPx), Math.floor(column / fieldPx))
            copyTiled(field, row, column, next, data, start + 3 * column)
            column = next
          }
        }
      }
      for (const [first, end] of spansOf(pen, row)) {
        for (let at = start + 3 * first; at < start + 3 * end; at++) {
          data[at] = (ink[at % 3] ?? 0) * (1 - throughInk) + throughInk * (data[at] ?? 0)
        }
      }
    }
    return raster
  }

  #count(top: number, count: number): void {
    const { islands, pen, blurred } = this.#layout
    for (let row = top; row < top + count; row++) {
      const isSharp = row < blurred.top || row >= blurred.bottom
      const marked = spansOf(pen, row)
      const countIn = (counts: ClassPixels, [first, end]: readonly [number, number]): void => {
        counts.all += end - first
        const hidden = marked.reduce(
          (sum, [from, to]) => sum + Math.max(0, Math.min(end, to) - Math.max(first, from)),
          0,
        )
        if (isSharp) counts.clear += end - first - hidden
      }
      for (const { className, outline } of islands) {
        for (const span of spansOf(outline, row)) countIn(this.pixels[className], span)
      }
      for (const [first, end] of marked) this.pixels.pen.all += end - first
    }
  }

  #field(className: SyntheticClass, row: number, column: number): Raster {
    const key = `${row} ${column} ${className}`
    const known = this.#fields.get(key)
    if (known !== undefined) return known
    const place = [row, column, syntheticClasses.indexOf(className)] as const
    const generator = keyedGenerator('synthetic slide field', this.#seed, ...place)
    const canvas = new TissueCanvas(fieldPx, fieldPx, slidePixelSizeUm, generator)
    paintField(canvas, className, generator)
    const field = develop(canvas, { ...this.#look, noiseSeed: generator.nextUint32() })
    this.#fields.set(key, field)
    return field
  }

  #forgetAbove(row: number): void {
    for (const key of this.#fields.keys()) {
      if ((Number.parseInt(key, 10) + 1) * fieldPx <= row) this.#fields.delete(key)
    }
  }
}

/** Copies pixels of a row out of a tile that is repeated over the plane. */
function copyTiled(tile: Raster, row: number, first: number, end: number, to: Uint8Array, at: number): void {
  const start = 3 * tile.widthPx * (row % tile.heightPx)
  for (let column = first; column < end;) {
    const inTile = column % tile.widthPx
    const next = Math.min(end, column - inTile + tile.widthPx)
    const from = start + 3 * inTile
    to.set(tile.data.subarray(from, from + 3 * (next - column)), at + 3 * (column - first))
    column = next
  }
}
