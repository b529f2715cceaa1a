import { z } from 'zod'

const isoTime = z.iso.datetime()
const id = z.int().positive()
const count = z.int().nonnegative()
const fraction = z.number().min(0).max(1)
export const readerNameSchema = z.string().trim().min(1).max(80)
const nothing = z.strictObject({})
const done = z.object({})

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

export const knownReaderSchema = z.object({
  name: z.string(),
  /** First entry, or when they were added. */
  since: isoTime,
  /** Everything that they ever entered. */
  entries: count,
  /** Images of which they now say something. */
  read: count,
  unsure: count,
  /** Whether they read blind on this machine. */
  isBlind: z.boolean(),
})
export type KnownReader = z.infer<typeof knownReaderSchema>

const kappaSchema = {
  /** Images behind it. */
  images: count,
  /** 1 full agreement, 0 what chance gives; null where it does not exist: no image, or one class only. */
  kappa: z.number().nullable(),
  standardError: z.number().nullable(),
  /** 95 %: kappa plus and minus 1.96 standard errors, cut to -1..1. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
}

/** Which readings are compared. */
export const agreementBases = ['current', 'independent'] as const
export type AgreementBasis = (typeof agreementBases)[number]

export const readerPairSchema = z.object({
  first: z.string(),
  second: z.string(),
  ...kappaSchema,
  /** Images for which both named the same class. */
  agreed: count,
  /** `agreed` over `images` with its 95 % Wilson interval; null without images. */
  observed: z.object({ share: fraction, low: fraction, high: fraction }).nullable(),
  /** Images that both read and of which one or both are unsure; they are in `cells`, not in kappa. */
  unsure: count,
  /**
   * Ids of the images in each cell: rows what the first reader said, columns the second, in the order of the
   * scheme and `unsure` last.
   */
  cells: z.array(z.array(z.array(id))),
})
export type ReaderPair = z.infer<typeof readerPairSchema>

export const agreementReportSchema = z.object({
  basis: z.enum(agreementBases),
  /** Of the scheme, in order. */
  classes: z.array(z.string()),
  readers: z.array(z.object({ name: z.string(), read: count, unsure: count, blind: count })),
  /** Each two readers who read an image in common, by Cohen. */
  pairs: z.array(readerPairSchema),
  /** All readers together, by Fleiss, over images for which at least two named a class. */
  overall: z.object({ ...kappaSchema, readers: count }),
  /** Images whose readers disagree and that nobody adjudicated: they have no label. */
  disputed: z.array(id),
  /** Images of which a reader is unsure, and that nobody adjudicated. */
  unsure: z.array(id),
  adjudicated: z.array(id),
})
export type AgreementReport = z.infer<typeof agreementReportSchema>

const comment = z.string().trim().min(1).max(2000).nullable().default(null)

export const readingCalls = {
  /** Everybody who is known in the open workspace. */
  'reader.list': { input: nothing, output: z.array(knownReaderSchema) },
  /** Makes somebody known before they have said anything. */
  'reader.add': { input: z.strictObject({ name: readerNameSchema }), output: done },
  /** Who reads at this machine from now on. */
  'reader.set': { input: z.strictObject({ name: readerNameSchema }), output: done },
  /** Whether that reader reads blind: what others say and what is suggested is withheld until they decide. */
  'reader.setBlind': { input: z.strictObject({ isBlind: z.boolean() }), output: done },
  'reading.agreement': {
    input: z.strictObject({ basis: z.enum(agreementBases).default('current') }),
    output: agreementReportSchema,
  },
  /** Settles images, all or none; the class counts from then on. null takes the adjudication away. */
  'reading.adjudicate': {
    input: z.strictObject({
      imageIds: z.array(id).min(1),
      className: z.string().nullable(),
      /** null: the reader of this machine. */
      reader: readerNameSchema.nullable().default(null),
      comment,
    }),
    output: done,
  },
} as const
