import { z } from 'zod'
import { auditCalls } from './audit.ts'
import { backendChoiceSchema } from './backends.ts'
import { caseReportCalls } from './case-report.ts'
import { classSchemeSchema, parseClassScheme } from './classes.ts'
import { dropCalls } from './drops.ts'
import { effortSchema } from './effort.ts'
import { errorViewSchema } from './errors.ts'
import { evaluationReportSchema } from './evaluation.ts'
import { explanationCalls } from './explanation.ts'
import { externalDescriptorCalls, externalNameSchema } from './external-descriptors.ts'
import { jobCalls } from './jobs.ts'
import { modelComparisonSchema } from './model-comparison.ts'
import { modelPackageCalls } from './model-package.ts'
import { modelReportSchema } from './model-report.ts'
import { modelReviewCalls } from './model-review.ts'
import { preprocessCalls, viewCalls } from './preprocess.ts'
import { readingCalls } from './readings.ts'
import { encoderNameSchema } from './recipe.ts'
import { recipeChangesSchema } from './recipe-changes.ts'
import { regionCalls } from './regions.ts'
import { importPreviewSchema, jobViewSchema } from './job-views.ts'
import {
  directoryEntrySchema,
  doctorReportSchema,
  encoderViewSchema,
  imageViewSchema,
  labelEntryViewSchema,
  modelViewSchema,
  verdictViewSchema,
  workspaceInfoSchema,
  workspaceViewSchema,
} from './views.ts'

const nothing = z.strictObject({})
const done = z.object({})
const id = z.int().positive()
const filePath = z.string().min(1).max(4096)
const started = z.object({ jobId: id })

const readerName = z.string().trim().min(1).max(80)
const comment = z.string().trim().min(1).max(2000).nullable().default(null)
/** Why something is done; kept with it. */
const reason = comment

/** Where an image's label and case come from. */
const labelSources = {
  labels: z.enum(['folder', 'none']),
  /** A CSV file with the columns file and label or case, if wanted reader; goes before `labels`. */
  labelsFile: filePath.nullable().default(null),
  /** A regular expression over the file name; its first group, or the whole match, names the case. */
  casesPattern: z.string().max(500).nullable(),
}

const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })

/** Every call of the application, declared once; all doors serve exactly these. */
export const calls = {
  'app.info': call(
    nothing,
    z.object({
      version: z.string(),
      /** Whether the person at this machine has read the research-use sentence. */
      acknowledged: z.boolean(),
      reader: z.string(),
      /** Whether that reader reads blind: others' labels and suggestions are withheld until they decide. */
      isBlind: z.boolean(),
      /** Whether `dialog.choose` opens the system's own dialog; otherwise the page lists folders itself. */
      nativeDialogs: z.boolean(),
      /** Prefix of picture addresses: `${tiles}/<image id>/...` (contract/tiles.ts). */
      tiles: z.string(),
      homeDirectory: z.string(),
    }),
  ),
  'app.acknowledge': call(nothing, done),
  'app.doctor': call(
    /** `measure`: test and time every back-end now; takes seconds for each. */
    z.strictObject({ measure: z.boolean().default(false) }),
    doctorReportSchema,
  ),

  'dialog.choose': call(
    z.strictObject({ kind: z.enum(['files', 'folder', 'weights', 'table', 'package']) }),
    z.object({ paths: z.array(filePath) }),
  ),
  'directory.list': call(
    z.strictObject({ path: filePath.nullable() }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(directoryEntrySchema),
    }),
  ),

  'workspace.current': call(nothing, workspaceViewSchema.nullable()),
  'workspace.recent': call(nothing, z.array(z.object({ path: z.string(), name: z.string() }))),
  'workspace.create': call(
    z.strictObject({
      path: filePath,
      classes: z.string().refine(isClassScheme, 'not a class scheme'),
    }),
    workspaceViewSchema,
  ),
  'workspace.open': call(z.strictObject({ path: filePath }), workspaceViewSchema),
  'workspace.close': call(nothing, done),
  'workspace.info': call(nothing, workspaceInfoSchema),
  /** Looks at every file that belongs to it; answers a CheckReport. */
  'workspace.check': call(nothing, started),
  /** Looks in a folder for files of images that are gone or changed, by content; answers a RelinkReport. */
  'workspace.relink': call(z.strictObject({ directory: filePath }), started),

  'demo.create': call(
    z.strictObject({
      /** null: a folder `synthetic` inside the workspace. */
      directory: filePath.nullable(),
      perClass: z.int().min(1).max(1000),
      seed: z.int().nonnegative(),
      widthPx: z.int().min(64).max(8192),
      heightPx: z.int().min(64).max(8192),
    }),
    started,
  ),

  'image.import': call(
    z.strictObject({
      paths: z.array(filePath).min(1),
      ...labelSources,
      /** Pixel size in um of files that do not say theirs; they are marked `stated`. */
      pixelSizeUm: z.number().min(0.05).max(20).nullable().default(null),
      /** Of files with several pictures; `ask` lists them as failed with their pages. */
      pages: z.union([z.enum(['ask', 'first', 'all']), z.int().min(1).max(4096)]).default('ask'),
      /** Copies the files into the workspace. */
      copy: z.boolean().default(false),
    }),
    started,
  ),
  /** What an import would find, without opening a picture. */
  'image.preview': call(
    z.strictObject({
      paths: z.array(filePath).min(1),
      ...labelSources,
      /** Lists no more files than this, half of them such as get no case; null: all. */
      mostFiles: z.int().positive().nullable().default(null),
    }),
    importPreviewSchema,
  ),
  'image.list': call(nothing, z.array(imageViewSchema)),
  'image.get': call(z.strictObject({ imageId: id }), imageViewSchema),
  'image.verdicts': call(z.strictObject({ imageId: id }), z.array(verdictViewSchema)),
  'image.label': call(
    z.strictObject({
      imageIds: z.array(id).min(1),
      /** null withdraws what the reader said, or says that they are unsure. */
      className: z.string().nullable(),
      /** The reader looked and cannot say; never a label for training. */
      isUnsure: z.boolean().default(false),
      /** null: the reader of this machine (`reader.set`). */
      reader: readerName.nullable().default(null),
      comment,
    }),
    done,
  ),

  /** Every entry, oldest first. */
  'label.list': call(z.strictObject({ imageId: id.nullable().default(null) }), z.array(labelEntryViewSchema)),
  /** Writes the labels as they stand, or with their history, into a CSV file that an import can read. */
  'label.export': call(
    z.strictObject({ path: filePath, history: z.boolean().default(false) }),
    z.object({ labels: z.int() }),
  ),
  /** Takes the reader's newest entry of each image back by a new one that says what stood before; all or none. */
  'label.undo': call(
    z.strictObject({
      imageIds: z.array(id).min(1),
      reader: readerName.nullable().default(null),
      comment,
    }),
    done,
  ),

  /** Another scheme, as long as nothing was labelled. */
  'classes.set': call(z.strictObject({ classes: classSchemeSchema }), workspaceViewSchema),

  'encoder.list': call(nothing, z.array(encoderViewSchema)),
  'encoder.demo': call(z.strictObject({ names: z.array(encoderNameSchema).min(1) }), started),
  /** Downloads official weights from their official place; only ever at a person's wish. */
  'encoder.fetch': call(z.strictObject({ names: z.array(encoderNameSchema).min(1) }), started),
  'encoder.import': call(
    z.strictObject({
      paths: z.array(filePath).min(1),
      /** Whether files of the right layout with another hash are taken, and marked. */
      allowUnofficial: z.boolean().default(false),
    }),
    started,
  ),

  'recipe.list': call(nothing, z.array(z.object({ name: z.string(), description: z.string() }))),

  'model.list': call(nothing, z.array(modelViewSchema)),
  'model.train': call(
    z.strictObject({
      name: z.string().trim().min(1).max(80),
      recipe: z.string(),
      /** Apart from the recipe. */
      changes: recipeChangesSchema.optional(),
      /** A set of external descriptors in place of Lobule's own. */
      descriptors: externalNameSchema.nullable().default(null),
      /** Left out: by case where any labelled image carries one. `image` must be asked for there. */
      groupBy: z.enum(['case', 'image']).optional(),
    }),
    started,
  ),
  'model.report': call(z.strictObject({ model: z.string().nullable() }), modelReportSchema),
  /** One HTML page, JSON or CSV, by the ending of the path; null: of the model in use. */
  'model.writeReport': call(
    z.strictObject({ model: z.string().nullable(), path: filePath }),
    z.object({ path: z.string() }),
  ),
  /** The newest verdicts of a model on these images as CSV, a row an image; null: of the model in use. */
  'model.writeVerdicts': call(
    z.strictObject({
      model: z.string().nullable(),
      path: filePath,
      /** `file`: what the row calls the image. */
      images: z.array(z.strictObject({ imageId: id, file: filePath })),
    }),
    z.object({ path: z.string(), rows: z.int() }),
  ),
  'model.compare': call(z.strictObject({ first: z.string(), second: z.string() }), modelComparisonSchema),
  /** Puts a model in use until another one is promoted. */
  'model.promote': call(z.strictObject({ model: z.string(), reason }), z.object({ inUse: z.string() })),
  /** Takes the last promotion back. */
  'model.rollback': call(z.strictObject({ reason }), z.object({ inUse: z.string() })),
  /** Of the two-class score: an image at or above it counts as carcinoma. */
  'model.setOperatingPoint': call(
    z.strictObject({ model: z.string(), threshold: z.number().min(0).max(1) }),
    done,
  ),
  'model.classify': call(
    z.strictObject({
      /** null: every image of the workspace. */
      imageIds: z.array(id).min(1).nullable(),
      /** null: the promoted one, else the newest. */
      model: z.string().nullable(),
      effort: effortSchema.default('full'),
    }),
    started,
  ),

  /** Makes the descriptors of every image of the workspace that are missing (job `encode`). */
  'descriptors.encode': call(z.strictObject({ recipe: z.string(), backend: backendChoiceSchema }), started),
  /** Describes one image file into a `.npy` file; needs no workspace (job `describe`). */
  'descriptors.describe': call(
    z.strictObject({
      image: filePath,
      out: filePath,
      encoder: encoderNameSchema,
      cropPx: z.int().min(32).max(8192),
      augmentations: z.int().min(1).max(1000),
      mode: z.enum(['crops', 'dense']),
      seed: z.int().nonnegative(),
      backend: backendChoiceSchema,
      /** One row a crop instead of pooled ones. */
      raw: z.boolean(),
      /** Pixels as they are in the file: not resampled, not normalised, not augmented, not turned. */
      identity: z.boolean(),
    }),
    started,
  ),

  ...externalDescriptorCalls,

  'evaluation.table': call(
    z.strictObject({
      path: filePath,
      /** Classes that count as carcinoma; null: those of the default scheme. */
      positive: z.array(z.string().min(1)).nullable(),
      /** Of the operating points. */
      thresholds: z.array(z.number().min(0).max(1)).max(100),
    }),
    evaluationReportSchema,
  ),

  ...dropCalls,
  ...auditCalls,
  ...caseReportCalls,
  ...preprocessCalls,
  ...viewCalls,
  ...explanationCalls,
  ...regionCalls,
  ...readingCalls,
  ...modelReviewCalls,
  ...modelPackageCalls,

  'job.list': call(nothing, z.array(jobViewSchema)),
  'job.get': call(z.strictObject({ jobId: id }), jobViewSchema),
  'job.cancel': call(z.strictObject({ jobId: id }), done),
  ...jobCalls,
} as const

function isClassScheme(text: string): boolean {
  try {
    parseClassScheme(text)
    return true
  } catch {
    return false
  }
}

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>

/** One function for each call; a missing one does not compile. */
export type Handlers = {
  [N in CallName]: (input: z.output<Calls[N]['input']>) => Promise<CallOutput<N>> | CallOutput<N>
}

/** What comes back through every door, since Electron carries only an error's message. */
export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorViewSchema }),
])
export type Answer = z.infer<typeof answerSchema>

export const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name)
