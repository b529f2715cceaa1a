import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeRaster, inspectImage } from '../../../../electron/engine/image/index.ts'
import { picture, pixel, put, place, raw } from './fixtures.ts'

describe('decodeRaster gives 8-bit RGB', () => {
  test.each([
    ['png', () => raw().png()],
    [
      'palette.png',
      () =>
        sharp({ create: { width: 60, height: 40, channels: 3, background: '#3c5a96' } }).png({
          palette: true,
        }),
    ],
    ['deflate.tif', () => raw().tiff({ compression: 'deflate', predictor: 'horizontal' })],
    ['tiled.tif', () => raw().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 })],
    ['big.tif', () => raw().tiff({ compression: 'none', bigtiff: true })],
    ['webp', () => raw().webp({ lossless: true })],
  ])('%s, without loss', async (name, encode) => {
    const raster = await decodeRaster(await put(`plain.${name}`, await encode().toBuffer()))
    expect([raster.widthPx, raster.heightPx]).toEqual([60, 40])
    if (name.startsWith('palette')) expect(pixel(raster, 30, 20)).toEqual([0x3c, 0x5a, 0x96])
    else expect(Buffer.from(raster.data).equals(Buffer.from(picture.data))).toBe(true)
  })

  test('JPEG, close', async () => {
    const bytes = await raw().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer()
    const raster = await decodeRaster(await put('close.jpg', bytes))
    const worst = raster.data.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (picture.data[at] ?? 0))),
      0,
    )
    // Quality 98 quantises a smooth gradient by a few levels.
    expect(worst).toBeLessThanOrEqual(6)
  })

  test('grey becomes three equal channels; 1 bit becomes black and white', async () => {
    const grey = await decodeRaster(await put('grey.png', await raw().greyscale().png().toBuffer()))
    const [red, green, blue] = pixel(grey, 10, 10)
    expect([green, blue]).toEqual([red, red])
    const bits = await raw()
      .greyscale()
      .threshold()
      .toColourspace('b-w')
      .tiff({ bitdepth: 1, compression: 'ccittfax4' })
      .toBuffer()
    const twoLevels = await decodeRaster(await put('bits.tif', bits))
    expect([...new Set(twoLevels.data)].sort((a, b) => a - b)).toEqual([0, 255])
  })

  test('16-bit values are scaled and rounded, not truncated', async () => {
    const deep = new Uint16Array([0, 128, 129, 257, 32896, 65406, 65407, 65535, 385])
    const bytes = await sharp(deep, { raw: { width: 3, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect((await sharp(bytes).metadata()).depth).toBe('ushort')
    const raster = await decodeRaster(await put('deep.png', bytes))
    // v / 257, rounded: 128 lies below one half, 129 above; 65406 below 254.5, 65407 above.
    expect([...raster.data]).toEqual([0, 0, 1, 1, 128, 254, 255, 255, 1])
  })

  test('alpha is composited over white', async () => {
    const rgba = Buffer.from([200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 51])
    const bytes = await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } })
      .png()
      .toBuffer()
    const raster = await decodeRaster(await put('alpha.png', bytes))
    expect(pixel(raster, 0, 0)).toEqual([255, 255, 255])
    expect(pixel(raster, 1, 0)).toEqual([200, 100, 0])
    // A fifth of the colour: 255 + 0.2 * (v - 255).
    expect(pixel(raster, 2, 0)).toEqual([244, 224, 204])
  })

  test('CMYK is converted', async () => {
    const bytes = await raw().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
    const raster = await decodeRaster(await put('cmyk.jpg', bytes))
    expect(raster.data).toHaveLength(60 * 40 * 3)
    const [red = 0, , blue = 0] = pixel(raster, 5, 20)
    expect(blue).toBeGreaterThan(red)
  })

  test('EXIF orientation is applied, an ICC profile is not', async () => {
    const turned = await decodeRaster(
      await put('turned.png', await raw().withMetadata({ orientation: 6 }).png().toBuffer()),
    )
    expect([turned.widthPx, turned.heightPx]).toEqual([40, 60])
    // Orientation 6: the first row of the file is the right-hand column.
    expect(pixel(turned, 39, 0)).toEqual(pixel(picture, 0, 0))
    expect(pixel(turned, 39, 59)).toEqual(pixel(picture, 59, 0))
    expect(await inspectImage(place('turned.png'))).toMatchObject({ widthPx: 40, heightPx: 60 })
    const profiled = await raw().withIccProfile('p3', { attach: true }).png().toBuffer()
    const stored = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer()
    const decoded = await decodeRaster(await put('profiled.png', profiled))
    expect(Buffer.from(decoded.data).equals(stored)).toBe(true)
  })

  test('can be cancelled', async () => {
    const path = await put('cancel.png', await raw().png().toBuffer())
    const stopped = decodeRaster(path, { signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'job.cancelled' })
  })
})
