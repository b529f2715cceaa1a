import { isCorrection } from '../../contract/index.ts'
import {
  chainOf,
  listCommentsInEffect,
  listStanding,
  readComment,
  readLabel,
  type StandingEntry,
  type Writable,
} from '../../store/index.ts'
import { recordComment } from '../labels/comments.ts'
import { recordLabel } from '../labels/record-label.ts'
import { changedSince, type StepPart } from './step.ts'

/**
 * Undoes a label event or an adjudication, or redoes it after an undo, by a new entry that contains what counts from
 * then on.
 * @throws AppError `undo.changed-since` if a later entry takes its place: of an import, or another reader's adjudication
 */
export function reverseLabel(
  database: Writable,
  labelId: number,
  { action, ...step }: StepPart,
  comment: string | null = null,
): void {
  const { reader } = step
  const { root, tip, isRootInEffect } = chainOf(database, 'labels', labelId)
  const first = readLabel(database, root)
  const { imageId } = first
  const isAdjudication = first.kind === 'adjudication'
  // In the order that counts: entries of other workspaces may be earlier than rows that were here before them.
  const entries = listStanding(database, imageId, { kept: root }).filter(({ kind }) => kind === first.kind)
  const place = entries.findIndex(({ id }) => id === root)
  // An adjudication replaces another reader's too; a label only those of the same reader, and what they imported and
  // corrected with it.
  const isOwn = (entry: StandingEntry): boolean => isAdjudication || entry.reader === reader
  const later = entries.slice(place + 1).find(isOwn)
  if (later !== undefined)
    throw changedSince(step, isAdjudication ? 'adjudication' : 'label', later.reader ?? reader)
  const undone = entries[place]
  const isCorrected = ({ importedBy }: StandingEntry): boolean =>
    importedBy === reader && undone !== undefined && isCorrection(undone)
  const next = isRootInEffect
    ? entries.slice(0, place).findLast((entry) => isOwn(entry) || isCorrected(entry))
    : first
  recordLabel(database, {
    imageId,
    className: next?.className ?? null,
    isUnsure: next?.isUnsure ?? false,
    reader,
    // The text of a comment alone counts again.
    comment: first.kind === 'comment' && !isRootInEffect ? first.comment : comment,
    undoes: tip,
    isRedo: step.direction === 'redo',
    action,
    ...(first.kind === 'reading' ? {} : { as: first.kind }),
  })
}

/** The same for a comment on a label. */
export function reverseComment(
  database: Writable,
  commentId: number,
  { direction, reader, action }: StepPart,
): void {
  const { root, tip, isRootInEffect } = chainOf(database, 'label_comments', commentId)
  const first = readComment(database, root)
  const { imageId, labelId } = first
  const others = listCommentsInEffect(database, { labelId }).filter(({ id }) => id !== root)
  const given = { imageId, labelId, reader, step: { undoes: tip, kind: direction }, action }
  const before = others.at(-1) ?? { comment: readLabel(database, labelId).comment }
  const [is, was] = isRootInEffect ? [before, first] : [first, before]
  recordComment(database, { ...given, comment: is.comment, before: was.comment })
}
