import { z } from 'zod'
import {
  actingReader,
  anyClassName,
  comment,
  count,
  done,
  fraction,
  id,
  imageIds,
  isoTime,
  nothing,
  readerName,
} from './atoms.ts'
import { call } from './call.ts'
import { imageViewSchema } from './images.ts'
import { readerStudySchema } from './reader-study.ts'

export const knownReaderSchema = z.object({
  name: z.string(),
  /** Time of the first label event, or when the reader was added. */
  since: isoTime,
  /** Number of all their label events. */
  entries: count,
  /** Images with a current label of this reader, unsure included. */
  read: count,
  unsure: count,
  /** Whether they read blind on this machine. */
  isBlind: z.boolean(),
})
export type KnownReader = z.infer<typeof knownReaderSchema>

const kappaSchema = {
  /** Images that it is calculated from. */
  images: count,
  /** 1: full agreement; 0: agreement by chance. null if undefined: no image, or only one class. */
  kappa: z.number().nullable(),
  standardError: z.number().nullable(),
  /** 95 %: kappa plus and minus 1.96 standard errors, limited to -1..1. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
}

/** Which labels are compared. */
export const agreementBases = ['current', 'independent'] as const
export type AgreementBasis = (typeof agreementBases)[number]

export const readerPairSchema = z.object({
  first: z.string(),
  second: z.string(),
  ...kappaSchema,
  /** Images for which both chose the same class. */
  agreed: count,
  /** `agreed` over `images` with its 95 % Wilson interval; null without images. */
  observed: z.object({ share: fraction, low: fraction, high: fraction }).nullable(),
  /** Images that both have read, with one or both unsure; included in `cells`, not in kappa. */
  unsure: count,
  /**
   * Ids of the images in each cell: rows are the first reader's labels, columns the second reader's, in the order of
   * the scheme with `unsure` last.
   */
  cells: z.array(z.array(z.array(id))),
})
export type ReaderPair = z.infer<typeof readerPairSchema>

export const agreementReportSchema = z.object({
  basis: z.enum(agreementBases),
  /** The classes of the scheme, in order. */
  classes: z.array(z.string()),
  readers: z.array(z.object({ name: z.string(), read: count, unsure: count, blind: count })),
  /** Each pair of readers with at least one common image; Cohen's kappa. */
  pairs: z.array(readerPairSchema),
  /** All readers together, over images for which at least two chose a class; Fleiss' kappa. */
  overall: z.object({ ...kappaSchema, readers: count }),
  /** Images whose readers disagree, without an adjudication: they have no label. */
  disputed: z.array(id),
  /** Images with an unsure reader, without an adjudication. */
  unsure: z.array(id),
  adjudicated: z.array(id),
  /** Removed images with labels of two readers or more: they enter no figure. */
  removed: count,
})
export type AgreementReport = z.infer<typeof agreementReportSchema>

export const readerCalls = {
  /** Every reader of the open workspace. */
  'reader.list': call({
    input: nothing,
    output: z.array(knownReaderSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** Adds a reader before their first label. */
  'reader.add': call({
    input: z.strictObject({ name: readerName }),
    output: done,
    audit: ['reader'],
    blinded: 'open',
    role: 'technician',
  }),
  /** Sets the active reader of this machine. */
  'reader.set': call({
    input: z.strictObject({ name: readerName }),
    output: done,
    audit: ['reader'],
    blinded: 'open',
    role: 'read-only',
  }),
  /** Sets blind reading for the active reader: labels of others and suggested classes are hidden until they decide. */
  'reader.setBlind': call({
    input: z.strictObject({ isBlind: z.boolean() }),
    output: done,
    audit: ['reading'],
    blinded: 'open',
    role: 'technician',
  }),
  'reading.agreement': call({
    input: z.strictObject({ basis: z.enum(agreementBases).default('current') }),
    output: agreementReportSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Time per image, overrides, and labels before and after the suggestion. */
  'reading.study': call({
    input: nothing,
    output: readerStudySchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /**
   * Adjudicates images, or none if one refuses; the class becomes their label. null removes the adjudication. Returns the new
   * state of the images.
   */
  'reading.adjudicate': call({
    input: z.strictObject({
      imageIds,
      className: anyClassName.nullable(),
      reader: actingReader,
      comment,
    }),
    output: z.array(imageViewSchema),
    audit: ['adjudication'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}
