import { sha256OfFile } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import { contentHash } from './content-hash.ts'
import { inspectImage, type ImageInfo } from './inspect-image.ts'
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
 * @throws AppError `image.several-pages`, `image.no-page`, and the codes of verifyImage
 */
export async function inspectPages(
  path: string,
  choice: PageChoice,
  { signal, knownSha256 }: { signal?: AbortSignal; knownSha256?: string | undefined } = {},
): Promise<InspectedPage[]> {
  const { pictures } = await inspectImage(path)
  const numbers = pictures.map(({ page }) => page)
  const inspected: Omit<InspectedPage, 'fileSha256' | 'sha256'>[] = []
  for (const page of chosenPages(path, numbers, choice, pictures)) {
    await verifyImage(path, signal ? { page, signal } : { page })
    const { pages: _pages, pictures: _pictures, ...info } = await inspectImage(path, page)
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
