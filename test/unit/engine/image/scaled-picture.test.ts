import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  decodeRaster,
  resampleBicubic,
  ScaledPicture,
  type ScaledWindow,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { wholeDownsample } from '../../../../electron/engine/image/scaled-picture.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { put } from './fixtures.ts'

const [widthPx, heightPx] = [1003, 617]

/** Left edges of black squares of 20 pixels on white; the same from the top, as far as there is room. */
const squares = [40, 333, 520, 961]
const edge = 20

function squarePicture(): Buffer {
  const data = Buffer.alloc(widthPx * heightPx * 3, 255)
  for (const left of squares) {
    for (let y = 0; y < edge; y++) {
      const start = ((squares.indexOf(left) * 150 + 40 + y) * widthPx + left) * 3
      data.fill(0, start, start + edge * 3)
    }
  }
  return data
}

const tiled = (data: Buffer, pyramid: boolean) =>
  sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .tiff({ pyramid, tile: true, tileWidth: 64, tileHeight: 64, compression: 'deflate' })
    .toBuffer()

/** The part of a raster that a window covers. */
function cut(raster: Raster, { left, top, widthPx: width, heightPx: height }: ScaledWindow): Buffer {
  return Buffer.concat(
    Array.from({ length: height }, (_, y) => {
      const start = ((top + y) * raster.widthPx + left) * 3
      return raster.data.subarray(start, start + width * 3)
    }),
  )
}

describe('a picture at a scale', () => {
  it('gives the pixels of the whole image resampled, to the bit, in any window', async () => {
    const random = keyedGenerator('noise')
    const noise = Buffer.from(
      Array.from({ length: widthPx * heightPx * 3 }, () => random.nextUniform(0, 256)),
    )
    const path = await put('noise.tif', await tiled(noise, false))
    const picture = await ScaledPicture.open({ path, page: 1 }, undefined)
    const decoded = await decodeRaster(path)
    for (const scale of [1, 0.5, 0.594, 0.31, 1.7]) {
      const whole = resampleBicubic(decoded, scale)
      expect(picture.sizeAt(scale)).toEqual({ widthPx: whole.widthPx, heightPx: whole.heightPx })
      const window = {
        left: Math.floor(whole.widthPx / 3),
        top: Math.floor(whole.heightPx / 2),
        widthPx: Math.ceil(whole.widthPx / 4),
        heightPx: whole.heightPx - Math.floor(whole.heightPx / 2),
      }
      for (const part of [window, { ...window, left: 0, top: 0 }]) {
        const read = await picture.read(scale, part)
        expect(cut(whole, part).equals(read.data), String(scale)).toBe(true)
      }
    }
  })

  it('places what a smaller copy shows within a tenth of a pixel', async () => {
    const picture = await ScaledPicture.open(
      { path: await put('squares.tif', await tiled(squarePicture(), true)), page: 1 },
      undefined,
    )
    // Copies of 1/2, 1/4 and 1/8, whose edges are cut to whole pixels: 501, 250 and 125 pixels.
    for (const scale of [0.45, 0.24, 0.2, 0.12]) {
      const size = picture.sizeAt(scale)
      for (const [index, left] of squares.entries()) {
        const around = { x: (left + edge / 2) * scale, y: (index * 150 + 40 + edge / 2) * scale }
        const reach = Math.ceil(edge * scale) + 4
        const first = (middle: number): number => Math.max(0, Math.floor(middle) - reach)
        const window = { left: first(around.x), top: first(around.y) }
        const read = await picture.read(scale, {
          ...window,
          widthPx: Math.min(size.widthPx - window.left, 2 * reach),
          heightPx: Math.min(size.heightPx - window.top, 2 * reach),
        })
        const { x, y } = centreOfDark(read)
        // The kernel moves an edge between pixels a little; the quotient of the edges would move the last square by 0.7.
        expect(Math.abs(window.left + x - around.x), `${scale} ${left}`).toBeLessThan(0.1)
        expect(Math.abs(window.top + y - around.y), `${scale} ${left}`).toBeLessThan(0.1)
      }
    }
  })

  it('takes a downsampling for whole where the edge of its copy was cut to whole pixels', () => {
    expect(wholeDownsample(1003 / 250, 250)).toBe(4)
    expect(wholeDownsample(100_003 / 25_000, 25_000)).toBe(4)
    expect(wholeDownsample(1, 1003)).toBe(1)
    // 40 000 pixels in 12 800: a copy at 3.125.
    expect(wholeDownsample(3.125, 12_800)).toBe(3.125)
  })
})

/** Of the darkness, in pixels from the corner of the raster. */
function centreOfDark({ widthPx: width, data }: Raster): { x: number; y: number } {
  let [sum, x, y] = [0, 0, 0]
  for (let at = 0; at < data.length; at += 3) {
    const dark = 255 - (data[at] ?? 0)
    sum += dark
    x += dark * (((at / 3) % width) + 0.5)
    y += dark * (Math.floor(at / 3 / width) + 0.5)
  }
  return { x: x / sum, y: y / sum }
}
