import { randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import sharp from 'sharp'
import { draftEnding } from '../../base/atomic-file.ts'
import { exportedBefore, publishExport } from '../../base/export-file.ts'
import { asNotWritable } from '../../base/path-errors.ts'
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
    await mkdir(dirname(path), { recursive: true })
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
    await rm(drawing, { force: true })
    await rm(draft, { force: true })
  }
}

const headerBytes = 8
const entries = 11

/** A TIFF of one strip without compression. */
async function writePlainTiff(
  path: string,
  { widthPx, heightPx, description = '', rows }: PyramidOptions,
): Promise<void> {
  const pixelBytes = 3 * widthPx * heightPx
  const bitsAt = headerBytes + 2 + 12 * entries + 4
  const textAt = bitsAt + 6
  // At least 4 characters: a shorter text would have to be in the entry itself.
  const text = Buffer.from(`${description.padEnd(4)}\0`, 'utf8')
  const pixelsAt = textAt + text.length
  const head = Buffer.alloc(pixelsAt)
  head.write('II*\0', 0, 'latin1')
  head.writeUInt32LE(headerBytes, 4)
  head.writeUInt16LE(entries, headerBytes)
  // Tag, type (2: text, 3: 16 bits, 4: 32 bits), count, value or its place.
  const tags = [
    [256, 4, 1, widthPx],
    [257, 4, 1, heightPx],
    [258, 3, 3, bitsAt],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [270, 2, text.length, textAt],
    [273, 4, 1, pixelsAt],
    [277, 3, 1, 3],
    [278, 4, 1, heightPx],
    [279, 4, 1, pixelBytes],
    [284, 3, 1, 1],
  ] as const
  for (const [index, [tag, type, count, value]] of tags.entries()) {
    const at = headerBytes + 2 + 12 * index
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (const place of [0, 2, 4]) head.writeUInt16LE(8, bitsAt + place)
  text.copy(head, textAt)
  const file = await open(path, 'wx')
  try {
    await file.writeFile(head)
    for await (const { data } of rows) await file.writeFile(data)
  } finally {
    await file.close()
  }
}
