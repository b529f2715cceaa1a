import { z } from 'zod'
import { id, isoTime } from './atoms.ts'

/** What one reader now says of an image, or how it was adjudicated. */
export const readingViewSchema = z.object({
  /** Of the entry. */
  id,
  reader: z.string(),
  /** null: the reader is unsure. */
  className: z.string().nullable(),
  isUnsure: z.boolean(),
  /** Given before anything of others or any suggestion was shown. */
  isBlind: z.boolean(),
  at: isoTime,
  comment: z.string().nullable(),
})
export type ReadingView = z.infer<typeof readingViewSchema>

/** Everything that readers now say of an image. */
export const readingsSchema = z.object({
  /** One of each reader who says anything, in the order in which they last spoke. */
  all: z.array(readingViewSchema),
  /** The newest that stands; it counts whatever the readers say. */
  adjudication: readingViewSchema.nullable(),
  /** Whether readers name different classes and nobody has adjudicated: the image has no label then. */
  isDisputed: z.boolean(),
  /** Whether a blind reader has not decided yet: labels, verdict and file name are withheld. */
  isWithheld: z.boolean(),
})
export type Readings = z.infer<typeof readingsSchema>

export const labelViewSchema = z.object({
  className: z.string(),
  reader: z.string(),
  at: isoTime,
  /** Absent: not known here. */
  comment: z.string().nullable().optional(),
  /** Whether it settled what readers disagreed about. */
  isAdjudicated: z.boolean().optional(),
})
export type LabelView = z.infer<typeof labelViewSchema>

export const noReadings: Readings = { all: [], adjudication: null, isDisputed: false, isWithheld: false }

/**
 * The one reading that an image's label comes from: the adjudication where there is one; else, where all who
 * name a class name the same, the newest of them. null: nobody named a class, or readers disagree. Who is
 * unsure abstains. Training takes these labels and no others (docs/readers.md).
 */
export function agreedReading({ all, adjudication }: Pick<Readings, 'all' | 'adjudication'>): {
  reading: ReadingView | null
  isDisputed: boolean
} {
  if (adjudication !== null) return { reading: adjudication, isDisputed: false }
  const named = all.filter(({ className }) => className !== null)
  const isDisputed = named.some(({ className }) => className !== named[0]?.className)
  return { reading: isDisputed ? null : (named.at(-1) ?? null), isDisputed }
}

/** The label of an image: what its agreed reading says. */
export function labelOf(
  readings: Pick<Readings, 'all' | 'adjudication'>,
): { className: string; reader: string; at: string; comment: string | null; isAdjudicated: boolean } | null {
  const { reading } = agreedReading(readings)
  if (reading === null || reading.className === null) return null
  const { className, reader, at, comment } = reading
  return { className, reader, at, comment, isAdjudicated: readings.adjudication !== null }
}

/** Whether two names mean the same reader: letters of either case, however they are spelled in Unicode. */
export const isSameReader = (a: string, b: string): boolean => comparable(a) === comparable(b)
const comparable = (name: string): string => name.trim().normalize('NFC').toLocaleLowerCase('en')

export const readerViewSchema = z.object({ name: z.string(), since: isoTime, entries: z.int() })
export type ReaderView = z.infer<typeof readerViewSchema>
