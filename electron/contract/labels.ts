import { z } from 'zod'
import { actingReader, anyClassName, comment, filePath, id, imageIds, isoTime, replace } from './atoms.ts'
import { call } from './call.ts'
import { imageViewSchema } from './images.ts'
import { labelOriginSchema } from './label-source.ts'

/**
 * What a label event is. `adjudication` decides the label of an image, whatever its readers chose. `comment` is a comment
 * on an image that its reader has not labelled: it chooses nothing.
 */
export const labelKinds = ['reading', 'adjudication', 'comment'] as const

/** One label event. Label events are append-only. */
export const labelEntryViewSchema = z.object({
  id,
  imageId: id,
  kind: z.enum(labelKinds),
  /** null: unsure, withdrawn, or undone to the state without a label. */
  className: z.string().nullable(),
  isUnsure: z.boolean(),
  /** Given before labels of other readers or a suggested class were shown. */
  isBlind: z.boolean(),
  ...labelOriginSchema,
  /** The reader who imported a label that is no reader's; null: it is a reader's. */
  importedBy: z.string().nullable(),
  at: isoTime,
  comment: z.string().nullable(),
  /** The label event that this one undoes. */
  undoes: id.nullable(),
  /**
   * Whether it is its reader's current label of the image, one from another source that was not corrected, the current
   * adjudication, or a current comment.
   */
  current: z.boolean(),
})
export type LabelEntryView = z.infer<typeof labelEntryViewSchema>

export const labelCalls = {
  /**
   * Labels images, after every refusal was checked for all of them; one step for undo. Returns their new state, so its
   * length says how many there are. Many are written in slices (docs/readers.md).
   */
  'image.label': call({
    input: z
      .strictObject({
        imageIds,
        /** null withdraws the reader's label, or with `isUnsure` records that the reader cannot decide. */
        className: anyClassName.nullable(),
        /** The reader looked at the image and cannot decide; never used for training. */
        isUnsure: z.boolean().default(false),
        /** A label that was given blind may be withdrawn (`undo.undo`); without it, error `label.blind-withdrawal`. */
        confirmBlind: z.boolean().default(false),
        reader: actingReader,
        comment,
      })
      .refine(({ className, isUnsure }) => className === null || !isUnsure, {
        error: 'a reader who is unsure chooses no class',
      }),
    output: z.array(imageViewSchema),
    audit: ['label', 'override'],
    blinded: 'redacted',
    role: 'technician',
  }),
  /**
   * Sets the comment on the reader's own label, which stays as it is, its time included; null removes the comment. Without
   * a label the comment is an entry of its own, which the reader's next label has as its comment. Returns the new state of
   * the image. Error `label.nothing-to-comment`: there is none to remove.
   */
  'label.comment': call({
    input: z.strictObject({ imageId: id, comment, reader: actingReader }),
    output: imageViewSchema,
    audit: ['comment'],
    blinded: 'redacted',
    role: 'technician',
  }),
  /** Every label event, oldest first. */
  'label.list': call({
    input: z.strictObject({ imageId: id.nullable().default(null) }),
    output: z.array(labelEntryViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** Writes the current labels, or all label events, to a CSV file that an import can read. */
  'label.export': call({
    input: z.strictObject({ path: filePath, replace, history: z.boolean().default(false) }),
    output: z.object({ labels: z.int() }),
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
  /**
   * Undoes the reader's newest label event of each image, or of none if one refuses, by a new event with the previous state, whatever
   * the reader did elsewhere since; `undo.undo` undoes their newest step. Returns the new state of the images.
   */
  'label.undo': call({
    input: z.strictObject({
      imageIds,
      /** As for `image.label`. */
      confirmBlind: z.boolean().default(false),
      reader: actingReader,
      comment,
    }),
    output: z.array(imageViewSchema),
    audit: ['undo'],
    blinded: 'redacted',
    role: 'technician',
  }),
}
