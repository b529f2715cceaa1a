import { AppError, type ActionView } from '../../contract/index.ts'
import {
  getImage,
  insertActionStep,
  listActionEntries,
  listActionImages,
  listActionRegions,
  nextAction,
  readActionSetting,
  readActionLabel,
  type Readable,
  type StoredAction,
  type UndoDirection,
  type Writable,
} from '../../store/index.ts'
import { withoutLosingBlind } from '../labels/blind-withdrawal.ts'
import { reverseComment, reverseLabel } from './reverse-entries.ts'
import { reverseRegionChange } from './reverse-regions.ts'
import { requireUnlocked, reverseSetting } from './reverse-settings.ts'
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
 * Undoes the newest step of a reader, or redoes the one that they undid last: all of its entries or none, each by a new
 * entry. Returns the step and its images.
 * @throws AppError `undo.nothing`, `undo.not-next`, `undo.changed-since`, `undo.fixed-since`, `label.blind-withdrawal`;
 * `reading.blind` for an adjudication of a reader who reads blind now, since it would tell them about other readers, and
 * for what such a reader may not change
 */
export const makeStep = (
  database: Writable,
  step: Step,
  { action: meant, confirmBlind }: StepOptions,
): { action: ActionView; imageIds: number[] } =>
  database.transaction(() => {
    const { direction, reader, isBlinded } = step
    const action = nextAction(database, reader, direction)
    if (action === null) throw new AppError('undo.nothing', { reader, direction })
    if (meant !== null && action.id !== meant) throw new AppError('undo.not-next', { direction })
    if (isBlinded && notBlind.has(action.kind))
      throw new AppError('reading.blind', { reader, asked: `${direction} of ${action.kind}` })
    const imageIds = listActionImages(database, action.id)
    requireUnlocked(database, action, imageIds, step)
    withoutLosingBlind(database, { imageIds, reader, isConfirmed: confirmBlind }, () =>
      reverseAction(database, action, imageIds, step),
    )
    return { action: actionView(database, action), imageIds }
  })()

/** Kinds of steps that a blind reader can neither undo nor redo. */
const notBlind: ReadonlySet<string> = new Set<ActionView['kind']>(['adjudication', 'case', 'pixel-size'])

function reverseAction(
  database: Writable,
  { id: action }: StoredAction,
  imageIds: readonly number[],
  step: Step,
): void {
  const { direction, reader } = step
  const entries = listActionEntries(database, action)
  if (direction === 'undo') entries.reverse()
  const id = insertActionStep(database, { reader, action, direction })
  for (const [index, { label, comment, change, setting }] of entries.entries()) {
    const part = { ...step, action: { id, isListed: false, isLast: index === entries.length - 1 } }
    if (label !== null) reverseLabel(database, label, part)
    else if (comment !== null) reverseComment(database, comment, part)
    else if (change !== null) reverseRegionChange(database, imageIds[0] ?? 0, change, part)
    else if (setting !== null) reverseSetting(database, setting, part)
  }
}

function actionView(database: Readable, { id, kind, at }: StoredAction): ActionView {
  const imageIds = listActionImages(database, id)
  const [only, ...others] = imageIds
  const label = readActionLabel(database, id)
  const setting = kind === 'case' || kind === 'pixel-size' ? readActionSetting(database, id) : null
  const changes = kind === 'region' ? listActionRegions(database, id) : []
  const [change, ...otherChanges] = new Set(changes)
  return {
    id,
    at,
    kind,
    className: label?.className ?? null,
    isUnsure: label?.isUnsure ?? false,
    setting: setting === null || setting.after === null ? null : String(setting.after),
    regions:
      change === undefined
        ? null
        : { change: otherChanges.length === 0 ? change : 'several', count: changes.length },
    images: imageIds.length,
    image:
      only === undefined || others.length > 0
        ? null
        : { imageId: only, name: getImage(database, only).fileName },
    isWithheld: false,
  }
}
