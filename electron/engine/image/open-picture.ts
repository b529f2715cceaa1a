import type { CameraBits } from '../../contract/camera-bits.ts'
import type { ImageHeader } from './image-header.ts'
import type { ImageInfo } from './image-info.ts'
import type { Picture } from './picture.ts'
import { openSharpPicture } from './sharp-picture.ts'
import { openSlidePicture } from './slide-picture.ts'

/**
 * Opens one image (`page` from 1) of a file with the reader that can read it.
 * @param options.header of the page, if it has been read
 * @param options.cameraBits as in ImageFile
 * @throws AppError the codes of inspectImage
 */
export const openPicture = async (
  path: string,
  page = 1,
  options: { header?: ImageHeader; cameraBits?: CameraBits | null | undefined } = {},
): Promise<Picture> =>
  (options.header === undefined ? await openSlidePicture(path, page) : null) ??
  openSharpPicture(path, page, options)

/**
 * The properties of an image file and of one `page` (from 1), without decoding its pixels. A truncated file is noticed if
 * its structure shows it; decodeRaster notices the rest.
 * @throws AppError `path.not-found`, `path.unreadable`, `image.empty-file`, `image.unsupported-format`,
 *   `image.truncated`, `image.no-page`
 */
export const inspectImage = async (path: string, page = 1): Promise<ImageInfo> =>
  (await openPicture(path, page)).info

/**
 * The first image of a file, and its page: a later one, if a TIFF begins with a smaller copy of the image.
 * @throws AppError the codes of inspectImage
 */
export async function inspectFirstImage(path: string): Promise<{ page: number; info: ImageInfo }> {
  const info = await inspectImage(path)
  const page = info.pictures[0]?.page ?? 1
  return { page, info: page === 1 ? info : await inspectImage(path, page) }
}
