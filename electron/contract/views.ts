import { z } from 'zod'
import { backendViewSchema, encoderBackendViewSchema } from './backends.ts'
import { classSchemeSchema } from './classes.ts'
import { effortMadeSchema } from './effort.ts'
import { verdictLikenessSchema } from './likeness.ts'
import { qualityFlagSchema } from './quality.ts'
import { readingsSchema } from './readings.ts'
import { encoderNameSchema, recipeSchema } from './recipe.ts'

/** Said wherever users meet results. */
export const researchUseSentence = 'For Research Use Only. Not for use in diagnostic procedures.'

/** Said wherever untrained encoders were asked. */
export const untrainedWarning =
  'UNTRAINED ENCODER: these results test the machinery and say nothing about tissue.'

const isoTime = z.iso.datetime()
const fraction = z.number().min(0).max(1)
const id = z.int().positive()

export const workspaceViewSchema = z.object({
  path: z.string(),
  name: z.string(),
  classes: classSchemeSchema,
  imageCount: z.int(),
  labelledCount: z.int(),
  modelCount: z.int(),
})
export type WorkspaceView = z.infer<typeof workspaceViewSchema>

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

export const readerViewSchema = z.object({ name: z.string(), since: isoTime, entries: z.int() })
export type ReaderView = z.infer<typeof readerViewSchema>

/** Where the weights behind a result come from; `demo` is untrained and knows nothing. */
export const weightSourceSchema = z.enum(['keras', 'unofficial', 'demo'])
export type WeightSource = z.infer<typeof weightSourceSchema>

/** What a verdict says beyond its class probabilities (engine/verdict/verdict-details.ts). */
export const verdictDetailsSchema = z.object({
  /** The probabilities after temperature scaling fitted on out-of-fold predictions. */
  calibrated: z.record(z.string(), fraction),
  /** Classes that the image may be of, at the asked coverage of each class; may be none or all. */
  predictionSet: z.object({ level: fraction, classes: z.array(z.string()) }),
  /** Standard deviation of the suggested class's probability; null with only one of them. */
  spread: z.object({ boosters: z.number().nullable(), augmentations: z.number().nullable() }),
  /** What each encoder says by itself: class name to probability. All count alike. */
  byEncoder: z.partialRecord(encoderNameSchema, z.record(z.string(), fraction)),
  /** How many were averaged. */
  augmentations: z.int().positive(),
  /** Absent: of a version that knew only all of them. */
  effort: effortMadeSchema.optional(),
  /** Side of the model's operating point; null without a two-class score. */
  operatingPoint: z.object({ threshold: fraction, isPositive: z.boolean() }).nullable(),
  /** How like the training images the image is. Absent: of a version that did not know it. */
  likeness: verdictLikenessSchema.optional(),
})
export type VerdictDetails = z.infer<typeof verdictDetailsSchema>

export const verdictViewSchema = z.object({
  id,
  imageId: id,
  modelId: id,
  modelName: z.string(),
  suggested: z.string(),
  /** Class name to probability, in the order of the scheme; they add up to 1. */
  probabilities: z.record(z.string(), fraction),
  /** c / (c + n), c the largest positive class, n the largest negative; null without both kinds. */
  carcinomaScore: fraction.nullable(),
  encoders: weightSourceSchema,
  /** True where the image took part in training: only boosters whose fold left it out were asked. */
  outOfFold: z.boolean(),
  /** How many boosters were averaged. */
  boosters: z.int().positive(),
  flags: z.array(qualityFlagSchema),
  /** null: from a model without a report. */
  details: verdictDetailsSchema.nullable(),
  at: isoTime,
})
export type VerdictView = z.infer<typeof verdictViewSchema>

export const imageViewSchema = z.object({
  id,
  /** Of the file; of a further page of a file with several pictures, of file and page together. */
  sha256: z.string().length(64),
  /** The file that is read: the copy in the workspace where there is one. */
  path: z.string(),
  /** Where it was imported from, or found again. */
  originalPath: z.string(),
  copied: z.boolean(),
  /** Which picture of its file, from 1. */
  page: z.int().positive(),
  fileName: z.string(),
  format: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelSizeUm: z.number().positive().nullable(),
  /** `resolution-tag`, `ome-xml`, `aperio`, `none`, or `stated` by the user at import. */
  pixelSizeSource: z.string(),
  /** Made by Lobule's own generator, never to be taken for real tissue. */
  synthetic: z.boolean(),
  caseName: z.string().nullable(),
  /** What counts, also for training (`agreedReading`); null: nobody named a class, or readers disagree. */
  label: labelViewSchema.nullable(),
  readings: readingsSchema,
  /** The newest verdict. */
  verdict: verdictViewSchema.nullable(),
  importedAt: isoTime,
})
export type ImageView = z.infer<typeof imageViewSchema>

export const encoderViewSchema = z.object({
  name: encoderNameSchema,
  title: z.string(),
  source: z.enum([...weightSourceSchema.options, 'missing']),
  fingerprint: z.string().nullable(),
  licence: z.string(),
  attribution: z.string(),
  path: z.string().nullable(),
})
export type EncoderView = z.infer<typeof encoderViewSchema>

export const modelViewSchema = z.object({
  id,
  name: z.string(),
  recipe: recipeSchema,
  recipeFingerprint: z.string(),
  encoders: weightSourceSchema,
  classes: z.array(z.string()),
  boosters: z.int().positive(),
  images: z.int().positive(),
  cases: z.int().nonnegative(),
  /** How the folds were grouped; `image` where no image carries a case. */
  groupedBy: z.enum(['case', 'image']),
  /** Images without a case, each a group of its own. */
  imagesWithoutCase: z.int().nonnegative(),
  /** Out-of-fold accuracy over all images. */
  accuracy: fraction,
  folds: z.array(fraction),
  synthetic: z.boolean(),
  /** Asked where no model is named: the promoted one, else the newest. */
  inUse: z.boolean().optional(),
  /** 95 % of the accuracy, from resampled cases (images where there are none); null: it kept no report. */
  accuracyInterval: z
    .object({ low: z.number(), high: z.number(), over: z.enum(['case', 'image']) })
    .nullable()
    .optional(),
  durationMs: z.number().nonnegative(),
  createdAt: isoTime,
})
export type ModelView = z.infer<typeof modelViewSchema>

export const workspaceInfoSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Number of the newest migration. */
  format: z.int(),
  createdAt: isoTime,
  images: z.int(),
  /** Of them, copied into the workspace. */
  copied: z.int(),
  cases: z.int(),
  labelled: z.int(),
  /** Images whose readers disagree and that nobody adjudicated: they have no label. */
  disputed: z.int(),
  /** Images without a label of which somebody is unsure. */
  unsure: z.int(),
  labelEntries: z.int(),
  models: z.int(),
  verdicts: z.int(),
  classes: z.array(z.object({ name: z.string(), isPositive: z.boolean(), images: z.int() })),
  readers: z.array(readerViewSchema),
  /** Of each part of the folder. */
  bytes: z.object({
    database: z.int(),
    copies: z.int(),
    descriptors: z.int(),
    boosters: z.int(),
    /** Heat maps. */
    explanations: z.int(),
    /** Tissue that Lobule drew into the folder. */
    synthetic: z.int(),
    /** What copies and drops left behind, and copies that no image names. */
    leftovers: z.int(),
  }),
  freeBytes: z.int(),
})
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>

export const doctorCheckSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'missing']),
  detail: z.string(),
})
export const doctorReportSchema = z.object({
  version: z.string(),
  researchUse: z.literal(researchUseSentence),
  checks: z.array(doctorCheckSchema),
  encoders: z.array(encoderViewSchema),
  backends: z.array(backendViewSchema),
  /** What a new encoding would begin with; empty where no back-end could be looked at. */
  use: z.array(encoderBackendViewSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const directoryEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'image', 'workspace', 'weights', 'table', 'package']),
})
export type DirectoryEntry = z.infer<typeof directoryEntrySchema>
