import type { Sliced } from '../../base/slices.ts'
import { AppError, type ActionView } from '../../contract/index.ts'
import {
  imageNameOf,
  insertActionStep,
  isRemoved,
  listActionEntries,
  listActionImages,
  listActionRegions,
  nextAction,
  readActionSetting,
  readActionLabel,
  type ActionEntry,
  type ImageSetting,
  type Readable,
  type StoredAction,
  type UndoDirection,
  type Writable,
} from '../../store/index.ts'
import { requireUnlocked } from './reverse-settings.ts'
import { reverseEntries } from './reverse-slices.ts'
import type { Step } from './step.ts'

interface StepOptions {
  /** The action that is meant; null: the next one, whatever it is. */
  action: number | null
  confirmBlind: boolean
}

/** What the next undo and redo of a reader would do. */
export const undoState = (
  database: Readable,
  reader: string,
): { undo: ActionView | null; redo: ActionView | null } => {
  const view = (direction: UndoDirection): ActionView | null => {
    const action = nextAction(database, reader, direction)
    return action === null ? null : actionView(database, action)
  }
  return { undo: view('undo'), redo: view('redo') }
}

/**
 * Undoes the newest step of a reader, or redoes the one that they undid last, each entry by a new one. Returns the step
 * and its images. The record of an undo or redo is written with its last entry, so one that was interrupted is
 * still the next.
 * @throws AppError `undo.nothing`, `undo.not-next`, `undo.changed-since`, `undo.fixed-since`, `label.blind-withdrawal`;
 * `image.removed` unless it is a removal; `reading.blind` for an adjudication of a reader who reads blind now, since it would tell them about other readers, and
 * for what such a reader may not change; then nothing was changed
 */
export function* makeStep(
  database: Writable,
  step: Step,
  { action: meant, confirmBlind }: StepOptions,
): Sliced<{ action: ActionView; imageIds: number[] }> {
  const { direction, reader, isBlinded } = step
  const action = nextAction(database, reader, direction)
  if (action === null) throw new AppError('undo.nothing', { reader, direction })
  if (meant !== null && action.id !== meant) throw new AppError('undo.not-next', { direction })
  if (isBlinded && notBlind.has(action.kind))
    throw new AppError('reading.blind', { reader, asked: `${direction} of ${action.kind}` })
  const entries = listActionEntries(database, action.id)
  if (action.kind !== 'removal') requirePresent(database, entries)
  const locked =
    action.kind === 'case' || action.kind === 'removal' ? entries.map(({ imageId }) => imageId) : []
  requireUnlocked(database, locked, step)
  if (direction === 'undo') entries.reverse()
  yield* reverseEntries(database, entries, step, {
    confirmBlind,
    begin: (_, isLast) =>
      isLast
        ? { id: insertActionStep(database, { reader, action: action.id, direction }), isListed: false }
        : null,
  })
  return { action: actionView(database, action), imageIds: listActionImages(database, action.id) }
}

/** Nothing is changed on an image that was removed, by whichever reader. */
function requirePresent(database: Readable, entries: readonly ActionEntry[]): void {
  const gone = entries.find(({ imageId }) => isRemoved(database, imageId))
  if (gone !== undefined) throw new AppError('image.removed', { image: String(gone.imageId) })
}

/** Kinds of steps that a blind reader can neither undo nor redo. */
const notBlind: ReadonlySet<string> = new Set<ActionView['kind']>([
  'adjudication',
  'case',
  'pixel-size',
  'removal',
])

function settingText(setting: ImageSetting | null): string | null {
  if (setting?.what === 'removal') return setting.after ? 'removed' : null
  return setting === null || setting.after === null ? null : String(setting.after)
}

function actionView(database: Readable, { id, kind, at }: StoredAction): ActionView {
  const imageIds = listActionImages(database, id)
  const [only, ...others] = imageIds
  const label = readActionLabel(database, id)
  const setting = readActionSetting(database, id)
  const changes = kind === 'region' ? listActionRegions(database, id) : []
  const [change, ...otherChanges] = new Set(changes)
  return {
    id,
    at,
    kind,
    className: label?.className ?? null,
    isUnsure: label?.isUnsure ?? false,
    setting: settingText(setting),
    regions:
      change === undefined
        ? null
        : { change: otherChanges.length === 0 ? change : 'several', count: changes.length },
    images: imageIds.length,
    image:
      only === undefined || others.length > 0 ? null : { imageId: only, name: imageNameOf(database, only) },
    isWithheld: false,
  }
}
