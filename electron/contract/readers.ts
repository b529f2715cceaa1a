import { z } from 'zod'
import { actingReader, comment, count, done, fraction, id, isoTime, nothing, readerName } from './atoms.ts'
import { call } from './call.ts'
import { imageViewSchema } from './images.ts'

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

export const readerCalls = {
  /** Every reader who is known in the open workspace. */
  'reader.list': call({
    input: nothing,
    output: z.array(knownReaderSchema),
    audit: 'reads',
    blinded: 'open',
  }),
  /** Adds a reader before their first label. */
  'reader.add': call({
    input: z.strictObject({ name: readerName }),
    output: done,
    audit: ['reader'],
    blinded: 'open',
  }),
  /** Sets who reads at this machine from now on. */
  'reader.set': call({
    input: z.strictObject({ name: readerName }),
    output: done,
    audit: ['reader'],
    blinded: 'open',
  }),
  /** Whether that reader is blinded: labels of others and suggested classes are hidden until they decide. */
  'reader.setBlind': call({
    input: z.strictObject({ isBlind: z.boolean() }),
    output: done,
    audit: ['reading'],
    blinded: 'open',
  }),
  'reading.agreement': call({
    input: z.strictObject({ basis: z.enum(agreementBases).default('current') }),
    output: agreementReportSchema,
    audit: 'reads',
    blinded: 'refused',
  }),
  /**
   * Settles images, all or none; the class counts from then on. null removes the adjudication. Answers the images
   * as they now are.
   */
  'reading.adjudicate': call({
    input: z.strictObject({
      imageIds: z.array(id).min(1),
      className: z.string().nullable(),
      reader: actingReader,
      comment,
    }),
    output: z.array(imageViewSchema),
    audit: ['adjudication'],
    blinded: 'refused',
  }),
}
