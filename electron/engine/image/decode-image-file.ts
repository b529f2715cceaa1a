import { AppError } from '../../contract/errors.ts'
import type { ColourStep } from '../../contract/recipe.ts'
import { contentHash } from './content-hash.ts'
import { decodeRaster } from './decode-raster.ts'
import type { ImageFile } from './image-file.ts'
import { sha256OfImage } from './image-parts.ts'
import type { Raster } from './raster.ts'

/** @throws AppError `image.file-changed` if the content of a file is not that of the image, `path.*` */
export async function requireSameContent({
  path,
  page,
  sha256,
}: Pick<ImageFile, 'path' | 'page' | 'sha256'>): Promise<void> {
  if (contentHash(await sha256OfImage(path), page) !== sha256)
    throw new AppError('image.file-changed', { path })
}

/**
 * The pixels of an image, after its file was checked against the content hash. `colour` as in decodeRaster.
 * image.file-changed if the hash differs; otherwise the codes of decodeRaster.
 */
export async function decodeImageFile(
  image: ImageFile,
  options: { colour: ColourStep | undefined; signal: AbortSignal | undefined },
): Promise<Raster> {
  await requireSameContent(image)
  const { path, page, cameraBits } = image
  return decodeRaster(path, { page, cameraBits, ...options })
}
