import { zip } from '../../base/arrays.ts'
import { AppError, type CallOutput } from '../../contract/index.ts'
import {
  getImage,
  insertAction,
  insertActionStep,
  knownReaderName,
  listActionEntries,
  listRegionEntries,
  listStanding,
  nextAction,
  type ActionPart,
  type NewRegionEntry,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import { withoutLosingBlind } from '../labels/blind-withdrawal.ts'
import { entriesInEffect } from '../regions/current-regions.ts'
import type { RegionReader } from '../regions/region-reader.ts'
import { reverseLabel } from './reverse-entries.ts'
import { reverseRegionChange } from './reverse-regions.ts'
import type { Step } from './step.ts'

interface UndoOptions extends Partial<Pick<Step, 'isBlinded'>> {
  reader: string
  comment: string | null
  /** Whether labels that were given blind may be withdrawn. */
  confirmBlind?: boolean
}

/**
 * Undoes this reader's newest label event of each image, on all or none: a new entry restores what counted before.
 * Called again, it undoes the entry before that one. If these entries are the reader's newest step, it is that step's
 * undo, which can be redone; otherwise it is a step of its own.
 * @throws AppError `image.not-found`, `label.nothing-to-undo`, `undo.changed-since`, `label.blind-withdrawal`
 */
export function undoLabels(
  database: Writable,
  imageIds: readonly number[],
  { reader: named, comment, confirmBlind = false, isBlinded = false }: UndoOptions,
): void {
  const reader = knownReaderName(database, named)
  const step: Step = { direction: 'undo', reader, isBlinded }
  withoutLosingBlind(database, { imageIds, reader, isConfirmed: confirmBlind }, () => {
    const undone = imageIds.map((imageId) => {
      getImage(database, imageId)
      const last = listStanding(database, imageId).findLast((entry) => entry.reader === reader)
      if (last === undefined) throw new AppError('label.nothing-to-undo', { image: String(imageId), reader })
      return last.id
    })
    const newest = newestStep(database, reader)
    const part = begin(database, reader, isSame(newest?.labels, undone) ? newest : null)
    for (const [index, labelId] of undone.entries()) {
      const action = { ...part, isLast: index === undone.length - 1 }
      reverseLabel(database, labelId, { ...step, action }, comment)
    }
  })
}

/**
 * Undoes a reader's newest change to the regions of an image; as `undoLabels`.
 * @throws AppError `image.not-found`, `region.nothing-to-undo`, `undo.changed-since`
 */
export function undoRegions(
  database: Writable,
  imageId: number,
  reader: RegionReader,
): CallOutput<'region.undo'> {
  return database.transaction(() => {
    getImage(database, imageId)
    const inEffect = entriesInEffect(listRegionEntries(database, imageId))
    const changeId = inEffect.findLast((entry) => entry.reader === reader.name)?.changeId
    if (changeId === undefined)
      throw new AppError('region.nothing-to-undo', { reader: reader.name, image: String(imageId) })
    const newest = newestStep(database, reader.name)
    const step: Step = { direction: 'undo', reader: reader.name, isBlinded: reader.isHidden(imageId) }
    const part = begin(database, reader.name, isSame(newest?.changes, [changeId]) ? newest : null)
    const action = { ...part, isLast: true }
    const { before, after } = reverseRegionChange(database, imageId, changeId, { ...step, action })
    return { kind: kindOf(before, after), regions: before.length }
  })()
}

interface NewestStep {
  action: number
  labels: number[]
  changes: number[]
}

/** The step that the reader's next undo would reverse, with the rows that it made. */
function newestStep(database: Readable, reader: string): NewestStep | null {
  const action = nextAction(database, reader, 'undo')
  if (action === null) return null
  const entries = listActionEntries(database, action.id)
  return {
    action: action.id,
    labels: entries.flatMap(({ label }) => label ?? []),
    changes: entries.flatMap(({ change }) => change ?? []),
  }
}

const isSame = (made: readonly number[] | undefined, undone: readonly number[]): boolean =>
  made?.toSorted((a, b) => a - b).join() === undone.toSorted((a, b) => a - b).join()

/** @param step the step that the new entries undo; null: they are a step of their own */
function begin(
  database: Writable,
  reader: string,
  step: NewestStep | null,
): Pick<ActionPart, 'id' | 'isListed'> {
  return step !== null
    ? { id: insertActionStep(database, { reader, action: step.action, direction: 'undo' }), isListed: false }
    : { id: insertAction(database, { reader, kind: 'entry-undo' }), isListed: true }
}

/** The kind of a change that was undone, from its regions before and after that. */
function kindOf(
  changed: readonly NewRegionEntry[],
  restored: readonly NewRegionEntry[],
): CallOutput<'region.undo'>['kind'] {
  const kinds = new Set(
    zip(changed, restored).map(([was, is]) => {
      if (was.geometryText === null) return 'delete'
      return is.geometryText === null ? 'add' : 'change'
    }),
  )
  const [only, ...others] = kinds
  return only === undefined || others.length > 0 ? 'several' : only
}
