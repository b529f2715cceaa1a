import type { CameraBits } from '../../contract/camera-bits.ts'
import type { ImageHeader } from './image-header.ts'
import type { ImageInfo } from './image-info.ts'
import type { Picture } from './picture.ts'
import { RecentFiles } from './recent-files.ts'
import { openSharpPicture } from './sharp-picture.ts'
import { openSlidePicture } from './slide-picture.ts'

/**
 * Reading the directories of a slide takes longer than decoding a tile of it: 19 and 10 ms for one of 60 000 x 60 000 pixels. Few are kept,
 * since their lists of tiles have up to 16 MiB.
 */
const sharpPictures = new RecentFiles<Picture>(8)

/**
 * Opens one image (`page` from 1) of a file with the reader that can read it.
 * @param options.header of the page, if it has been read
 * @param options.cameraBits as in ImageFile
 * @throws AppError the codes of inspectImage
 */
export async function openPicture(
  path: string,
  page = 1,
  options: { header?: ImageHeader; cameraBits?: CameraBits | null | undefined } = {},
): Promise<Picture> {
  const open = (): Promise<Picture> => openSharpPicture(path, page, options)
  if (options.header !== undefined) return open()
  const slide = await openSlidePicture(path, page)
  return slide ?? sharpPictures.get(path, `${page} ${options.cameraBits ?? ''}`, open)
}

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
