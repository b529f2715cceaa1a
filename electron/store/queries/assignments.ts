import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'

/** An image that a reader is to read. */
export interface StandingAssignment {
  imageId: number
  reader: string
  /** The last day (YYYY-MM-DD), or null. */
  due: string | null
}

/** What is assigned of these images, by image and then by reader; not of removed ones. */
export function listAssignments(database: Readable, of: OfImages = null): StandingAssignment[] {
  const { where, values } = whereImage('e.image_id', of)
  // A column beside max() has the value of the row with the maximum.
  return prepared<(number | string)[], StandingAssignment>(
    database,
    `SELECT n.imageId, r.name AS reader, n.due FROM (
       SELECT e.image_id AS imageId, a.reader_id, a.assigned, a.due, max(a.id)
       FROM assigned_images e JOIN assignments a ON a.id = e.assignment_id ${where}
       GROUP BY e.image_id, a.reader_id) n
     JOIN readers r ON r.id = n.reader_id JOIN images i ON i.id = n.imageId
     WHERE n.assigned = 1 AND i.removed_at IS NULL ORDER BY n.imageId, r.name COLLATE NOCASE`,
  ).all(...values)
}

/** The readers whom each of these images is assigned to, by image. */
export function assignedReaders(database: Readable, of: OfImages): Map<number, string[]> {
  const byImage = Map.groupBy(listAssignments(database, of), ({ imageId }) => imageId)
  return new Map(
    Array.from(byImage, ([imageId, standing]) => [imageId, standing.map(({ reader }) => reader)]),
  )
}

export interface NewAssignment {
  /** The name of a known reader. */
  reader: string
  imageIds: readonly number[]
  /** Whether they are assigned; otherwise they are not any more. */
  isAssigned: boolean
  due: string | null
  reason: string | null
}

/** Records that images are assigned to a reader, or not any more, with its event. */
export function insertAssignment(
  database: Writable,
  { reader, imageIds, isAssigned, due, reason }: NewAssignment,
): void {
  const at = new Date().toISOString()
  database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare(
        'INSERT INTO assignments (at, reader_id, assigned, due) SELECT ?, id, ?, ? FROM readers WHERE name = ?',
      )
      .run(at, Number(isAssigned), due, reader)
    const id = Number(lastInsertRowid)
    const add = database.prepare('INSERT INTO assigned_images (assignment_id, image_id) VALUES (?, ?)')
    for (const imageId of imageIds) add.run(id, imageId)
    appendEvent(database, {
      kind: 'assignment',
      at,
      object: { type: 'reader', id: null, name: reader },
      after: { assignment: id, assigned: isAssigned, due, images: imageIds.length },
      rows: { assignments: [id], assigned_images: [id] },
      reason,
    })
  })()
}
