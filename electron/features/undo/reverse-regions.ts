import {
  chainOf,
  getImage,
  listRegionEntries,
  type NewRegionEntry,
  type Readable,
  type StoredRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { deletedEntry, recordChange } from '../regions/change-regions.ts'
import { statesWithout } from '../regions/current-regions.ts'
import { changedSince, type Step, type StepPart } from './step.ts'

/** The new change that undoes or redoes one. */
export interface RegionReversal {
  imageId: number
  /** The change that it names: the last one of the chain. */
  tip: number
  /** The regions before and after it. */
  before: NewRegionEntry[]
  after: NewRegionEntry[]
  /** All earlier entries of these regions. */
  history: StoredRegionEntry[]
}

/**
 * How to undo a change to regions of an image, or to redo it after an undo: by a new change with the state that counts
 * from then on.
 * @throws AppError `undo.changed-since` if another change has been made to one of the regions
 */
export function planRegionReversal(
  database: Readable,
  { imageId, change: changeId }: { imageId: number; change: number },
  step: Step,
): RegionReversal {
  const entries = listRegionEntries(database, imageId)
  const { root, tip, isRootInEffect } = chainOf(database, 'region_changes', changeId)
  const mine = entries.filter((entry) => entry.changeId === root)
  const places = new Map(entries.map(({ id }, place) => [id, place]))
  const placeOf = ({ id }: StoredRegionEntry): number => places.get(id) ?? 0
  const before = statesWithout(entries, root).map(({ entry, other }) => {
    if (other !== null && placeOf(other) > placeOf(entry)) throw changedSince(step, 'region', other.reader)
    return other ?? deletedEntry(entry.regionId)
  })
  if (!isRootInEffect) requireStates(entries, { tip, states: before, step })
  const after = isRootInEffect ? before : mine
  const regions = new Set(mine.map(({ regionId }) => regionId))
  const history = entries.filter(({ regionId }) => regions.has(regionId))
  return { imageId, tip, before: isRootInEffect ? mine : before, after, history }
}

/** Makes a planned change; nothing may have changed the regions of the image since. */
export function reverseRegionChange(
  database: Writable,
  { imageId, tip, after, history }: RegionReversal,
  { action, reader }: StepPart,
): void {
  const undone = { change: tip, action }
  recordChange(database, getImage(database, imageId), reader, after, { undone, history })
}

/** A redo goes back to a change only from the states that its undo left. */
function requireStates(
  entries: readonly StoredRegionEntry[],
  { tip, states, step }: { tip: number; states: readonly NewRegionEntry[]; step: Step },
): void {
  const left = new Map(
    entries.flatMap((entry) => (entry.changeId === tip ? [[entry.regionId, textOf(entry)]] : [])),
  )
  for (const state of states) {
    if (left.get(state.regionId) === textOf(state)) continue
    const newest = entries.findLast(({ regionId }) => regionId === state.regionId)
    throw changedSince(step, 'region', newest?.reader ?? step.reader)
  }
}

const textOf = ({ geometryText, className, name, comment }: NewRegionEntry): string =>
  JSON.stringify([geometryText, className, name, comment])
