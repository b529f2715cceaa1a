import sharp from 'sharp'
import { AppError } from '../../contract/errors.ts'
import type { ImageNote } from '../../contract/import-account.ts'
import type { ImageHeader } from './image-header.ts'
import { asImageError } from './image-header.ts'
import { decodeLimitPx } from './limits.ts'
import { tiffTag } from './tiff-tags.ts'

const ordinals: Readonly<Record<number, string>> = { 2: 'second', 4: 'fourth' }

/** The largest value of a camera of 14 bits. A picture of 16 bits that stays below is read as nearly black. */
const cameraMaximum = 2 ** 14 - 1

/**
 * Refuses a picture whose extra sample is not alpha: it would be taken for that, and an empty one would leave nothing to see.
 * Only at import, so that workspaces which have such images still open them.
 * @throws AppError `image.unsupported-format`
 */
export function requireKnownSamples(path: string, { tags, metadata }: ImageHeader): void {
  if (!(tags?.numbers(tiffTag.extraSamples) ?? []).includes(0)) return
  const reason = `its ${ordinals[metadata.channels] ?? 'last'} sample is not alpha (ExtraSamples 0), and nothing tells what it is: save it without`
  throw new AppError('image.unsupported-format', { path, reason })
}

/** What a person should know of the colours of a picture that is read as it is. */
export async function imageNotes(
  path: string,
  page: number,
  { metadata }: ImageHeader,
): Promise<ImageNote[]> {
  const notes: ImageNote[] = []
  const { depth, width, height, icc } = metadata
  if (depth === 'ushort' && width * height <= decodeLimitPx) {
    const brightest = await brightestValue(path, page)
    if (brightest <= cameraMaximum) notes.push({ kind: 'dim', value: String(brightest) })
  }
  if (icc !== undefined && !isSrgb(icc)) notes.push({ kind: 'colour-profile', value: profileName(icc) })
  return notes
}

async function brightestValue(path: string, page: number): Promise<number> {
  try {
    const image = sharp(path, { page: page - 1, ignoreIcc: true, limitInputPixels: decodeLimitPx })
    const { channels } = await image.stats()
    return Math.max(...channels.map(({ max }) => max))
  } catch (error) {
    throw asImageError(error, path)
  }
}

/** Its description, in Latin letters or UTF-16, names it; the blanks between are zeros of UTF-16. */
const isSrgb = (icc: Buffer): boolean => icc.toString('latin1').replaceAll('\0', '').includes('sRGB')

/** The description of an ICC profile (tag `desc`); empty: it has none that can be read. */
function profileName(icc: Buffer): string {
  const count = icc.length < 132 ? 0 : Math.min(icc.readUInt32BE(128), 100)
  for (let at = 132; at + 12 <= Math.min(icc.length, 132 + count * 12); at += 12) {
    if (icc.toString('latin1', at, at + 4) !== 'desc') continue
    const begin = icc.readUInt32BE(at + 4)
    const body = icc.toString('latin1', begin, begin + Math.min(icc.readUInt32BE(at + 8), 400))
    return (/[\w .,()[\]-]{4,80}/.exec(body.slice(12).replaceAll('\0', ''))?.[0] ?? '')
      .replace(/^enUS\W*/, '')
      .trim()
  }
  return ''
}
