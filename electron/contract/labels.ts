import { z } from 'zod'
import { actingReader, comment, filePath, id, isoTime } from './atoms.ts'
import { call } from './call.ts'
import { imageViewSchema } from './images.ts'

/** One entry of the labels, which are only ever added to. */
export const labelEntryViewSchema = z.object({
  id,
  imageId: id,
  /** `adjudication` settles an image, whatever its readers say. */
  kind: z.enum(['reading', 'adjudication']),
  /** null: unsure, withdrawn, or taken back to where nothing was said. */
  className: z.string().nullable(),
  isUnsure: z.boolean(),
  /** Given before anything of others or any suggestion was shown. */
  isBlind: z.boolean(),
  reader: z.string(),
  at: isoTime,
  comment: z.string().nullable(),
  /** The entry that this one takes back. */
  undoes: id.nullable(),
  /** Whether it is what its reader now says of the image, or the adjudication that stands. */
  current: z.boolean(),
})
export type LabelEntryView = z.infer<typeof labelEntryViewSchema>

export const labelCalls = {
  /** Labels images, all or none; answers them as they now are. */
  'image.label': call({
    input: z.strictObject({
      imageIds: z.array(id).min(1),
      /** null withdraws the reader's label, or with `isUnsure` records that they cannot decide. */
      className: z.string().nullable(),
      /** The reader looked and cannot decide; never a label for training. */
      isUnsure: z.boolean().default(false),
      reader: actingReader,
      comment,
    }),
    output: z.array(imageViewSchema),
    audit: ['label', 'override'],
    blinded: 'redacted',
  }),
  /** Every entry, oldest first. */
  'label.list': call({
    input: z.strictObject({ imageId: id.nullable().default(null) }),
    output: z.array(labelEntryViewSchema),
    audit: 'reads',
    blinded: 'redacted',
  }),
  /** Writes the current labels, or all entries, to a CSV file that an import can read. */
  'label.export': call({
    input: z.strictObject({ path: filePath, history: z.boolean().default(false) }),
    output: z.object({ labels: z.int() }),
    audit: ['export'],
    blinded: 'refused',
  }),
  /**
   * Undoes the reader's newest entry of each image by a new entry with what was there before,
   * all or none; answers the images as they now are.
   */
  'label.undo': call({
    input: z.strictObject({ imageIds: z.array(id).min(1), reader: actingReader, comment }),
    output: z.array(imageViewSchema),
    audit: ['undo'],
    blinded: 'redacted',
  }),
}
