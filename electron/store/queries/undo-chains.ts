import type { Readable } from '../database.ts'
import { prepared } from './prepared.ts'

/**
 * Tables whose entries name in `undoes` the entry that they undo. An undo can be undone too, by a redo, so the entries
 * form chains without branches. The first entry of a chain is in effect if an even number of entries follows it.
 */
type UndoTable = 'labels' | 'label_comments' | 'region_changes' | 'image_settings'

/**
 * The first entries that are undone and not redone. Counting here is several times as fast as a recursive query for each
 * image.
 * @param entries whole chains: the id of each entry, and of the one that it undoes
 */
export function undoneEntries(
  entries: readonly (readonly [id: number, undoes: number | null, ...rest: unknown[]])[],
): Set<number> {
  const followers = new Map<number, number>()
  for (const [id, undoes] of entries) if (undoes !== null) followers.set(undoes, id)
  const undone = new Set<number>()
  if (followers.size === 0) return undone
  for (const [id, undoes] of entries) {
    if (undoes !== null) continue
    let isUndone = false
    for (let next = followers.get(id); next !== undefined; next = followers.get(next)) isUndone = !isUndone
    if (isUndone) undone.add(id)
  }
  return undone
}

/** Where an entry is in its chain. */
interface EntryChain {
  /** The first entry of the chain. */
  root: number
  /** The last one: the entry that the next undo or redo names. */
  tip: number
  /** Whether the first entry is in effect. */
  isRootInEffect: boolean
}

/** Whether an entry is undone: not by itself the first of its chain, an undo can be undone too. */
export function isReversed(database: Readable, table: UndoTable, entryId: number): boolean {
  const follower = prepared<[number], { id: number }>(database, `SELECT id FROM ${table} WHERE undoes = ?`)
  let isUndone = false
  for (let next = follower.get(entryId); next !== undefined; next = follower.get(next.id))
    isUndone = !isUndone
  return isUndone
}

export function chainOf(database: Readable, table: UndoTable, entryId: number): EntryChain {
  const undone = prepared<[number], { undoes: number | null }>(
    database,
    `SELECT undoes FROM ${table} WHERE id = ?`,
  )
  const follower = prepared<[number], { id: number }>(database, `SELECT id FROM ${table} WHERE undoes = ?`)
  let root = entryId
  for (let row = undone.get(root); row !== undefined && row.undoes !== null; row = undone.get(root))
    root = row.undoes
  let tip = root
  let isRootInEffect = true
  for (let next = follower.get(tip); next !== undefined; next = follower.get(tip)) {
    tip = next.id
    isRootInEffect = !isRootInEffect
  }
  return { root, tip, isRootInEffect }
}
