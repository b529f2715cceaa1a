import {
  agreedReading,
  AppError,
  isCorrection,
  isSameReader,
  looksLikeReader,
  type LabelEntryView,
  type LabelSource,
  type NoteView,
  type Readings,
  type ReadingView,
} from '../../contract/index.ts'
import { firstClassNames, renamedOrNull, type Rename } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { listCommentsInEffect } from './comments.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared, preparedRaw } from './prepared.ts'
import { inOrder } from '../reading-order.ts'
import { labelContent } from '../reading-keys.ts'
import { undoneEntries } from './undo-chains.ts'

/** A label event in effect: it is not an undo or a redo, and was not undone, or redone since. */
export interface StandingEntry extends ReadingView {
  imageId: number
  kind: LabelEntryView['kind']
  isAdjudication: boolean
  /** It was made in another workspace. */
  isReceived: boolean
}

/** As an array: ten thousand images have tens of thousands of label events, and all are read at once. */
type StandingRow = [
  id: number,
  undoes: number | null,
  imageId: number,
  classId: number | null,
  readerId: number,
  at: string,
  comment: string | null,
  kind: LabelEntryView['kind'],
  isUnsure: number,
  isBlind: number,
  source: LabelSource,
  table: string | null,
  orderMs: number | null,
]

/** SQL for the kind of a label event of a table, or of an alias of it. */
export const kindOfLabel = (table: string): string =>
  `CASE WHEN ${table}.is_comment IS NULL THEN ${table}.kind ELSE 'comment' END`

/**
 * Every label event in effect, of one image, of some or of all: by image, and oldest first. One without a class is a
 * withdrawal, unless it is unsure or a comment.
 * @param kept an entry that is listed even if it is undone, at its place
 */
export function listStanding(
  database: Readable,
  of: OfImages,
  { kept }: { kept?: number } = {},
): StandingEntry[] {
  const classes = namesOf(database, 'classes')
  const readers = namesOf(database, 'readers')
  const comments = laterComments(database, of)
  const { where, values } = whereImage('image_id', of)
  // An undo or redo is on the image of the entry that it undoes.
  const rows = preparedRaw<(number | string)[], StandingRow>(
    database,
    `SELECT id, undoes, image_id, class_id, reader_id, at, comment, ${kindOfLabel('labels')}, is_unsure, is_blind,
       source, table_name, order_ms
     FROM labels ${where} ORDER BY image_id, id`,
  ).all(...values)
  const undone = undoneEntries(rows)
  if (kept !== undefined) undone.delete(kept)
  return ordered(rows, { classes, readers, first: firstClassNames(database) }).flatMap(
    ([id, undoes, image, classId, readerId, at, comment, kind, isUnsure, isBlind, source, table, orderMs]) =>
      undoes !== null || undone.has(id)
        ? []
        : [
            {
              id,
              imageId: image,
              ...personOf(source, readers.get(readerId) ?? ''),
              source,
              table,
              className: classId === null ? null : (classes.get(classId) ?? null),
              isUnsure: isUnsure === 1,
              isBlind: isBlind === 1,
              kind,
              isAdjudication: kind === 'adjudication',
              isReceived: orderMs !== null,
              at,
              comment: comments.has(id) ? (comments.get(id) ?? null) : comment,
            },
          ],
  )
}

/** Rows by image, and on each image oldest first. */
function ordered(
  rows: readonly StandingRow[],
  { classes, readers, first }: Record<'classes' | 'readers', ReadonlyMap<number, string>> & { first: Rename },
): readonly StandingRow[] {
  if (rows.every((row) => row[12] === null)) return rows
  const content = ({ row }: { row: StandingRow }): unknown => {
    const [, , , classId, readerId, , comment, kind, isUnsure, isBlind, source, table] = row
    const className = renamedOrNull(classes.get(classId ?? 0) ?? null, first)
    const reader = readers.get(readerId) ?? ''
    return labelContent({ kind, className, reader, comment, isUnsure, isBlind, source, table })
  }
  return [...Map.groupBy(rows, (row) => row[2]).values()].flatMap((ofImage) =>
    inOrder(
      ofImage.map((row) => ({ row, at: row[5], orderMs: row[12] })),
      content,
    ).map(({ row }) => row),
  )
}

/** The comments that replace those given with a label, by the label event. */
const laterComments = (database: Readable, images: OfImages): Map<number, string | null> =>
  new Map(listCommentsInEffect(database, { images }).map(({ labelId, comment }) => [labelId, comment]))

/** What the name beside a label is: its reader, or of a label from another source the reader who imported it. */
export const personOf = (
  source: LabelSource,
  name: string,
): { reader: string | null; importedBy: string | null } =>
  source === 'reader' ? { reader: name, importedBy: null } : { reader: null, importedBy: name }

const namesOf = (database: Readable, table: 'classes' | 'readers'): Map<number, string> =>
  new Map(preparedRaw<[], [number, string]>(database, `SELECT id, name FROM ${table}`).all())

/** Whether a label event has a class or is unsure; otherwise it withdraws its reader's label, or is a comment alone. */
export const saysAnything = ({ className, isUnsure }: ReadingView): boolean => className !== null || isUnsure

/** The current readings, by image; images without label events are missing, and of all images the removed ones. */
export function readReadings(database: Readable, of: OfImages): Map<number, Readings> {
  const found = new Map<number, Readings>()
  const entries = listStanding(database, of)
  let begin = 0
  for (let end = 1; end <= entries.length; end++) {
    const id = entries[begin]?.imageId ?? 0
    if (entries[end]?.imageId === id) continue
    found.set(id, readingsOf(entries.slice(begin, end)))
    begin = end
  }
  if (of === null) {
    const removed = prepared<[], { id: number }>(
      database,
      'SELECT id FROM images WHERE removed_at IS NOT NULL',
    )
    for (const { id } of removed.all()) found.delete(id)
  }
  return found
}

/** @param entries the label events in effect of one image, oldest first */
function readingsOf(entries: readonly StandingEntry[]): Readings {
  const own = new Map<string, StandingEntry>()
  const imported = new Map<string, StandingEntry>()
  const notes = new Map<string, NoteView>()
  let adjudication: ReadingView | null = null
  for (const entry of entries) {
    const { id, reader, importedBy, at, comment } = entry
    if (entry.kind === 'comment') {
      notes.delete(reader ?? '')
      if (reader !== null && comment !== null) notes.set(reader, { id, reader, at, comment })
    } else if (entry.isAdjudication) adjudication = saysAnything(entry) ? viewOf(entry) : null
    else if (reader === null) imported.set(importedBy ?? '', entry)
    else {
      const before = own.get(reader)
      if (saysAnything(entry)) {
        own.set(reader, entry)
        notes.delete(reader)
      } else {
        own.delete(reader)
        // With it goes what this reader imported, but not if the label now withdrawn was independent of that.
        if (before === undefined || isCorrection(before)) imported.delete(reader)
      }
    }
  }
  const current = new Set([...own.values(), ...imported.values()])
  const all = entries.filter((entry) => current.has(entry)).map(viewOf)
  const { isDisputed } = agreedReading({ all, adjudication })
  const readings = { all, adjudication, isDisputed, isWithheld: false }
  return notes.size === 0 ? readings : { ...readings, notes: [...notes.values()] }
}

const viewOf = (entry: StandingEntry): ReadingView => {
  const { id, reader, source, table, importedBy, className, isUnsure, isBlind, at, comment } = entry
  return { id, reader, source, table, importedBy, className, isUnsure, isBlind, at, comment }
}

export interface LabelCounts {
  /** Images with a label: adjudicated, or all readers who chose a class agree. */
  labelled: number
  byClass: Map<string, number>
  /** Images whose readers disagree, without an adjudication. */
  disputed: number
  /** Images without a label, with an unsure reader. */
  unsure: number
}

export function countAgreed(database: Readable): LabelCounts {
  const counts: LabelCounts = { labelled: 0, byClass: new Map(), disputed: 0, unsure: 0 }
  for (const readings of readReadings(database, null).values()) {
    const className = agreedReading(readings).reading?.className ?? null
    if (className !== null) {
      counts.labelled++
      counts.byClass.set(className, (counts.byClass.get(className) ?? 0) + 1)
    } else if (readings.isDisputed) counts.disputed++
    else if (readings.all.some(({ isUnsure }) => isUnsure)) counts.unsure++
  }
  return counts
}

/** The images with a label event of a reader's own, undone or not; a comment alone has shown them nothing. */
export const readImagesOf = (database: Readable, reader: string): Set<number> =>
  new Set(
    database
      .prepare<[string], { image_id: number }>(
        `SELECT DISTINCT image_id FROM labels
         WHERE kind = 'reading' AND source = 'reader' AND is_comment IS NULL AND reader_id = (SELECT id FROM readers WHERE name = ?)`,
      )
      .all(reader)
      .map((row) => row.image_id),
  )

/** Whether an image has such an event. */
export const hasRead = (database: Readable, reader: string, imageId: number): boolean =>
  database
    .prepare(
      `SELECT 1 FROM labels WHERE image_id = ? AND kind = 'reading' AND source = 'reader'
       AND is_comment IS NULL AND reader_id = (SELECT id FROM readers WHERE name = ?)`,
    )
    .get(imageId, reader) !== undefined

/** The spelling of a reader's name in this workspace; for a new reader, the given one. */
export function knownReaderName(database: Readable, name: string): string {
  const names = database.prepare<[], { name: string }>('SELECT name FROM readers ORDER BY id').all()
  const exact = names.find((known) => known.name === name)
  return (exact ?? names.find((known) => isSameReader(known.name, name)))?.name ?? name.trim()
}

/**
 * The spelling of a reader's name in this workspace, for an entry of theirs.
 * @throws AppError `reader.looks-alike` if the name is new and could be taken for that of a known reader
 */
export function requireReaderName(database: Readable, name: string): string {
  const known = knownReaderName(database, name)
  const names = database.prepare<[], { name: string }>('SELECT name FROM readers').all()
  if (names.some((other) => other.name === known)) return known
  const alike = names.find((other) => looksLikeReader(other.name, name))
  if (alike !== undefined) throw new AppError('reader.looks-alike', { name, known: alike.name })
  return known
}

/** Adds a reader, unless there is one of this name. */
export const insertReaderOnce = (database: Writable, name: string, at: string): void =>
  void prepared(database, 'INSERT INTO readers (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING').run(
    name,
    at,
  )

/** Adds a reader without label events. */
export function insertReader(database: Writable, name: string): void {
  database.prepare('INSERT INTO readers (name, created_at) VALUES (?, ?)').run(name, new Date().toISOString())
}

/** null if no reader has this id. */
export const readReaderName = (database: Readable, id: number): string | null =>
  database.prepare<[number], { name: string }>('SELECT name FROM readers WHERE id = ?').get(id)?.name ?? null
