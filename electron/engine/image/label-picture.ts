import type { ByteSource } from './byte-source.ts'
import { omeImages } from './ome.ts'
import { tiffTag, wholeTiffTags, type TiffPage } from './tiff-tags.ts'

/** More than the pictures beside any slide. */
const maxPages = 32

/**
 * Whether a TIFF holds a picture of the slide's label, or of the whole glass with it, which can show a patient's name. OME-TIFF and Aperio's files say so;
 * the pixels of such a picture are never read.
 */
export async function hasLabelPicture(
  source: ByteSource,
  pages: readonly TiffPage[],
  description: string,
): Promise<boolean> {
  if (omeImages(description).some(({ isLabel }) => isLabel)) return true
  if (!description.startsWith('Aperio')) return false
  for (const { offset } of pages.slice(1, maxPages)) {
    const tags = await wholeTiffTags(source, offset)
    if (/^(label|macro)\b/m.test(tags?.text(tiffTag.imageDescription) ?? '')) return true
  }
  return false
}
