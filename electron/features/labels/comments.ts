import { AppError } from '../../contract/index.ts'
import {
  appendEvent,
  getImage,
  insertAction,
  insertComment,
  joinAction,
  requireReaderName,
  type ActionPart,
  type Writable,
} from '../../store/index.ts'
import { recordLabel } from './record-label.ts'

/** A comment to be recorded on a label event. */
interface GivenComment {
  imageId: number
  labelId: number
  reader: string
  /** null removes the comment. */
  comment: string | null
  /** The comment on the label event before. */
  before: string | null
  step: { undoes: number; kind: 'undo' | 'redo' } | null
  /** The step that the comment is a part of. */
  action: ActionPart
}

/** Records a comment with its audit event, in one transaction, and returns the id of its entry. */
export const recordComment = (database: Writable, given: GivenComment): number =>
  database.transaction(() => {
    const { imageId, labelId, reader, comment, before, step, action } = given
    const at = new Date().toISOString()
    const commentId = insertComment(database, { labelId, reader, comment, at, undoes: step?.undoes ?? null })
    const { fileName, sha256 } = getImage(database, imageId)
    appendEvent(database, {
      kind: step?.kind ?? 'comment',
      at,
      reader,
      object: { type: 'image', id: imageId, name: fileName },
      before: { comment: before },
      after: {
        comment,
        commentEntry: commentId,
        onLabel: labelId,
        sha256,
        ...(step === null ? {} : { undoes: step.undoes }),
      },
      rows: { label_comments: [commentId], ...joinAction(database, action, { comment: commentId }) },
    })
    return commentId
  })()

/**
 * Sets the comment on a reader's current label of an image; null removes it. The label stays as it is. Without a label
 * the comment is an entry of its own. Without a difference, nothing is recorded.
 * @throws AppError `image.not-found`, `reader.looks-alike`; `label.nothing-to-comment` if there is nothing to remove
 */
export function commentOnLabel(
  database: Writable,
  imageId: number,
  { reader: named, comment }: { reader: string; comment: string | null },
): void {
  const reader = requireReaderName(database, named)
  database.transaction(() => {
    const { all, notes = [] } = getImage(database, imageId).readings
    const label = [...all, ...notes].find((own) => own.reader === reader)
    if (label === undefined && comment === null)
      throw new AppError('label.nothing-to-comment', { image: String(imageId), reader })
    if (label?.comment === comment) return
    const action = { id: insertAction(database, { reader, kind: 'comment' }), isListed: true, isLast: true }
    if (label === undefined) {
      recordLabel(database, { imageId, className: null, reader, comment, as: 'comment', action })
      return
    }
    const given = { imageId, labelId: label.id, reader, comment, before: label.comment, step: null, action }
    recordComment(database, given)
  })()
}
