import { stat } from 'node:fs/promises'
import sharp from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { checkRaster, type Raster } from './raster.ts'
import { encodePng, writeEncoded, type PngOptions } from './write-png.ts'

/**
 * Writes a raster without loss, as TIFF (deflate) if the path ends in .tif or .tiff, otherwise as PNG. The file appears
 * completely or not at all (base/export-file.ts). With `replace`, an existing file is replaced unless it is one of
 * `sources`, the images from which this one was made.
 * @throws AppError `image.invalid-raster`, `path.exists`, `path.not-writable`
 */
export async function writeImage(
  raster: Raster,
  path: string,
  {
    sources = [],
    replace = false,
    ...options
  }: PngOptions & { sources?: readonly string[]; replace?: boolean | undefined } = {},
): Promise<void> {
  for (const source of sources) await refuseSameFile(source, path)
  const bytes = /\.tiff?$/i.test(path) ? await encodeTiff(raster, options) : await encodePng(raster, options)
  await writeEncoded(bytes, path, replace)
}

async function encodeTiff(raster: Raster, { pixelSizeUm, description }: PngOptions): Promise<Buffer> {
  checkRaster(raster)
  const { widthPx: width, heightPx: height, data } = raster
  // sharp counts pixels per millimetre.
  const resolution = pixelSizeUm === undefined ? {} : { xres: 1000 / pixelSizeUm, yres: 1000 / pixelSizeUm }
  const image = sharp(data, { raw: { width, height, channels: 3 } })
  if (description !== undefined) image.withExif({ IFD0: { ImageDescription: description } })
  return image.tiff({ compression: 'deflate', predictor: 'horizontal', ...resolution }).toBuffer()
}

async function refuseSameFile(source: string, path: string): Promise<void> {
  const [from, to] = await Promise.all([source, path].map((one) => stat(one).catch(() => null)))
  if (from && to && from.dev === to.dev && from.ino === to.ino) {
    throw new AppError('path.not-writable', { path, reason: 'it is the image that is read' })
  }
}
