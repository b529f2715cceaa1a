import { AppError } from '../../contract/index.ts'
import {
  chainOf,
  getImage,
  isRemoved,
  lockedImages,
  pixelSizeChange,
  readSetting,
  setCase,
  setPixelSize,
  setRemoved,
  whoSetLater,
  type ImageSetting,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import { changedSince, type Step, type StepPart } from './step.ts'

/**
 * Undoes the setting of a case or pixel size, or a removal, or redoes it after an undo, by a new setting.
 * @throws AppError `undo.changed-since` if it was set again since, `undo.fixed-since`
 */
export function reverseSetting(database: Writable, settingId: number, { action, ...step }: StepPart): void {
  const { root, tip, isRootInEffect } = chainOf(database, 'image_settings', settingId)
  const first = readSetting(database, root)
  const left = isRootInEffect ? first.after : first.before
  const later = whoSetLater(database, first)
  // An import may have filled in what an undo removed, or restored what was removed.
  if (later !== null || left !== presentValue(database, first))
    throw changedSince(step, first.what === 'pixel-size' ? 'pixel size' : first.what, later)
  const made = { reader: step.reader, action, undoes: tip }
  if (first.what === 'case') {
    setCase(database, first.imageId, isRootInEffect ? first.before : first.after, made)
    return
  }
  if (first.what === 'removal') {
    setRemoved(database, first.imageId, isRootInEffect ? first.before : first.after, made)
    return
  }
  const next = isRootInEffect ? first.before : first.after
  if (pixelSizeChange(database, first.imageId, next) !== 'set')
    throw new AppError('undo.fixed-since', { direction: step.direction, because: 'used' })
  setPixelSize(database, first.imageId, next, made)
}

function presentValue(database: Readable, { what, imageId }: ImageSetting): ImageSetting['before'] {
  if (what === 'removal') return isRemoved(database, imageId)
  const { caseName, pixelSizeUm } = getImage(database, imageId)
  return what === 'case' ? caseName : pixelSizeUm
}

/** Images of a locked test set keep their case and stay, and removed ones of its cases stay removed. */
export function requireUnlocked(
  database: Readable,
  imageIds: readonly number[],
  { direction }: Pick<Step, 'direction'>,
): void {
  if (imageIds.length === 0) return
  const locked = lockedImages(database, null, { withRemoved: true })
  if (imageIds.some((id) => locked.has(id)))
    throw new AppError('undo.fixed-since', { direction, because: 'locked' })
}
