import type { LabelEntryView, LabelSource } from '../../contract/index.ts'
import { firstClassNames, renamedOrNull } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { changeContent, commentContent, entryKey, labelContent, undoKey } from '../reading-keys.ts'
import { placesOf, type Placed } from '../reading-order.ts'
import { prepared } from './prepared.ts'
import { kindOfLabel } from './readings.ts'
import { exchangedEntries, listRegionEntriesByRow, type ExchangedRegionEntry } from './regions.ts'

/** What every entry has that workspaces exchange. */
interface ExchangedEntry {
  /** Its row here. */
  id: number
  /** See `entryKey`. */
  key: string
  /** Who made it; of a label that is no reader's, who imported it. */
  reader: string
  at: string
  /** Its place in time, ms since 1970. */
  orderMs: number
  /** Key of the entry that it undoes. */
  undoes: string | null
  /** Who made the first entry of its chain of undoes. */
  rootReader: string
}

export interface ExchangedLabel extends ExchangedEntry {
  kind: LabelEntryView['kind']
  className: string | null
  isUnsure: boolean
  isBlind: boolean
  source: LabelSource
  table: string | null
  comment: string | null
}

export interface ExchangedComment extends ExchangedEntry {
  /** Key of the label event that it is on. */
  label: string
  comment: string | null
}

export interface ExchangedChange extends ExchangedEntry {
  entries: readonly ExchangedRegionEntry[]
}

/**
 * Every entry on an image, in the order of the rows, so that each comes after what it undoes. Classes have their first names,
 * so that a workspace that renamed one has the same keys as the others.
 */
export interface ExchangedImage {
  labels: ExchangedLabel[]
  comments: ExchangedComment[]
  changes: ExchangedChange[]
}

interface Row extends Placed {
  id: number
  reader: string
  undoes: number | null
}

type LabelRow = Row &
  Pick<ExchangedLabel, 'kind' | 'className' | 'source' | 'table' | 'comment'> & {
    isUnsure: number
    isBlind: number
  }

export function readExchanged(database: Readable, imageId: number, sha256: string): ExchangedImage {
  const first = firstClassNames(database)
  const labelRows = prepared<[number], LabelRow>(
    database,
    `SELECT l.id, r.name AS reader, l.at, l.order_ms AS orderMs, l.undoes, ${kindOfLabel('l')} AS kind, c.name AS className,
       l.is_unsure AS isUnsure, l.is_blind AS isBlind, l.source, l.table_name AS "table", l.comment
     FROM labels l JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id
     WHERE l.image_id = ? ORDER BY l.id`,
  )
    .all(imageId)
    .map((row) => ({ ...row, className: renamedOrNull(row.className, first) }))
  const labels = withKeys('label', labelRows, () => sha256, labelContent).map((row) => ({
    ...row,
    isUnsure: row.isUnsure === 1,
    isBlind: row.isBlind === 1,
  }))
  const labelKeys = new Map(labels.map(({ id, key }) => [id, key]))
  const keyOfLabel = ({ labelId }: { labelId: number }): string => labelKeys.get(labelId) ?? ''
  const commentRows = prepared<[number], Row & { labelId: number; comment: string | null }>(
    database,
    `SELECT c.id, r.name AS reader, c.at, c.order_ms AS orderMs, c.undoes, c.label_id AS labelId, c.comment
     FROM label_comments c JOIN readers r ON r.id = c.reader_id
     WHERE c.label_id IN (SELECT id FROM labels WHERE image_id = ?) ORDER BY c.id`,
  ).all(imageId)
  const comments = [...Map.groupBy(commentRows, ({ labelId }) => labelId).values()]
    .flatMap((ofLabel) => withKeys('comment', ofLabel, keyOfLabel, commentContent))
    .map((row) => ({ ...row, label: keyOfLabel(row) }))
  const changeRows = [
    ...Map.groupBy(listRegionEntriesByRow(database, imageId), ({ changeId }) => changeId).values(),
  ].flatMap((entries) => {
    const [change] = entries
    if (change === undefined) return []
    const { changeId: id, reader, at, orderMs, undoes } = change
    return [{ id, reader, at, orderMs, undoes, entries: exchangedEntries(entries, first) }]
  })
  const changes = withKeys(
    'regions',
    changeRows,
    () => sha256,
    ({ reader, entries }) => changeContent(reader, entries),
  )
  return { labels, comments, changes }
}

/** @param rows of one image, or of one label, in the order of their ids */
function withKeys<T extends Row>(
  what: 'label' | 'comment' | 'regions',
  rows: readonly T[],
  on: (row: T) => string,
  content: (row: T) => unknown,
): (Omit<T, keyof Row> & ExchangedEntry)[] {
  const places = placesOf(rows)
  const known = new Map<number, { key: string; rootReader: string }>()
  return rows.map((row, index) => {
    const orderMs = places[index] ?? 0
    const undone = row.undoes === null ? undefined : known.get(row.undoes)
    const key =
      undone === undefined ? entryKey(what, on(row), orderMs, content(row)) : undoKey(what, undone.key)
    const rootReader = undone?.rootReader ?? row.reader
    known.set(row.id, { key, rootReader })
    return { ...row, key, orderMs, rootReader, undoes: undone?.key ?? null }
  })
}

/** A file of readings that something new came from. */
export interface NewReadingImport {
  fileSha256: string
  workspaceId: string
  workspaceName: string
  headEvent: number
  headHash: string
  madeAt: string
  software: string
}

/** Adds an import and returns its id; its event holds the hash of the row. */
export const insertReadingImport = (database: Writable, made: NewReadingImport): number =>
  Number(
    database
      .prepare(
        `INSERT INTO reading_imports (at, file_sha256, workspace_id, workspace_name, head_event, head_hash, made_at,
           software)
         VALUES (:at, :fileSha256, :workspaceId, :workspaceName, :headEvent, :headHash, :madeAt, :software)`,
      )
      .run({ at: new Date().toISOString(), ...made }).lastInsertRowid,
  )

/**
 * Number and content hash of every image, removed ones included: their readings stay. By hash, since the order of the import
 * is often that of folders named by class, which a file that a blind reader writes must not tell.
 */
export const listImageHashes = (database: Readable): { id: number; sha256: string }[] =>
  database.prepare<[], { id: number; sha256: string }>('SELECT id, sha256 FROM images ORDER BY sha256').all()

/** What other workspaces know a workspace by: the hash of the first event of its trail, and its name. */
export const readIdentity = (database: Readable): { id: string; name: string } =>
  database
    .prepare<[], { id: string; name: string }>(
      'SELECT e.hash AS id, w.name FROM audit_events e, workspace w WHERE e.id = 1',
    )
    .get() ?? { id: '0'.repeat(64), name: '' }

/**
 * For whom a workspace was made by a handover, from the third event of its trail; null: it was not, or that reader has begun
 * (`beginHandedOver`).
 */
export function readHandover(database: Readable): { to: string; isBlind: boolean } | null {
  const found = database
    .prepare<[], { to: string; isBlind: number }>(
      `SELECT after_json ->> '$.to' AS "to", after_json ->> '$.isBlind' AS isBlind FROM audit_events
       WHERE id = 3 AND kind = 'import' AND after_json ->> '$.what' = 'handover'
         AND NOT EXISTS (SELECT 1 FROM audit_events WHERE kind = 'reading' AND after_json ->> '$.handover' = 'begun')`,
    )
    .get()
  return found === undefined ? null : { to: found.to, isBlind: found.isBlind === 1 }
}
