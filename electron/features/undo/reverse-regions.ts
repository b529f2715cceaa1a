import {
  chainOf,
  getImage,
  listRegionEntries,
  type NewRegionEntry,
  type StoredRegionEntry,
  type Writable,
} from '../../store/index.ts'
import { deletedEntry, recordChange } from '../regions/change-regions.ts'
import { entriesInEffect } from '../regions/current-regions.ts'
import { changedSince, type Step, type StepPart } from './step.ts'

/**
 * Undoes a change to regions of an image, or redoes it after an undo, by a new change with the state that counts from
 * then on.
 * @throws AppError `undo.changed-since` if another change has been made to one of the regions
 */
export function reverseRegionChange(
  database: Writable,
  imageId: number,
  changeId: number,
  { action, ...step }: StepPart,
): { before: NewRegionEntry[]; after: NewRegionEntry[] } {
  const entries = listRegionEntries(database, imageId)
  const { root, tip, isRootInEffect } = chainOf(database, 'region_changes', changeId)
  const inEffect = entriesInEffect(entries)
  const mine = entries.filter((entry) => entry.changeId === root)
  const before = mine.map((entry) => {
    const newest = inEffect.findLast(
      ({ regionId, changeId: of }) => regionId === entry.regionId && of !== root,
    )
    if (newest !== undefined && newest.id > entry.id) throw changedSince(step, 'region', newest.reader)
    const state = newest === undefined ? deletedEntry(entry.regionId) : stateOf(newest)
    if (!isRootInEffect) requireStateOf(entries, { tip, state, step })
    return state
  })
  const states = mine.map(stateOf)
  const after = isRootInEffect ? before : states
  recordChange(database, getImage(database, imageId), step.reader, after, {
    undone: { change: tip, action },
  })
  return { before: isRootInEffect ? states : before, after }
}

/** A redo goes back to a change only from the state that its undo left. */
function requireStateOf(
  entries: readonly StoredRegionEntry[],
  { tip, state, step }: { tip: number; state: NewRegionEntry; step: Step },
): void {
  const ofRegion = entries.filter(({ regionId }) => regionId === state.regionId)
  const left = ofRegion.find(({ changeId }) => changeId === tip)
  if (left !== undefined && JSON.stringify(stateOf(left)) === JSON.stringify(state)) return
  throw changedSince(step, 'region', ofRegion.at(-1)?.reader ?? step.reader)
}

const stateOf = ({ regionId, geometry, className, name, comment }: NewRegionEntry): NewRegionEntry => ({
  regionId,
  geometry,
  className,
  name,
  comment,
})
