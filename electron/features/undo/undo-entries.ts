import { zip } from '../../base/arrays.ts'
import { inSlices, type Sliced } from '../../base/slices.ts'
import { AppError, type CallOutput } from '../../contract/index.ts'
import {
  getImage,
  getImages,
  insertAction,
  insertActionStep,
  knownReaderName,
  listActionEntries,
  entriesInEffect,
  listRegionEntries,
  listStanding,
  nextAction,
  type ActionEntry,
  type ActionPart,
  type NewRegionEntry,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import type { RegionReader } from '../regions/region-reader.ts'
import { reverseEntries } from './reverse-slices.ts'
import type { Step } from './step.ts'

interface UndoOptions extends Partial<Pick<Step, 'isBlinded'>> {
  reader: string
  comment: string | null
  /** Whether labels that were given blind may be withdrawn. */
  confirmBlind?: boolean
}

/**
 * Undoes this reader's newest label event of each image: a new entry restores what counted before.
 * Called again, it undoes the entry before that one. If these entries are the reader's newest step, it is that step's
 * undo, which can be redone; otherwise it is a step of its own.
 * @throws AppError `image.not-found`, `label.nothing-to-undo`, `undo.changed-since`, `label.blind-withdrawal`; then
 *   nothing was changed
 */
export function* undoLabels(
  database: Writable,
  imageIds: readonly number[],
  { reader: named, comment, confirmBlind = false, isBlinded = false }: UndoOptions,
): Sliced<void> {
  const reader = knownReaderName(database, named)
  const undone: ActionEntry[] = []
  yield* inSlices(imageIds, (slice) => {
    getImages(database, slice)
    const standing = Map.groupBy(listStanding(database, slice), ({ imageId }) => imageId)
    for (const imageId of slice) {
      const last = standing.get(imageId)?.findLast((entry) => entry.reader === reader)
      if (last === undefined) throw new AppError('label.nothing-to-undo', { image: String(imageId), reader })
      undone.push({ label: last.id, comment: null, change: null, setting: null, imageId })
    }
  })
  const labels = undone.flatMap(({ label }) => label ?? [])
  const newest = newestStep(database, reader)
  const begin = beginning(database, reader, isSame(newest?.labels, labels) ? newest : null)
  const step: Step = { direction: 'undo', reader, isBlinded }
  yield* reverseEntries(database, undone, step, { confirmBlind, comment, begin })
}

/**
 * Undoes a reader's newest change to the regions of an image; as `undoLabels`.
 * @throws AppError `image.not-found`, `region.nothing-to-undo`, `undo.changed-since`
 */
export function* undoRegions(
  database: Writable,
  imageId: number,
  reader: RegionReader,
): Sliced<CallOutput<'region.undo'>> {
  getImage(database, imageId)
  const inEffect = entriesInEffect(listRegionEntries(database, imageId))
  const change = inEffect.findLast((entry) => entry.reader === reader.name)?.changeId
  if (change === undefined)
    throw new AppError('region.nothing-to-undo', { reader: reader.name, image: String(imageId) })
  const newest = newestStep(database, reader.name)
  const begin = beginning(database, reader.name, isSame(newest?.changes, [change]) ? newest : null)
  const step: Step = { direction: 'undo', reader: reader.name, isBlinded: reader.isHidden(imageId) }
  const entry: ActionEntry = { label: null, comment: null, change, setting: null, imageId }
  const plans = yield* reverseEntries(database, [entry], step, { confirmBlind: true, begin })
  const { before, after } = plans.get(change) ?? { before: [], after: [] }
  return { kind: kindOf(before, after), regions: before.length }
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

/** @param step the step that the new entries undo; null: they are a step of their own, each slice a part of it */
const beginning =
  (database: Writable, reader: string, step: NewestStep | null) =>
  (partOf: number | null, isLast: boolean): Pick<ActionPart, 'id' | 'isListed'> | null => {
    if (step === null)
      return { id: insertAction(database, { reader, kind: 'entry-undo', partOf }), isListed: true }
    if (!isLast) return null
    return {
      id: insertActionStep(database, { reader, action: step.action, direction: 'undo' }),
      isListed: false,
    }
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
