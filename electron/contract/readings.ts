import { z } from 'zod'
import { id, isoTime } from './atoms.ts'
import { labelOriginSchema, type LabelOrigin } from './label-source.ts'
import { isSameReader } from './reader-names.ts'

/** A current label of an image, of a reader or from another source, or its adjudication. */
export const readingViewSchema = z.object({
  /** Of the label event. */
  id,
  ...labelOriginSchema,
  /** The reader who imported a label that is no reader's; null: it is a reader's. */
  importedBy: z.string().nullable(),
  /** null: the reader is unsure. */
  className: z.string().nullable(),
  isUnsure: z.boolean(),
  /** Given before labels of other readers or a suggested class were shown. */
  isBlind: z.boolean(),
  at: isoTime,
  comment: z.string().nullable(),
})
export type ReadingView = z.infer<typeof readingViewSchema>

/** A comment on an image by a reader who had not labelled it. */
export const noteViewSchema = z.object({
  /** Of the label event. */
  id,
  reader: z.string(),
  at: isoTime,
  comment: z.string(),
})
export type NoteView = z.infer<typeof noteViewSchema>

/** The current labels of an image. */
export const readingsSchema = z.object({
  /**
   * One per reader who has a current label or is unsure, in the order in which they were given. A label that is no
   * reader's stays beside them.
   */
  all: z.array(readingViewSchema),
  /** The current adjudication; it decides whatever the readers chose. */
  adjudication: readingViewSchema.nullable(),
  /** Comments without a label, the oldest first; the next label of the same reader replaces theirs. Absent: none. */
  notes: z.array(noteViewSchema).optional(),
  /** Whether readers chose different classes, without an adjudication: the image has no label then. */
  isDisputed: z.boolean(),
  /** Whether labels, prediction and file name are hidden, because the blind reader has not decided yet. */
  isWithheld: z.boolean(),
})
export type Readings = z.infer<typeof readingsSchema>

export const labelViewSchema = z.object({
  className: z.string(),
  ...labelOriginSchema,
  at: isoTime,
  /** Absent: not known here. */
  comment: z.string().nullable().optional(),
  /** Whether it comes from an adjudication. */
  isAdjudicated: z.boolean().optional(),
})
export type LabelView = z.infer<typeof labelViewSchema>

export const noReadings: Readings = { all: [], adjudication: null, isDisputed: false, isWithheld: false }

/**
 * The reading that becomes an image's label: the adjudication if there is one; otherwise, if all chose the same class,
 * the newest of them. null: no class was chosen, or the labels differ. Unsure readers abstain. A label from another
 * source counts like a reader's, unless the reader who imported it has corrected it. Training uses these labels and no
 * others (docs/readers.md).
 */
export function agreedReading({ all, adjudication }: Pick<Readings, 'all' | 'adjudication'>): {
  reading: ReadingView | null
  isDisputed: boolean
} {
  if (adjudication !== null) return { reading: adjudication, isDisputed: false }
  const named = all.filter((reading) => reading.className !== null && !isCorrected(reading, all))
  const isDisputed = named.some(({ className }) => className !== named[0]?.className)
  return { reading: isDisputed ? null : (named.at(-1) ?? null), isDisputed }
}

/** Whether the reader who imported a label gave the image a label of their own, with the imported one in view. */
export const isCorrected = ({ importedBy }: ReadingView, all: readonly ReadingView[]): boolean =>
  importedBy !== null && all.some((other) => isSameReader(other.reader, importedBy) && isCorrection(other))

/** Whether a label would correct one that its reader imported: they saw that one and chose in the program. */
export const isCorrection = ({ isBlind, table }: Pick<ReadingView, 'isBlind' | 'table'>): boolean =>
  !isBlind && table === null

/** The label of an image, from its agreed reading. */
export function labelOf(
  readings: Pick<Readings, 'all' | 'adjudication'>,
): (LabelOrigin & { className: string; at: string; comment: string | null; isAdjudicated: boolean }) | null {
  const { reading } = agreedReading(readings)
  if (reading === null || reading.className === null) return null
  const { className, reader, source, table, at, comment } = reading
  return { className, reader, source, table, at, comment, isAdjudicated: readings.adjudication !== null }
}

export const readerViewSchema = z.object({ name: z.string(), since: isoTime, entries: z.int() })
export type ReaderView = z.infer<typeof readerViewSchema>
