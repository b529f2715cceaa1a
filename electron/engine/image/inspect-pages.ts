import { throwIfCancelled } from '../../base/cancellation.ts'
import { sha256OfFile } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import { contentHash } from './content-hash.ts'
import { readImageHeader } from './image-header.ts'
import { imageInfo, type ImageInfo } from './inspect-image.ts'
import { maxTiffPages } from './tiff-tags.ts'
import { verifyImage } from './verify-image.ts'

/** Which images of a file to use; `ask` is an error if there are several. */
export type PageChoice = 'ask' | 'first' | 'all' | number

export interface InspectedPage extends Omit<ImageInfo, 'pages' | 'pictures'> {
  /** From 1. */
  page: number
  /** SHA-256 of the file. */
  fileSha256: string
  /** Content hash of the image (`contentHash`). */
  sha256: string
}

/**
 * Inspects the chosen images of a file. Each is decoded once in bounded memory. A page number is ignored for files with a
 * single image. `knownSha256` avoids hashing a file again.
 * The directories of a TIFF are followed once, at most `maxTiffPages` of them: of a file with more, only single pages can
 * be chosen.
 * @throws AppError `image.several-pages`, `image.no-page`, and the codes of verifyImage
 */
export async function inspectPages(
  path: string,
  choice: PageChoice,
  { signal, knownSha256 }: { signal?: AbortSignal; knownSha256?: string | undefined } = {},
): Promise<InspectedPage[]> {
  const first = await readImageHeader(path, 1, { signal })
  const { pictures, hasMorePages } = first
  if (hasMorePages && (choice === 'all' || choice === 'ask')) {
    const reason = `it has more than ${maxTiffPages} pages; at most ${maxTiffPages} are read, so that only a single one of them can be imported`
    throw new AppError('image.unsupported-format', { path, reason })
  }
  const numbers = pictures.map(({ page }) => page)
  const inspected: Omit<InspectedPage, 'fileSha256' | 'sha256'>[] = []
  for (const page of chosenPages(path, numbers, choice, pictures)) {
    throwIfCancelled(signal)
    const header = page === 1 ? first : await readImageHeader(path, page, { known: first, signal })
    await verifyImage(path, { page, header, ...(signal && { signal }) })
    const { pages: _pages, pictures: _pictures, ...info } = imageInfo(header)
    inspected.push({ ...info, page })
  }
  const fileSha256 = knownSha256 ?? (await sha256OfFile(path))
  return inspected.map((info) => ({ ...info, fileSha256, sha256: contentHash(fileSha256, info.page) }))
}

function chosenPages(
  path: string,
  numbers: readonly number[],
  choice: PageChoice,
  pictures: ImageInfo['pictures'],
): readonly number[] {
  if (choice === 'all' || numbers.length === 1) return numbers
  if (choice === 'first') return numbers.slice(0, 1)
  if (choice === 'ask') {
    const pages = pictures.map(({ page, widthPx, heightPx }) => `${page}: ${widthPx} x ${heightPx}`)
    throw new AppError('image.several-pages', { path, pages })
  }
  if (!numbers.includes(choice))
    throw new AppError('image.no-page', { path, page: choice, pages: [...numbers] })
  return [choice]
}
