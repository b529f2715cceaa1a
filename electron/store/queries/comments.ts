import type { Readable, Writable } from '../database.ts'
import { inOrder, type ReceivedPlace } from '../reading-order.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared, preparedRaw } from './prepared.ts'
import { undoneEntries } from './undo-chains.ts'

export interface NewComment {
  /** The label event that it is on. */
  labelId: number
  /** As the workspace spells the name (`knownReaderName`). */
  reader: string
  /** null removes the comment. */
  comment: string | null
  at: string
  /** The entry that this one undoes. */
  undoes: number | null
  /** Absent: it is made here. */
  received?: ReceivedPlace | null
}

export interface StoredComment {
  id: number
  labelId: number
  imageId: number
  comment: string | null
}

/** Adds a comment on a label event, and returns its id. Its reader has a label and is known. */
export const insertComment = (database: Writable, { received, ...comment }: NewComment): number =>
  Number(
    database
      .prepare(
        `INSERT INTO label_comments (label_id, reader_id, comment, at, undoes, import_id, order_ms)
         SELECT :labelId, id, :comment, :at, :undoes, :importId, :orderMs FROM readers WHERE name = :reader`,
      )
      .run({ importId: null, orderMs: null, ...comment, ...received }).lastInsertRowid,
  )

/** The comments in effect, those of each label event oldest first: on one label event, or on those of images. */
export function listCommentsInEffect(
  database: Readable,
  of: { labelId: number } | { images: OfImages },
): StoredComment[] {
  const { where, values } =
    'labelId' in of ? { where: 'WHERE c.label_id = ?', values: [of.labelId] } : ofLabelsOn(of.images)
  const rows = preparedRaw<(number | string)[], CommentRow>(
    database,
    `SELECT c.id, c.undoes, c.label_id, l.image_id, c.comment, c.at, c.order_ms
     FROM label_comments c JOIN labels l ON l.id = c.label_id ${where} ORDER BY c.id`,
  ).all(...values)
  const undone = undoneEntries(rows)
  return ordered(rows).flatMap(([id, undoes, labelId, imageId, comment]) =>
    undoes !== null || undone.has(id) ? [] : [{ id, labelId, imageId, comment }],
  )
}

function ordered(rows: readonly CommentRow[]): readonly CommentRow[] {
  if (rows.every((row) => row[6] === null)) return rows
  return [...Map.groupBy(rows, ([, , labelId]) => labelId).values()].flatMap((ofLabel) =>
    inOrder(
      ofLabel.map((row) => ({ row, at: row[5], orderMs: row[6] })),
      ({ row: [, , , , comment] }) => comment,
    ).map(({ row }) => row),
  )
}

function ofLabelsOn(images: OfImages): ReturnType<typeof whereImage> {
  const { where, values } = whereImage('image_id', images)
  return { where: where && `WHERE c.label_id IN (SELECT id FROM labels ${where})`, values }
}

type CommentRow = [
  id: number,
  undoes: number | null,
  labelId: number,
  imageId: number,
  comment: string | null,
  at: string,
  orderMs: number | null,
]

/** A comment entry; undoes and redoes included. */
export function readComment(database: Readable, commentId: number): StoredComment {
  const row = prepared<[number], StoredComment>(
    database,
    `SELECT c.id, c.label_id AS labelId, l.image_id AS imageId, c.comment
     FROM label_comments c JOIN labels l ON l.id = c.label_id WHERE c.id = ?`,
  ).get(commentId)
  if (row === undefined) throw new Error(`no comment ${commentId}`)
  return row
}
