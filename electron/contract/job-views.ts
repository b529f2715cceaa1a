import { z } from 'zod'
import { fraction, id, isoTime } from './atoms.ts'
import { backendNameSchema } from './backends.ts'
import { errorViewSchema } from './errors.ts'
import type { ExternalImportReport } from './external-descriptors.ts'
import { failureSchema } from './failure.ts'
import type { ExportReport, ModelImportReport } from './model-package.ts'
import { qualityFlagSchema } from './quality.ts'
import { encoderNameSchema } from './recipe.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence } from './research-use.ts'

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
  'explain',
  'export-model',
  'import-model',
  'import-descriptors',
] as const
export const jobStates = [
  'queued',
  'running',
  'pausing',
  'paused',
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

/** Why a row of a table of labels was not followed; `row` counts from 1 below the first line. */
export const rowProblemSchema = z.object({ row: z.int(), file: z.string(), problem: z.string() })
export type RowProblem = z.infer<typeof rowProblemSchema>

export const importPreviewSchema = z.object({
  files: z.array(
    z.object({ path: z.string(), caseName: z.string().nullable(), className: z.string().nullable() }),
  ),
  /** Of all files that were found, listed or not. */
  totals: z.object({
    files: z.int(),
    bytes: z.int(),
    /** Different cases, and files without one. */
    cases: z.int(),
    withoutCase: z.int(),
    labelled: z.int(),
  }),
  /** On the workspace's disk. */
  freeBytes: z.int(),
  failed: z.array(failureSchema),
  rows: z.array(rowProblemSchema),
})
export type ImportPreview = z.infer<typeof importPreviewSchema>

export const importReportSchema = z.object({
  imported: z.int(),
  duplicates: z.int(),
  /** Duplicates whose image had lost its file: it is read from the new place now. */
  found: z.int(),
  /** Images that got a label, duplicates that nobody had labelled included. */
  labelled: z.int(),
  /** Of the images that were imported or met, how many have no known pixel size. */
  withoutPixelSize: z.int().optional(),
  /** Rows of the table of labels that were not followed. */
  rows: z.array(rowProblemSchema),
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
  weights: weightsSourceSchema,
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
  weights: weightsSourceSchema,
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
  weights: weightsSourceSchema,
  fingerprint: z.string(),
  backends: z.array(backendNameSchema),
  flags: z.array(qualityFlagSchema),
  durationMs: z.number().nonnegative(),
  researchUse: z.literal(researchUseSentence),
})
export type DescribeReport = z.infer<typeof describeReportSchema>

/** Which heat map was made; it is asked for by `explanation.get`. */
export const explainReportSchema = z.object({ imageId: id, modelId: id, modelName: z.string() })
export type ExplainReport = z.infer<typeof explainReportSchema>

export const relinkReportSchema = z.object({
  found: z.array(z.object({ imageId: id, from: z.string(), to: z.string() })),
  missing: z.array(z.object({ imageId: id, path: z.string() })),
  failed: z.array(failureSchema),
})
export type RelinkReport = z.infer<typeof relinkReportSchema>

export const checkReportSchema = z.object({
  /** What was looked at. */
  images: z.int(),
  descriptors: z.int(),
  boosters: z.int(),
  problems: z.array(
    z.object({
      kind: z.enum([
        'database',
        'image-missing',
        'image-changed',
        'image-unreadable',
        'descriptors-damaged',
        'booster-missing',
        'booster-damaged',
      ]),
      path: z.string(),
      /** What is wrong and what to do. */
      message: z.string(),
    }),
  ),
})
export type CheckReport = z.infer<typeof checkReportSchema>

/** What a finished job of each kind answers. */
export interface JobReports {
  demo: DemoReport
  import: ImportReport
  encoders: EncodersReport
  train: TrainReport
  classify: ClassifyReport
  encode: EncodeReport
  describe: DescribeReport
  explain: ExplainReport
  relink: RelinkReport
  check: CheckReport
  'export-model': ExportReport
  'import-model': ModelImportReport
  'import-descriptors': ExternalImportReport
}

export const jobViewSchema = z.object({
  id,
  kind: z.enum(jobKinds),
  title: z.string(),
  state: z.enum(jobStates),
  /** Whether it can be paused, and resumed when it stopped unfinished. */
  resumable: z.boolean(),
  /** Whether something failed that can be retried by itself (`job.retry`). */
  retriable: z.boolean(),
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
