import { asImageError } from './image-header.ts'
import { openPicture } from './open-picture.ts'
import { levelFor } from './picture.ts'

/** Brightness of each pixel, row by row. */
export interface GreyImage {
  widthPx: number
  heightPx: number
  /** 0 to 255. */
  data: Float32Array
}

/**
 * The whole image in grey, shrunk to a longer edge of at most `edgePx`, never enlarged. Alpha is flattened on white and EXIF
 * orientation is applied, as in decodeRaster. From a pyramid the smallest level that is large enough is read.
 * @throws AppError the codes of inspectImage
 */
export async function readGrey(path: string, edgePx: number, page = 1): Promise<GreyImage> {
  const picture = await openPicture(path, page)
  const { widthPx, heightPx } = picture.levels[0]
  const from = levelFor(picture, Math.max(1, Math.max(widthPx, heightPx) / edgePx))
  try {
    const image = await picture.read(from, { target: { width: edgePx, height: edgePx } })
    const { data, info } = await image
      .flatten({ background: 'white' })
      .resize({ width: edgePx, height: edgePx, fit: 'inside', withoutEnlargement: true })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const grey = new Float32Array(info.width * info.height)
    for (let at = 0; at < grey.length; at++) grey[at] = data[at * info.channels] ?? 0
    return { widthPx: info.width, heightPx: info.height, data: grey }
  } catch (error) {
    throw asImageError(error, path)
  }
}
