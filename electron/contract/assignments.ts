import { z } from 'zod'
import { count, id, imageIds, nothing, readerName, reason } from './atoms.ts'
import { call } from './call.ts'

/** The last day of an assignment, in the local calendar: YYYY-MM-DD. */
const date = z.iso.date().max(10)
const due = date.nullable()
export const isDueDate = (text: string): boolean => date.safeParse(text).success

/** Images that a reader is to read until the same day. */
export const assignmentViewSchema = z.object({
  /** Who is to read them. */
  reader: z.string(),
  /** null: without a due date. */
  due,
  /** Without removed images. */
  imageIds: z.array(id),
  /** How many of them have a current label of this reader, unsure included. */
  read: count,
})
export type AssignmentView = z.infer<typeof assignmentViewSchema>

/** `changed`: images whose assignment is another one now. */
const changed = z.object({ changed: count })

/** Which reader is to read which images (docs/readers.md). It hinders no other reader from labelling them. */
export const assignmentCalls = {
  /** By reader, then by due date with those without one last. */
  'assignment.list': call({
    input: nothing,
    output: z.array(assignmentViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /**
   * Assigns images to a reader, and adds the reader if there is none of this name. Images that the reader has already get
   * this due date. Errors `image.not-found`, `image.removed`, `reader.looks-alike`; then nothing was changed.
   */
  'assignment.add': call({
    input: z.strictObject({ imageIds, to: readerName, due: due.default(null) }),
    output: changed,
    audit: ['assignment', 'reader'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** Ends the assignment of images to a reader. Their labels stay. Errors as for `assignment.add`. */
  'assignment.remove': call({
    input: z.strictObject({ imageIds, to: readerName, reason }),
    output: changed,
    audit: ['assignment'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}
