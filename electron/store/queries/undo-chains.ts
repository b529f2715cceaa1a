import type { Readable } from '../database.ts'
import { prepared } from './prepared.ts'

/**
 * Tables whose entries name in `undoes` the entry that they undo. An undo can be undone too, by a redo, so the entries
 * form chains without branches. The first entry of a chain is in effect if an even number of entries follows it.
 */
export type UndoTable = 'labels' | 'label_comments' | 'region_changes'

/**
 * SQL that selects the ids of the first entries that are undone and not redone.
 * @param condition on such an entry, as `e`
 */
export const undoneIds = (table: UndoTable, condition = 'TRUE'): string =>
  `WITH RECURSIVE chains (root, tip, is_undone) AS (
     SELECT e.id, u.id, 1 FROM ${table} u JOIN ${table} e ON e.id = u.undoes
       WHERE +e.undoes IS NULL AND ${condition}
     UNION ALL SELECT root, n.id, 1 - is_undone FROM chains JOIN ${table} n ON n.undoes = tip)
   SELECT root FROM chains
   WHERE is_undone = 1 AND NOT EXISTS (SELECT 1 FROM ${table} n WHERE n.undoes = tip)`

/** Where an entry is in its chain. */
export interface EntryChain {
  /** The first entry of the chain. */
  root: number
  /** The last one: the entry that the next undo or redo names. */
  tip: number
  /** Whether the first entry is in effect. */
  isRootInEffect: boolean
}

export function chainOf(database: Readable, table: UndoTable, entryId: number): EntryChain {
  const row = prepared<[number], { root: number; tip: number; steps: number }>(
    database,
    `WITH RECURSIVE
         down (id, undoes) AS (
           SELECT id, undoes FROM ${table} WHERE id = ?
           UNION ALL SELECT e.id, e.undoes FROM down JOIN ${table} e ON e.id = down.undoes),
         up (id, steps) AS (
           SELECT id, 0 FROM down WHERE undoes IS NULL
           UNION ALL SELECT n.id, steps + 1 FROM up JOIN ${table} n ON n.undoes = up.id)
       SELECT (SELECT id FROM up WHERE steps = 0) AS root, id AS tip, steps FROM up
       ORDER BY steps DESC LIMIT 1`,
  ).get(entryId)
  if (row === undefined) throw new Error(`no entry ${entryId} in ${table}`)
  return { root: row.root, tip: row.tip, isRootInEffect: row.steps % 2 === 0 }
}
