import { AppError } from '../../contract/errors.ts'
import { contentHash } from './content-hash.ts'
import { decodeRaster } from './decode-raster.ts'
import type { ImageFile } from './image-file.ts'
import { sha256OfImage } from './image-parts.ts'
import type { Raster } from './raster.ts'

/**
 * The pixels of an image, after its file was checked against the content hash.
 * image.file-changed if the hash differs; otherwise the codes of decodeRaster.
 */
export async function decodeImageFile(
  { path, page, sha256 }: ImageFile,
  signal: AbortSignal | undefined,
): Promise<Raster> {
  if (contentHash(await sha256OfImage(path), page) !== sha256)
    throw new AppError('image.file-changed', { path })
  return decodeRaster(path, signal ? { page, signal } : { page })
}
