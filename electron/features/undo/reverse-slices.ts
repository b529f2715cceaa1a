import { inSlices, slicesOf, type Sliced } from '../../base/slices.ts'
import { AppError } from '../../contract/index.ts'
import {
  isReversed,
  type ActionEntry,
  type ActionPart,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import { countLostBlind } from '../labels/blind-withdrawal.ts'
import { reverseComment, reverseLabel } from './reverse-entries.ts'
import { planRegionReversal, reverseRegionChange, type RegionReversal } from './reverse-regions.ts'
import { reverseSetting } from './reverse-settings.ts'
import type { Step } from './step.ts'

interface ReverseOptions {
  /** Whether labels that were given blind may be withdrawn. */
  confirmBlind: boolean
  comment?: string | null
  /**
   * Adds the step, or the part of it, that a slice belongs to. null: the slice is written before its step exists.
   * @param partOf the step of the slices before
   */
  begin: (partOf: number | null, isLast: boolean) => Pick<ActionPart, 'id' | 'isListed'> | null
}

/** From so many regions on, the event loop turns between the plan of a reversal and its change. */
const manyRegions = 500

/**
 * Undoes or redoes entries, each of another image or change. More than one slice is tried first, and rolled back, so
 * that a refusal changes nothing; then each slice is written in its own transaction. If the program ends in
 * between, the same call does the rest: what was reversed before is skipped. Returns the changes of regions.
 * @throws AppError `undo.changed-since`, `label.blind-withdrawal`; then nothing was changed
 */
export function* reverseEntries(
  database: Writable,
  entries: readonly ActionEntry[],
  step: Step,
  options: ReverseOptions,
): Sliced<ReadonlyMap<number, RegionReversal>> {
  const slices = [...slicesOf(entries)]
  const plans = yield* planRegions(database, entries, step)
  const write = (slice: readonly ActionEntry[], partOf: number | null, isLast: boolean): number | null => {
    const part = options.begin(partOf, isLast)
    const left = slice.filter((entry) => isReversedEntry(database, entry) !== (step.direction === 'undo'))
    for (const [index, entry] of left.entries()) {
      const action = { isListed: false, id: 0, ...part, isLast: part !== null && index === left.length - 1 }
      reverseEntry(database, entry, { ...step, action }, { plans, comment: options.comment ?? null })
    }
    return part?.id ?? null
  }
  const requireBlindKept = (images: number): void => {
    if (images > 0 && !options.confirmBlind) throw new AppError('label.blind-withdrawal', { images })
  }
  const of = (slice: readonly ActionEntry[]): Parameters<typeof countLostBlind>[1] => ({
    imageIds: slice.map(({ imageId }) => imageId),
    reader: step.reader,
  })
  if (slices.length === 1) {
    database.transaction(() =>
      requireBlindKept(countLostBlind(database, of(entries), () => void write(entries, null, true))),
    )()
    return plans
  }
  let lost = 0
  yield* inSlices(entries, (slice) => {
    const work = (): void => void write(slice, null, false)
    lost += rehearse(database, () => countLostBlind(database, of(slice), work))
  })
  requireBlindKept(lost)
  let first: number | null = null
  for (const [index, slice] of slices.entries()) {
    yield
    const isLast = index === slices.length - 1
    const part = database.transaction(() => write(slice, first, isLast))()
    first ??= part
  }
  return plans
}

/** How to reverse the changes of regions among the entries; of many regions, this takes as long as the change itself. */
function* planRegions(
  database: Readable,
  entries: readonly ActionEntry[],
  step: Step,
): Sliced<Map<number, RegionReversal>> {
  const plans = new Map<number, RegionReversal>()
  for (const { imageId, change } of entries) {
    if (change === null) continue
    const plan = planRegionReversal(database, { imageId, change }, step)
    plans.set(change, plan)
    if (plan.after.length >= manyRegions) yield
  }
  return plans
}

function isReversedEntry(database: Readable, { label, comment, change, setting }: ActionEntry): boolean {
  if (label !== null) return isReversed(database, 'labels', label)
  if (comment !== null) return isReversed(database, 'label_comments', comment)
  if (setting !== null) return isReversed(database, 'image_settings', setting)
  return isReversed(database, 'region_changes', change ?? 0)
}

function reverseEntry(
  database: Writable,
  { label, comment: commentId, change, setting }: ActionEntry,
  part: Parameters<typeof reverseLabel>[2],
  { plans, comment }: { plans: ReadonlyMap<number, RegionReversal>; comment: string | null },
): void {
  const plan = plans.get(change ?? 0)
  if (label !== null) reverseLabel(database, label, part, comment)
  else if (commentId !== null) reverseComment(database, commentId, part)
  else if (setting !== null) reverseSetting(database, setting, part)
  else if (plan !== undefined) reverseRegionChange(database, plan, part)
}

class RolledBack extends Error {}

/** What work would give or throw: it is done and rolled back. */
function rehearse<T>(database: Writable, work: () => T): T {
  const done: T[] = []
  try {
    database.transaction(() => {
      done.push(work())
      throw new RolledBack()
    })()
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  return done[0] as T
}
