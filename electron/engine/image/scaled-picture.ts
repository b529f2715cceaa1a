import type { ColourStep } from '../../contract/recipe.ts'
import { toSrgb } from './colour-profile.ts'
import { decodeRaster, readPixels } from './decode-raster.ts'
import type { PixelSource } from './image-file.ts'
import { openPicture } from './open-picture.ts'
import { levelFor, type Picture } from './picture.ts'
import type { Raster } from './raster.ts'
import { makeRaster } from './raster.ts'
import { resampledEdgePx, resampleInto, resampleReachPx } from './resample.ts'

/** Pixels of a level that are read at once: 24 MB. */
const stripPx = 2 ** 23

/** A window of the resampled image, pixels. */
export interface ScaledWindow {
  readonly left: number
  readonly top: number
  readonly widthPx: number
  readonly heightPx: number
}

/**
 * An image at a scale, read window by window: what `resampleBicubic` gives of the whole image at the coarsest level that is still
 * finer than wanted. Pixels are placed to a fraction of a pixel, and do not depend on the window.
 */
export class ScaledPicture {
  readonly #picture: Picture
  readonly #source: PixelSource
  readonly #colour: ColourStep | undefined
  /** The whole image, if it is small and its parts cost as much as all of it. */
  #whole: Promise<Raster> | null = null

  private constructor(picture: Picture, source: PixelSource, colour: ColourStep | undefined) {
    this.#picture = picture
    this.#source = source
    this.#colour = colour
  }

  /**
   * @param colour as in decodeRaster
   * @throws AppError the codes of openPicture
   */
  static async open(source: PixelSource, colour: ColourStep | undefined): Promise<ScaledPicture> {
    const { path, page, cameraBits } = source
    return new ScaledPicture(await openPicture(path, page, { cameraBits }), source, colour)
  }

  /** Of the image in its file. */
  get size(): { widthPx: number; heightPx: number } {
    const { widthPx, heightPx } = this.#picture.info
    return { widthPx, heightPx }
  }

  /** Of the image at a scale. */
  sizeAt(scale: number): { widthPx: number; heightPx: number } {
    const { widthPx, heightPx } = this.#picture.info
    return { widthPx: resampledEdgePx(widthPx, scale), heightPx: resampledEdgePx(heightPx, scale) }
  }

  /**
   * The pixels of a window inside the image at that scale (above 0).
   * @throws AppError the codes of readRegion
   */
  async read(scale: number, window: ScaledWindow): Promise<Raster> {
    const level = levelFor(this.#picture, 1 / scale)
    const { levels } = this.#picture
    const { widthPx, heightPx, downsample } = levels[level] ?? levels[0]
    // The level's own scale: a whole downsampling whose edges were cut to whole pixels is not quite its quotient.
    const own = scale * wholeDownsample(downsample, widthPx)
    const across = inputRange(window.left, window.widthPx, own, widthPx)
    const rowsAtOnce = Math.max(1, Math.floor((stripPx / across.length) * own))
    const output = makeRaster(window.widthPx, window.heightPx)
    for (let row = 0; row < window.heightPx; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, window.heightPx - row)
      const down = inputRange(window.top + row, rows, own, heightPx)
      const box = { left: across.from, top: down.from, width: across.length, height: down.length }
      const strip = { ...window, top: window.top + row, heightPx: rows }
      const part = await this.#readBox(level, box)
      const to = output.data.subarray(row * window.widthPx * 3, (row + rows) * window.widthPx * 3)
      resampleInto(to, part, own, strip)
    }
    return output
  }

  async #readBox(
    level: number,
    box: { left: number; top: number; width: number; height: number },
  ): Promise<{ raster: Raster; left: number; top: number }> {
    const { isKept, depth, profile } = this.#picture
    const { path, page, cameraBits } = this.#source
    const colour = this.#colour
    if (isKept) {
      this.#whole ??= decodeRaster(path, { page, cameraBits, colour })
      return { raster: await this.#whole, left: 0, top: 0 }
    }
    const raster = await readPixels(await this.#picture.read(level, { box }), depth, path)
    return {
      raster: colour === 'srgb' ? await toSrgb(raster, profile) : raster,
      left: box.left,
      top: box.top,
    }
  }
}

/** The whole number that a downsampling is apart from rounding of the level's edge, or itself. */
export function wholeDownsample(downsample: number, levelPx: number): number {
  const whole = Math.round(downsample)
  return Math.abs(downsample / whole - 1) * levelPx < 1.5 ? whole : downsample
}

/** The input pixels that `length` output pixels from `first` on depend on. */
function inputRange(
  first: number,
  length: number,
  scale: number,
  inputPx: number,
): { from: number; length: number } {
  const position = (output: number): number => Math.floor((output + 0.5) / scale - 0.5)
  const clamp = (value: number): number => Math.max(0, Math.min(inputPx - 1, value))
  const from = clamp(position(first) - resampleReachPx)
  const last = clamp(position(first + length - 1) + resampleReachPx)
  return { from, length: last - from + 1 }
}
