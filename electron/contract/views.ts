import { z } from 'zod'
import { backendNameSchema, backendViewSchema } from './backends.ts'
import { classSchemeSchema } from './classes.ts'
import { errorCodeSchema, errorViewSchema } from './errors.ts'
import { qualityFlagSchema } from './quality.ts'
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
})
export type LabelView = z.infer<typeof labelViewSchema>

/** Where the weights behind a result come from; `demo` is untrained and knows nothing. */
export const weightSourceSchema = z.enum(['keras', 'unofficial', 'demo'])
export type WeightSource = z.infer<typeof weightSourceSchema>

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
  at: isoTime,
})
export type VerdictView = z.infer<typeof verdictViewSchema>

export const imageViewSchema = z.object({
  id,
  sha256: z.string().length(64),
  path: z.string(),
  fileName: z.string(),
  format: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelSizeUm: z.number().positive().nullable(),
  /** Made by Lobule's own generator, never to be taken for real tissue. */
  synthetic: z.boolean(),
  caseName: z.string().nullable(),
  label: labelViewSchema.nullable(),
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
  durationMs: z.number().nonnegative(),
  createdAt: isoTime,
})
export type ModelView = z.infer<typeof modelViewSchema>

export const jobKinds = [
  'demo',
  'import',
  'encoders',
  'train',
  'classify',
  'relink',
  'check',
  'encode',
  'describe',
] as const
export const jobStates = [
  'queued',
  'running',
  'cancelling',
  'cancelled',
  'interrupted',
  'failed',
  'done',
] as const

export const progressSchema = z.object({
  stage: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  unit: z.string(),
  /** Over all stages. */
  fraction,
  etaMs: z.number().nonnegative().nullable(),
})
export type Progress = z.infer<typeof progressSchema>

export const failureSchema = z.object({ path: z.string(), code: errorCodeSchema, message: z.string() })
export type Failure = z.infer<typeof failureSchema>

export const importReportSchema = z.object({
  imported: z.int(),
  duplicates: z.int(),
  failed: z.array(failureSchema),
  /** The image of each readable file, duplicates included. */
  images: z.array(z.object({ path: z.string(), imageId: id })),
})
export type ImportReport = z.infer<typeof importReportSchema>

export const trainReportSchema = z.object({
  model: z.string(),
  modelId: id,
  boosters: z.int(),
  images: z.int(),
  cases: z.int(),
  groupedBy: z.enum(['case', 'image']),
  imagesWithoutCase: z.int(),
  accuracy: fraction,
  folds: z.array(fraction),
  /** Of the folds' accuracies: mean in percent, population standard deviation in percentage points. */
  mean: z.number().optional(),
  std: z.number().optional(),
  /** Of the two-class score; null without classes of both kinds. */
  auc: fraction.nullable().optional(),
  encoders: weightSourceSchema,
  skipped: z.array(failureSchema),
  /** What limits the figures, one sentence each. */
  warnings: z.array(z.string()).optional(),
  researchUse: z.literal(researchUseSentence),
})
export type TrainReport = z.infer<typeof trainReportSchema>

export const classifyReportSchema = z.object({
  modelName: z.string(),
  classified: z.int(),
  failed: z.array(failureSchema),
})
export type ClassifyReport = z.infer<typeof classifyReportSchema>

export const demoReportSchema = z.object({ directory: z.string(), images: z.int() })
export type DemoReport = z.infer<typeof demoReportSchema>

export const encodersReportSchema = z.object({
  installed: z.array(z.string()),
  failed: z.array(failureSchema),
})
export type EncodersReport = z.infer<typeof encodersReportSchema>

export const encodeReportSchema = z.object({
  recipe: z.string(),
  /** Images whose descriptors are all there now. */
  images: z.int(),
  /** Descriptor files of them. */
  files: z.int(),
  failed: z.array(failureSchema),
  encoders: weightSourceSchema,
  /** Back-ends that took part; empty where every file was there already. */
  backends: z.array(backendNameSchema),
  durationMs: z.number().nonnegative(),
  researchUse: z.literal(researchUseSentence),
})
export type EncodeReport = z.infer<typeof encodeReportSchema>

export const describeReportSchema = z.object({
  image: z.string(),
  sha256: z.string().length(64),
  /** The `.npy` file: float32, rows x columns. */
  path: z.string(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  encoder: encoderNameSchema,
  weights: weightSourceSchema,
  fingerprint: z.string(),
  backends: z.array(backendNameSchema),
  flags: z.array(qualityFlagSchema),
  durationMs: z.number().nonnegative(),
  researchUse: z.literal(researchUseSentence),
})
export type DescribeReport = z.infer<typeof describeReportSchema>

/** What a finished job of each kind answers. */
export interface JobReports {
  demo: DemoReport
  import: ImportReport
  encoders: EncodersReport
  train: TrainReport
  classify: ClassifyReport
  encode: EncodeReport
  describe: DescribeReport
}

export const jobViewSchema = z.object({
  id,
  kind: z.enum(jobKinds),
  title: z.string(),
  state: z.enum(jobStates),
  progress: progressSchema.nullable(),
  error: errorViewSchema.nullable(),
  /** The report of its kind once done (JobReports). */
  report: z.unknown(),
  createdAt: isoTime,
  endedAt: isoTime.nullable(),
})
export type JobView = z.infer<typeof jobViewSchema>
export type JobKind = JobView['kind']
export type JobState = JobView['state']

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
  /** The back-end that a new encoding would begin with; null where none could be looked at. */
  use: backendNameSchema.nullable(),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const directoryEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'image', 'workspace', 'weights']),
})
export type DirectoryEntry = z.infer<typeof directoryEntrySchema>
