import { maxCameraValue, type CameraBits } from '../../contract/camera-bits.ts'
import { AppError } from '../../contract/errors.ts'
import type { ImageNote } from '../../contract/import-account.ts'
import type { ImageHeader } from './image-header.ts'
import type { Picture } from './picture.ts'
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

/**
 * Refuses a picture that a camera of so many bits cannot have taken: part of it would be cut off at white.
 * @throws AppError `image.unsupported-format`
 */
export function requireCameraValues(path: string, brightest: number, bits: CameraBits): void {
  const most = maxCameraValue(bits)
  if (brightest <= most) return
  const reason = `its brightest value is ${brightest}, but those of a camera of ${bits} bits end at ${most}`
  throw new AppError('image.unsupported-format', { path, reason })
}

/** What a person should know of the colours of a picture. @param brightest as `Picture.verify` gives it */
export function imageNotes({ profile }: Picture, brightest: number | null): ImageNote[] {
  const notes: ImageNote[] = []
  if (brightest !== null && brightest <= cameraMaximum) notes.push({ kind: 'dim', value: String(brightest) })
  if (profile?.kind === 'other') notes.push({ kind: 'colour-profile', value: profile.name })
  if (profile?.kind === 'unusable') notes.push({ kind: 'unused-profile', value: profile.name })
  return notes
}
