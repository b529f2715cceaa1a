import type { ActionKind } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import type { RowsByTable } from './audit.ts'
import { prepared } from './prepared.ts'
import { insertReaderOnce } from './readings.ts'

/** The action, or a part of one, or the undo or redo of one, that an entry is made in. */
export interface ActionPart {
  id: number
  /** Whether the entry belongs to the action. Those of an undo or redo name the entries that they undo. */
  isListed: boolean
  /** Whether it is the last entry of the transaction: its event holds the hashes of the action's rows. */
  isLast: boolean
}

/** Something that a reader did at once. */
export interface StoredAction {
  id: number
  kind: ActionKind
  at: string
}

export type UndoDirection = 'undo' | 'redo'

interface NewAction {
  reader: string
  kind: ActionKind
  /** The action that this is a later part of: one over many images is written in several transactions. */
  partOf?: number | null
}

const insertRow = (
  database: Writable,
  { reader, kind, target, partOf = null }: Omit<NewAction, 'kind'> & { kind: string; target: number | null },
): number => {
  const at = new Date().toISOString()
  insertReaderOnce(database, reader, at)
  return Number(
    database
      .prepare(
        `INSERT INTO reader_actions (reader_id, at, kind, target, part_of)
         SELECT id, ?, ?, ?, ? FROM readers WHERE name = ?`,
      )
      .run(at, kind, target, partOf, reader).lastInsertRowid,
  )
}

/**
 * Adds an action, or a part of one, to the end of its reader's stack, and returns its id. Its entries follow in the same
 * transaction (`joinAction`).
 */
export const insertAction = (database: Writable, action: NewAction): number =>
  insertRow(database, { ...action, target: null })

/** Records that an action was undone or redone, and returns the id of the record. The new entries follow, as above. */
export const insertActionStep = (
  database: Writable,
  { reader, action, direction }: { reader: string; action: number; direction: UndoDirection },
): number => insertRow(database, { reader, kind: direction, target: action })

/** Adds an entry to the action that it is made in. Returns the rows that its event holds hashes of. */
export function joinAction(
  database: Writable,
  { id, isListed, isLast }: ActionPart,
  entry: { label: number } | { comment: number } | { change: number } | { setting: number },
): RowsByTable {
  if (isListed) {
    const { label = null, comment = null, change = null, setting = null } = entry as Partial<ActionEntry>
    prepared(
      database,
      `INSERT INTO reader_action_entries (action_id, label_id, comment_id, change_id, setting_id)
       VALUES (?, ?, ?, ?, ?)`,
    ).run(id, label, comment, change, setting)
  }
  if (!isLast) return {}
  return { reader_actions: [id], ...(isListed ? { reader_action_entries: [id] } : {}) }
}

/** The action of a reader that the next undo or redo applies to. */
export const nextAction = (
  database: Readable,
  reader: string,
  direction: UndoDirection,
): StoredAction | null =>
  database
    .prepare<[string], StoredAction>(direction === 'undo' ? newestInEffect : newestUndone)
    .get(reader) ?? null

const newestInEffect = `
  SELECT a.id, a.kind, a.at FROM reader_actions a
  WHERE a.reader_id = (SELECT id FROM readers WHERE name = ?) AND a.target IS NULL AND a.part_of IS NULL
    AND coalesce((SELECT s.kind FROM reader_actions s WHERE s.target = a.id ORDER BY s.id DESC LIMIT 1), '') <> 'undo'
  ORDER BY a.id DESC LIMIT 1`

// A later action of the reader leaves what was undone before it undone for good. Undo goes from the newest action to
// older ones, so of those undone since, the oldest was undone last.
const newestUndone = `
  WITH reader (id) AS (SELECT id FROM readers WHERE name = ?)
  SELECT a.id, a.kind, a.at FROM reader_actions s JOIN reader_actions a ON a.id = s.target
  WHERE s.reader_id = (SELECT id FROM reader) AND s.kind = 'undo'
    AND s.id > (SELECT max(f.id) FROM reader_actions f
      WHERE f.reader_id = (SELECT id FROM reader) AND f.target IS NULL)
    AND NOT EXISTS (SELECT 1 FROM reader_actions n WHERE n.target = a.id AND n.id > s.id)
  ORDER BY a.id LIMIT 1`

/** Of an action with its later parts. */
const ofAction = `(action_id = :action OR action_id IN (SELECT id FROM reader_actions WHERE part_of = :action))`

/** What an entry of an action made, one of the four ids, and on which image. */
export interface ActionEntry {
  label: number | null
  comment: number | null
  change: number | null
  setting: number | null
  imageId: number
}

interface OfAction {
  action: number
}

const entriesOfAction = `FROM reader_action_entries e
  LEFT JOIN labels l ON l.id = e.label_id
  LEFT JOIN label_comments c ON c.id = e.comment_id LEFT JOIN labels o ON o.id = c.label_id
  LEFT JOIN region_changes h ON h.id = e.change_id LEFT JOIN image_settings t ON t.id = e.setting_id
  WHERE ${ofAction}`
const imageOfEntry = 'coalesce(l.image_id, o.image_id, h.image_id, t.image_id)'

/** The entries of an action in the order in which they were made. */
export const listActionEntries = (database: Readable, actionId: number): ActionEntry[] =>
  prepared<[OfAction], ActionEntry>(
    database,
    `SELECT e.label_id AS label, e.comment_id AS comment, e.change_id AS change,
       e.setting_id AS setting, ${imageOfEntry} AS imageId
     ${entriesOfAction} ORDER BY e.id`,
  ).all({ action: actionId })

/** The images of an action, in the order in which they were changed, each once. */
export const listActionImages = (database: Readable, actionId: number): number[] =>
  database
    .prepare<[OfAction], { imageId: number }>(
      `SELECT ${imageOfEntry} AS imageId ${entriesOfAction} GROUP BY imageId ORDER BY min(e.id)`,
    )
    .all({ action: actionId })
    .map(({ imageId }) => imageId)

/** The label that an action gave to all of its images. */
export interface ActionLabel {
  className: string | null
  isUnsure: boolean
}

/** The label of an action's entries; null if they differ. */
export function readActionLabel(database: Readable, actionId: number): ActionLabel | null {
  const rows = database
    .prepare<[OfAction], { className: string | null; isUnsure: number }>(
      `SELECT DISTINCT c.name AS className, l.is_unsure AS isUnsure FROM reader_action_entries e
       JOIN labels l ON l.id = e.label_id LEFT JOIN classes c ON c.id = l.class_id
       WHERE ${ofAction} LIMIT 2`,
    )
    .all({ action: actionId })
  const [only, ...others] = rows
  if (only === undefined || others.length > 0) return null
  return { className: only.className, isUnsure: only.isUnsure === 1 }
}

/** What an action did to each of its regions: those that had no entry before were drawn. */
export const listActionRegions = (database: Readable, actionId: number): ('add' | 'change' | 'delete')[] =>
  database
    .prepare<[OfAction], { what: 'add' | 'change' | 'delete' }>(
      `SELECT CASE WHEN r.geometry IS NULL THEN 'delete'
         WHEN EXISTS (SELECT 1 FROM region_entries b WHERE b.region_id = r.region_id AND b.id < r.id) THEN 'change'
         ELSE 'add' END AS what
       FROM reader_action_entries e JOIN region_entries r ON r.change_id = e.change_id
       WHERE ${ofAction} ORDER BY r.id`,
    )
    .all({ action: actionId })
    .map(({ what }) => what)
