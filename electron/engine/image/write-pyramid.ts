import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import sharp from 'sharp'
import { draftEnding } from '../../base/atomic-file.ts'
import { exportedBefore, publishExport } from '../../base/export-file.ts'
import { makeFolders } from '../../base/folders.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { plainTiffHead } from './plain-tiff.ts'
import type { PngOptions } from './write-png.ts'
import type { Raster } from './raster.ts'

export interface PyramidOptions extends PngOptions {
  widthPx: number
  /** With the width at most 2^30 pixels: offsets in the file have 32 bits. */
  heightPx: number
  /** The rows of the image from the top down. */
  rows: AsyncIterable<Raster>
}

/**
 * Writes a tiled TIFF with its smaller copies, JPEG inside, as scanners' programs do; sharp and OpenSlide read it. The rows go
 * through a file beside it, so that memory holds a few rows. The file appears completely or not at all.
 * @throws AppError `path.exists`, `path.not-writable`; an AppError of `rows` as it is
 */
export async function writePyramid(path: string, options: PyramidOptions): Promise<void> {
  const { pixelSizeUm } = options
  await exportedBefore(path, false)
  const [drawing, draft] = [`${path}.${randomUUID()}${draftEnding}`, `${path}.${randomUUID()}${draftEnding}`]
  try {
    makeFolders(dirname(path))
    await writePlainTiff(drawing, options)
    const image = sharp(drawing, { limitInputPixels: false, sequentialRead: true })
    // The description of the drawing goes along.
    image.keepMetadata()
    // sharp counts pixels per millimetre.
    const resolution =
      pixelSizeUm === undefined ? {} : ({ xres: 1000 / pixelSizeUm, yres: 1000 / pixelSizeUm } as const)
    await image
      .tiff({
        compression: 'jpeg',
        quality: 88,
        tile: true,
        tileWidth: 256,
        tileHeight: 256,
        pyramid: true,
        resolutionUnit: 'cm',
        ...resolution,
      })
      .toFile(draft)
    await publishExport(draft, path, false)
  } catch (error) {
    throw asNotWritable(error, path)
  } finally {
    await removeFile(drawing)
    await removeFile(draft)
  }
}

/** A TIFF of one strip without compression. */
async function writePlainTiff(path: string, { rows, ...image }: PyramidOptions): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(plainTiffHead(image))
    for await (const { data } of rows) await file.writeFile(data)
  } finally {
    await file.close()
  }
}
