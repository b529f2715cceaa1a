import { slicesOf, type Sliced } from '../../base/slices.ts'
import { isCorrected, type LabelEntryView, type LabelSource, type ReaderView } from '../../contract/index.ts'
import { currentClassNames, renamedOrNull } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { listImageIds } from './images.ts'
import type { ReceivedPlace } from '../reading-order.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared, preparedRaw } from './prepared.ts'
import { insertReaderOnce, kindOfLabel, listStanding, personOf, readReadings } from './readings.ts'
import { rowsInSlices, rowsOfSlice } from './rows-in-slices.ts'
import { undoneEntries } from './undo-chains.ts'
import { withoutRemovedModels } from './verdicts.ts'

export interface NewLabel {
  imageId: number
  /** null withdraws the label, unless `isUnsure`. */
  className: string | null
  /** As the workspace spells the name (`knownReaderName`); of a label that is no reader's, who imported it. */
  reader: string
  /** Absent: the reader. */
  source?: LabelSource
  /** Name of the table that it was read from. */
  table?: string | null
  at: string
  comment?: string | null
  /** The entry that this one undoes. */
  undoes?: number | null
  /** The reader looked and cannot decide; `className` is null. */
  isUnsure?: boolean
  /** Neither labels of other readers nor a prediction had been shown to the reader. */
  isBlind?: boolean
  /** Absent: a reading. */
  kind?: LabelEntryView['kind']
  /** Absent: it is made here. */
  received?: ReceivedPlace | null
}

/** Adds a label event and, if new, its reader. Returns the event's id. The class must be one of the scheme. */
export function insertLabel(database: Writable, label: NewLabel): number {
  insertReaderOnce(database, label.reader, label.at)
  const { changes, lastInsertRowid } = prepared(
    database,
    `INSERT INTO labels (image_id, reader_id, class_id, at, comment, undoes, kind, is_unsure, is_blind, source,
        table_name, import_id, order_ms, is_comment)
       SELECT ?, r.id, c.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM readers r LEFT JOIN classes c ON c.name = ?
       WHERE r.name = ? AND (c.id IS NOT NULL OR ? IS NULL)`,
  ).run(
    label.imageId,
    label.at,
    label.comment ?? null,
    label.undoes ?? null,
    label.kind === 'adjudication' ? 'adjudication' : 'reading',
    label.isUnsure === true ? 1 : 0,
    label.isBlind === true ? 1 : 0,
    label.source ?? 'reader',
    label.table ?? null,
    label.received?.importId ?? null,
    label.received?.orderMs ?? null,
    label.kind === 'comment' ? 1 : null,
    label.className,
    label.reader,
    label.className,
  )
  if (changes !== 1) throw new Error(`no class ${String(label.className)}`)
  return Number(lastInsertRowid)
}

/** An entry that a new one replaces. */
export interface ReplacedLabel {
  label: number
  className: string | null
  /** Of a label that is no reader's, who imported it. */
  reader: string
  source: LabelSource
  comment: string | null
  isUnsure: boolean
  kind: LabelEntryView['kind']
}

/** An image as a new entry finds it. */
export interface LabelContext {
  path: string
  sha256: string
  /** Suggested class of the newest prediction, without those of removed models; null without one. */
  suggested: string | null
  /** The undone entry, the current adjudication, or this reader's current label; null if there is none. */
  replaced: ReplacedLabel | null
}

interface ReplacedRow extends Omit<ReplacedLabel, 'isUnsure'> {
  isUnsure: number
}

/**
 * What a new entry meets on its image; null without such an image. Labels of other readers are not replaced, nor does a
 * blind label replace what its reader imported.
 */
export function readLabelContext(database: Readable, entry: ContextEntry): LabelContext | null {
  const found = prepared<[number], Omit<LabelContext, 'replaced'>>(
    database,
    `SELECT path, sha256,
      (SELECT suggested FROM verdicts ${withoutRemovedModels(database, 'WHERE image_id = i.id')}
       ORDER BY id DESC LIMIT 1) AS suggested
     FROM images i WHERE id = ?`,
  ).get(entry.imageId)
  if (found === undefined) return null
  const image = { ...found, suggested: renamedOrNull(found.suggested, currentClassNames(database)) }
  const replacedId = entry.undoes ?? currentEntry(database, entry)
  if (replacedId === null) return { ...image, replaced: null }
  const replaced = prepared<[number], ReplacedRow>(
    database,
    `SELECT l.id AS label, c.name AS className, r.name AS reader, l.comment, l.is_unsure AS isUnsure,
       ${kindOfLabel('l')} AS kind, l.source
     FROM labels l LEFT JOIN classes c ON c.id = l.class_id JOIN readers r ON r.id = l.reader_id WHERE l.id = ?`,
  ).get(replacedId)
  if (replaced === undefined) throw new Error(`no label event ${replacedId}`)
  return { ...image, replaced: { ...replaced, isUnsure: replaced.isUnsure === 1 } }
}

type ContextEntry = Pick<NewLabel, 'imageId' | 'reader' | 'undoes' | 'kind' | 'isBlind'>

/** The newest entry in effect that a new one replaces; null: there is none. */
function currentEntry(database: Readable, entry: ContextEntry): number | null {
  const { imageId, reader, kind, isBlind } = entry
  const rows = preparedRaw<
    [Record<string, unknown>],
    [id: number, undoes: number | null, isReplaceable: number, importId: number | null]
  >(
    database,
    `SELECT id, undoes, ${kindOfLabel('labels')} = :kind AND (kind = 'adjudication'
       OR reader_id = (SELECT id FROM readers WHERE name = :reader) AND (source = 'reader' OR :isBlind = 0)), import_id
     FROM labels WHERE image_id = :imageId ORDER BY id`,
  ).all({ imageId, reader, kind: kind ?? 'reading', isBlind: isBlind === true ? 1 : 0 })
  const undone = undoneEntries(rows)
  if (rows.some(([, , , importId]) => importId !== null)) return newestStanding(database, entry)
  const isCurrent = ([id, undoes, isReplaceable]: (typeof rows)[number]): boolean =>
    isReplaceable === 1 && undoes === null && !undone.has(id)
  return rows.findLast(isCurrent)?.[0] ?? null
}

/** The same on an image with entries of other workspaces, which need not be in the order of their rows. */
function newestStanding(database: Readable, { imageId, reader, kind, isBlind }: ContextEntry): number | null {
  const found = listStanding(database, imageId).findLast((entry) => {
    if (entry.kind !== (kind ?? 'reading')) return false
    if (kind === 'adjudication' || entry.reader === reader) return true
    return entry.importedBy === reader && isBlind !== true
  })
  return found?.id ?? null
}

/** What a label event says, undone or not. */
export interface StoredLabel {
  imageId: number
  kind: LabelEntryView['kind']
  className: string | null
  isUnsure: boolean
  /** The comment given with it. */
  comment: string | null
}

export function readLabel(database: Readable, labelId: number): StoredLabel {
  const row = prepared<[number], Omit<StoredLabel, 'isUnsure'> & { isUnsure: number }>(
    database,
    `SELECT l.image_id AS imageId, ${kindOfLabel('l')} AS kind, c.name AS className, l.is_unsure AS isUnsure, l.comment
       FROM labels l LEFT JOIN classes c ON c.id = l.class_id WHERE l.id = ?`,
  ).get(labelId)
  if (row === undefined) throw new Error(`no label event ${labelId}`)
  return { ...row, isUnsure: row.isUnsure === 1 }
}

/** Label events of images: all, and those that are a reader's own, by the reader's name. */
export function countLabelEntries(
  database: Readable,
  of: OfImages,
): { all: number; byReader: Map<string, number> } {
  const { where, values } = whereImage('l.image_id', of)
  const rows = prepared<(number | string)[], { name: string; own: number; entries: number }>(
    database,
    `SELECT r.name, sum(l.source = 'reader') AS own, count(*) AS entries
     FROM labels l JOIN readers r ON r.id = l.reader_id ${where} GROUP BY r.id`,
  ).all(...values)
  return {
    all: rows.reduce((sum, { entries }) => sum + entries, 0),
    byReader: new Map(rows.map(({ name, own }) => [name, own])),
  }
}

interface LabelRow {
  id: number
  image_id: number
  class_name: string | null
  reader: string
  at: string
  comment: string | null
  undoes: number | null
  kind: LabelEntryView['kind']
  is_unsure: number
  is_blind: number
  source: LabelSource
  table_name: string | null
}

/** Every label event, oldest first, in slices: of one image, or of all. A current one has the comment that is on it now. */
export function* listLabels(database: Readable, imageId: number | null): Sliced<LabelEntryView[]> {
  const current = new Map<number, string | null>()
  for (const imageIds of slicesOf(
    imageId === null ? listImageIds(database, { withRemoved: true }) : [imageId],
    rowsOfSlice,
  )) {
    for (const [id, comment] of currentComments(database, imageIds)) current.set(id, comment)
    yield
  }
  const { where, values } = whereImage('l.image_id', imageId)
  const next = prepared<(number | string)[], LabelRow>(
    database,
    `SELECT l.id, l.image_id, c.name AS class_name, r.name AS reader, l.at, l.comment, l.undoes,
      ${kindOfLabel('l')} AS kind,
      l.is_unsure, l.is_blind, l.source, l.table_name
     FROM labels l JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id
     ${where === '' ? 'WHERE' : `${where} AND`} l.id > ? ORDER BY l.id LIMIT ?`,
  )
  const entries: LabelEntryView[] = []
  yield* rowsInSlices(
    (after) => next.all(...values, after, rowsOfSlice),
    (row) => entries.push(entryFrom(row, current)),
  )
  return entries
}

/** The comment of each current label and adjudication, by the label event. */
const currentComments = (database: Readable, of: OfImages): Map<number, string | null> =>
  new Map(
    [...readReadings(database, of).values()].flatMap(({ all, adjudication, notes = [] }) => {
      // Without corrected ones, so that a table of the current labels gives the same labels elsewhere.
      const labels = all.filter((reading) => !isCorrected(reading, all))
      return [...labels, ...(adjudication === null ? [] : [adjudication]), ...notes].map(
        ({ id, comment }) => [id, comment] as const,
      )
    }),
  )

const entryFrom = (row: LabelRow, current: ReadonlyMap<number, string | null>): LabelEntryView => ({
  id: row.id,
  imageId: row.image_id,
  className: row.class_name,
  isUnsure: row.is_unsure === 1,
  isBlind: row.is_blind === 1,
  kind: row.kind,
  ...personOf(row.source, row.reader),
  source: row.source,
  table: row.table_name,
  at: row.at,
  comment: current.has(row.id) ? (current.get(row.id) ?? null) : row.comment,
  undoes: row.undoes,
  current: current.has(row.id),
})

/** Every reader of the workspace, by name, with the number of their own label events. */
export const listReaders = (database: Readable): ReaderView[] =>
  database
    .prepare<[], ReaderView>(
      `SELECT r.name, r.created_at AS since, (SELECT count(*) FROM labels WHERE reader_id = r.id AND source = 'reader'
        AND is_comment IS NULL) AS entries
       FROM readers r ORDER BY r.name`,
    )
    .all()
