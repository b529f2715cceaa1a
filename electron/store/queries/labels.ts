import type { LabelEntryView, ReaderView } from '../../contract/index.ts'
import type { Readable, Writable } from '../connection.ts'

export interface NewLabel {
  imageId: number
  /** null withdraws. */
  className: string | null
  reader: string
  comment?: string | null
  /** The entry that this one takes back. */
  undoes?: number | null
}

/**
 * Records what a reader said of an image. Services have checked that the class is one of the scheme; any other
 * is a bug here.
 */
export function insertLabel(database: Writable, label: NewLabel): void {
  const at = new Date().toISOString()
  database
    .prepare('INSERT INTO readers (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(label.reader, at)
  const { changes } = database
    .prepare(
      `INSERT INTO labels (image_id, reader_id, class_id, at, comment, undoes)
       SELECT ?, r.id, c.id, ?, ?, ? FROM readers r LEFT JOIN classes c ON c.name = ?
       WHERE r.name = ? AND (c.id IS NOT NULL OR ? IS NULL)`,
    )
    .run(
      label.imageId,
      at,
      label.comment ?? null,
      label.undoes ?? null,
      label.className,
      label.reader,
      label.className,
    )
  if (changes !== 1) throw new Error(`no class ${String(label.className)}`)
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
  is_current: number
}

/** Everything that readers said, oldest first: of one image, or of all. The newest entry of an image is current. */
export const listLabels = (database: Readable, imageId: number | null): LabelEntryView[] =>
  database
    .prepare<number[], LabelRow>(
      `SELECT l.id, l.image_id, c.name AS class_name, r.name AS reader, l.at, l.comment, l.undoes,
        l.id = (SELECT max(id) FROM labels WHERE image_id = l.image_id) AS is_current
       FROM labels l JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id
       ${imageId === null ? '' : 'WHERE l.image_id = ?'} ORDER BY l.id`,
    )
    .all(...(imageId === null ? [] : [imageId]))
    .map((row) => ({
      id: row.id,
      imageId: row.image_id,
      className: row.class_name,
      reader: row.reader,
      at: row.at,
      comment: row.comment,
      undoes: row.undoes,
      current: row.is_current === 1,
    }))

/** Everybody who ever labelled here, by name, with the number of their entries. */
export const listReaders = (database: Readable): ReaderView[] =>
  database
    .prepare<[], ReaderView>(
      `SELECT r.name, r.created_at AS since, (SELECT count(*) FROM labels WHERE reader_id = r.id) AS entries
       FROM readers r ORDER BY r.name`,
    )
    .all()
