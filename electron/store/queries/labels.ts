import type { LabelEntryView, ReaderView } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { knownReaderName, readReadings } from './readings.ts'

export interface NewLabel {
  imageId: number
  /** null withdraws. */
  className: string | null
  /** However spelled, whom the workspace knows under that name. */
  reader: string
  comment?: string | null
  /** The entry that this one takes back. */
  undoes?: number | null
  /** The reader looked and cannot say; then there is no class. */
  isUnsure?: boolean
  /** Neither other readers' labels nor a suggestion had been shown to the reader. */
  isBlind?: boolean
  /** Where it is not what a reader just said: from a table or folder, or the word on a disagreement. */
  as?: 'import' | 'adjudication'
}

/**
 * Records what a reader said of an image, with its event in the audit trail, and returns the entry's id.
 * Services have checked that the class is one of the scheme; any other is a bug here.
 */
export const insertLabel = (database: Writable, given: NewLabel): number =>
  database.transaction(() => {
    const label = { ...given, reader: knownReaderName(database, given.reader) }
    const at = new Date().toISOString()
    const stood = readStanding(database, label)
    const labelId = insertRow(database, label, at)
    const { suggested } = stood
    // Who reads blind does not know what they say otherwise.
    const isOverride =
      label.as === undefined &&
      label.isBlind !== true &&
      label.className !== null &&
      suggested !== null &&
      suggested !== label.className
    appendEvent(database, {
      kind:
        (label.undoes ?? null) !== null
          ? 'undo'
          : label.as === 'adjudication'
            ? 'adjudication'
            : isOverride
              ? 'override'
              : 'label',
      at,
      reader: label.reader,
      object: { type: 'image', id: label.imageId, name: stood.path.split(/[/\\]/).at(-1) ?? stood.path },
      before: beforeOf(stood),
      after: {
        class: label.className,
        comment: label.comment ?? null,
        label: labelId,
        sha256: stood.sha256,
        suggested,
        ...((label.undoes ?? null) === null ? {} : { undoes: label.undoes }),
        ...(label.as === 'import' ? { source: 'import' } : {}),
        ...(label.isUnsure === true ? { unsure: true } : {}),
        ...(label.isBlind === true ? { blind: true } : {}),
      },
    })
    return labelId
  })()

interface Standing {
  path: string
  sha256: string
  /** The entry in whose place the new one comes; null where there is none. */
  label: number | null
  className: string | null
  reader: string | null
  comment: string | null
  isUnsure: number | null
  kind: LabelEntryView['kind'] | null
  /** Of the newest verdict; null where there is none. */
  suggested: string | null
}

const nothingStands: Standing = {
  path: '',
  sha256: '',
  label: null,
  className: null,
  reader: null,
  comment: null,
  isUnsure: null,
  kind: null,
  suggested: null,
}

/**
 * What stands of an image in the place of a new entry: what it takes back; else the adjudication, whoever gave it,
 * where it is one; else what this reader said. What other readers said is not replaced by it.
 */
const readStanding = (database: Readable, { imageId, reader, undoes, as }: NewLabel): Standing =>
  database
    .prepare<[Record<string, unknown>], Standing>(
      `SELECT i.path, i.sha256, l.id AS label, c.name AS className, r.name AS reader, l.comment,
        l.is_unsure AS isUnsure, l.kind,
        (SELECT suggested FROM verdicts WHERE image_id = i.id ORDER BY id DESC LIMIT 1) AS suggested
       FROM images i
       LEFT JOIN labels l ON l.id = coalesce(:undoes,
        (SELECT max(s.id) FROM labels s
         WHERE s.image_id = i.id AND s.kind = :kind AND s.undoes IS NULL
         AND (s.kind = 'adjudication' OR s.reader_id = (SELECT id FROM readers WHERE name = :reader))
         AND NOT EXISTS (SELECT 1 FROM labels u WHERE u.undoes = s.id)))
       LEFT JOIN classes c ON c.id = l.class_id LEFT JOIN readers r ON r.id = l.reader_id
       WHERE i.id = :imageId`,
    )
    .get({ imageId, reader, undoes: undoes ?? null, kind: as === 'adjudication' ? as : 'reading' }) ??
  nothingStands

const beforeOf = ({ label, className, reader, comment, isUnsure, kind }: Standing): unknown =>
  label === null
    ? null
    : {
        class: className,
        comment,
        label,
        reader,
        ...(isUnsure === 1 ? { unsure: true } : {}),
        ...(kind === 'adjudication' ? { adjudication: true } : {}),
      }

function insertRow(database: Writable, label: NewLabel, at: string): number {
  database
    .prepare('INSERT INTO readers (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(label.reader, at)
  const { changes, lastInsertRowid } = database
    .prepare(
      `INSERT INTO labels (image_id, reader_id, class_id, at, comment, undoes, kind, is_unsure, is_blind)
       SELECT ?, r.id, c.id, ?, ?, ?, ?, ?, ? FROM readers r LEFT JOIN classes c ON c.name = ?
       WHERE r.name = ? AND (c.id IS NOT NULL OR ? IS NULL)`,
    )
    .run(
      label.imageId,
      at,
      label.comment ?? null,
      label.undoes ?? null,
      label.as === 'adjudication' ? 'adjudication' : 'reading',
      label.isUnsure === true ? 1 : 0,
      label.isBlind === true ? 1 : 0,
      label.className,
      label.reader,
      label.className,
    )
  if (changes !== 1) throw new Error(`no class ${String(label.className)}`)
  return Number(lastInsertRowid)
}

/** Whether anybody ever said anything of an image, withdrawn or not. */
export const hasLabels = (database: Readable, imageId: number): boolean =>
  database.prepare('SELECT 1 FROM labels WHERE image_id = ?').get(imageId) !== undefined

export const countLabels = (database: Readable): number =>
  (database.prepare('SELECT count(*) AS n FROM labels').get() as { n: number }).n

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
}

/** Everything that readers said, oldest first: of one image, or of all. */
export function listLabels(database: Readable, imageId: number | null): LabelEntryView[] {
  const current = new Set(
    [...readReadings(database, imageId).values()].flatMap(({ all, adjudication }) => [
      ...all.map(({ id }) => id),
      ...(adjudication === null ? [] : [adjudication.id]),
    ]),
  )
  return database
    .prepare<number[], LabelRow>(
      `SELECT l.id, l.image_id, c.name AS class_name, r.name AS reader, l.at, l.comment, l.undoes, l.kind,
        l.is_unsure, l.is_blind
       FROM labels l JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id
       ${imageId === null ? '' : 'WHERE l.image_id = ?'} ORDER BY l.id`,
    )
    .all(...(imageId === null ? [] : [imageId]))
    .map((row) => ({
      id: row.id,
      imageId: row.image_id,
      className: row.class_name,
      isUnsure: row.is_unsure === 1,
      isBlind: row.is_blind === 1,
      kind: row.kind,
      reader: row.reader,
      at: row.at,
      comment: row.comment,
      undoes: row.undoes,
      current: current.has(row.id),
    }))
}

/** Everybody who ever labelled here, by name, with the number of their entries. */
export const listReaders = (database: Readable): ReaderView[] =>
  database
    .prepare<[], ReaderView>(
      `SELECT r.name, r.created_at AS since, (SELECT count(*) FROM labels WHERE reader_id = r.id) AS entries
       FROM readers r ORDER BY r.name`,
    )
    .all()
