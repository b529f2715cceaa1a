import { z } from 'zod'

/** Files of a folder that an import did not open, because their ending is that of no image that Lobule reads. */
export const skippedFilesSchema = z.object({
  /** In lower case, with its dot; empty: none. */
  ending: z.string(),
  files: z.int().positive(),
})
export type SkippedFiles = z.infer<typeof skippedFilesSchema>

/** What files with these endings are, where a laboratory would miss them. */
const imageKinds: Readonly<Record<string, string>> = {
  '.arw': 'raw photographs',
  '.avif': 'AVIF images',
  '.bmp': 'bitmaps',
  '.cr2': 'raw photographs',
  '.dng': 'raw photographs',
  '.ets': 'Olympus slides',
  '.gif': 'GIF images',
  '.heic': 'photographs of a telephone',
  '.heif': 'photographs of a telephone',
  '.i2syntax': 'Philips iSyntax slides',
  '.isyntax': 'Philips iSyntax slides',
  '.j2k': 'JPEG 2000 images',
  '.jp2': 'JPEG 2000 images',
  '.jxl': 'JPEG XL images',
  '.kfb': 'KFBio slides',
  '.lif': 'Leica microscope files',
  '.mds': 'Motic slides',
  '.nd2': 'Nikon microscope files',
  '.nef': 'raw photographs',
  '.oir': 'Olympus microscope files',
  '.sdpc': 'Sqray slides',
  '.vms': 'Hamamatsu VMS slides',
  '.vmu': 'Hamamatsu VMU slides',
  '.vsi': 'Olympus slides',
  '.zarr': 'OME-Zarr images',
}

/** Whether a laboratory would miss files with this ending. */
export const isSkippedImage = ({ ending }: SkippedFiles): boolean => ending in imageKinds

/** What was skipped, in a sentence; null: nothing was. */
export function skippedSentence(skipped: readonly SkippedFiles[]): string | null {
  if (skipped.length === 0) return null
  const parts = skipped.map(({ ending, files }) => {
    const kind = imageKinds[ending]
    return `${files} ${ending === '' ? 'without an ending' : ending}${kind === undefined ? '' : ` (${kind})`}`
  })
  const isImage = skipped.some(isSkippedImage)
  const advice = isImage ? ' Lobule does not read these images: export them as OME-TIFF or SVS.' : ''
  return `Skipped files: ${parts.join(', ')}.${advice}`
}

/** For files that also hold a picture of the slide's label, or of the whole glass. */
export const labelPictureSentence = (files: number): string =>
  `${files} ${files === 1 ? 'file also holds' : 'files also hold'} a picture of the slide's label or whole glass, which can show a patient's name. ` +
  'Lobule never shows or exports it; who gets the file itself can see it.'
