import { throwIfCancelled } from '../../base/cancellation.ts'
import type { CameraBits } from '../../contract/camera-bits.ts'
import { AppError } from '../../contract/errors.ts'
import type { ImageNote } from '../../contract/import-account.ts'
import { contentHash } from './content-hash.ts'
import { readImageHeader, type ImageHeader } from './image-header.ts'
import type { ImageInfo } from './image-info.ts'
import { imageNotes, requireCameraValues, requireKnownSamples } from './image-notes.ts'
import { sha256OfImage } from './image-parts.ts'
import { openPicture } from './open-picture.ts'
import { openSlidePicture } from './slide-picture.ts'
import { maxTiffPages } from './tiff-tags.ts'

/** Which images of a file to use; `ask` is an error if there are several. */
export type PageChoice = 'ask' | 'first' | 'all' | number

export interface InspectedPage extends Omit<ImageInfo, 'pages' | 'pictures'> {
  /** From 1. */
  page: number
  /** SHA-256 of the file, or files (`sha256OfImage`). */
  fileSha256: string
  /** Content hash of the image (`contentHash`). */
  sha256: string
  /** Absent: none. */
  notes?: readonly ImageNote[]
  /** Absent: the values are read as they are. */
  cameraBits?: CameraBits
}

/**
 * Inspects the chosen images of a file. Each is decoded once in bounded memory (`Picture.verify`). A page number is ignored for files with a
 * single image. `knownSha256` avoids hashing a file again.
 * A picture of 16 bits with larger values than the camera's is refused.
 * The directories of a TIFF are followed once, at most `maxTiffPages` of them: of a file with more, only single pages can
 * be chosen.
 * @throws AppError `image.several-pages`, `image.no-page`, and the codes of `Picture.verify`
 */
export async function inspectPages(
  path: string,
  choice: PageChoice,
  {
    signal,
    knownSha256,
    cameraBits = null,
  }: {
    signal?: AbortSignal
    knownSha256?: string | undefined
    /** As in ImageFile, for those of the images that have 16 bits. */
    cameraBits?: CameraBits | null | undefined
  } = {},
): Promise<InspectedPage[]> {
  const chosen: (Pick<InspectedPage, 'page' | 'notes' | 'cameraBits'> & { info: ImageInfo })[] = []
  const slide = await openSlidePicture(path)
  if (slide !== null) {
    const { brightest } = await slide.verify(signal)
    chosen.push({ info: slide.info, page: 1, notes: imageNotes(slide, brightest) })
  } else {
    const first = await readImageHeader(path, 1, { signal })
    for (const page of chosenPages(path, first, choice)) {
      throwIfCancelled(signal)
      const header = page === 1 ? first : await readImageHeader(path, page, { known: first, signal })
      requireKnownSamples(path, header)
      const picture = await openPicture(path, page, { header })
      const { brightest } = await picture.verify(signal)
      const isCamera = cameraBits !== null && brightest !== null
      if (isCamera) requireCameraValues(path, brightest, cameraBits)
      const notes = imageNotes(picture, isCamera ? null : brightest)
      if (isCamera) notes.push({ kind: 'camera-bits', value: String(cameraBits) })
      const isFirst = page === first.pictures[0]?.page
      if (isFirst && page > 1) notes.push({ kind: 'later-page', value: String(page) })
      chosen.push({ info: picture.info, page, notes, ...(isCamera ? { cameraBits } : {}) })
    }
  }
  const fileSha256 = knownSha256 ?? (await sha256OfImage(path))
  return chosen.map(({ info: { pages: _pages, pictures: _pictures, ...info }, page, ...rest }) => ({
    ...info,
    ...rest,
    page,
    fileSha256,
    sha256: contentHash(fileSha256, page),
  }))
}

function chosenPages(
  path: string,
  { pictures, hasMorePages }: ImageHeader,
  choice: PageChoice,
): readonly number[] {
  if (hasMorePages && (choice === 'all' || choice === 'ask')) {
    const reason = `it has more than ${maxTiffPages} pages; at most ${maxTiffPages} are read, so that only a single one of them can be imported`
    throw new AppError('image.unsupported-format', { path, reason })
  }
  const numbers = pictures.map(({ page }) => page)
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
