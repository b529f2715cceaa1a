import type { HandoverReport } from './exchange.ts'
import { z } from 'zod'
import { fraction, id } from './atoms.ts'
import { backendNameSchema } from './backends.ts'
import type { BackupCheckReport, BackupReport, RestoreReport } from './backup.ts'
import type { EncoderComparison } from './encoder-comparison.ts'
import { weightsSourceSchema } from './encoders.ts'
import type { ExternalImportReport } from './external-descriptors.ts'
import { failureSchema } from './failure.ts'
import type { ImportReport } from './images.ts'
import type { BackendInstallReport } from './installable-backends.ts'
import type { LeakCheckReport } from './leaks.ts'
import type { LearningCurve } from './learning-curve.ts'
import { modelComparisonSchema } from './model-comparison.ts'
import type { ExportReport, ModelImportReport } from './model-package.ts'
import { guessingTestSchema } from './model-report.ts'
import { qualityFlagSchema } from './quality.ts'
import { encoderNameSchema } from './encoder-names.ts'
import { researchUseSentence } from './research-use.ts'
import type { CollectShardsReport, PlanShardsReport, PlanSlidesReport, PlanTrainingReport } from './shards.ts'
import type { TestSetOpening } from './test-sets.ts'

export const trainReportSchema = z.object({
  model: z.string(),
  modelId: id,
  boosters: z.int(),
  images: z.int(),
  /** Labelled regions, and their training fields; absent: it was trained on whole images only. */
  regions: z.object({ regions: z.int(), fields: z.int() }).optional(),
  cases: z.int(),
  groupedBy: z.enum(['case', 'image']),
  imagesWithoutCase: z.int(),
  accuracy: fraction,
  folds: z.array(fraction),
  /** Mean (percent) and population standard deviation (percentage points) of the folds' accuracies. */
  mean: z.number().optional(),
  std: z.number().optional(),
  /** Of the carcinoma score; null without positive and negative classes. */
  auc: fraction.nullable().optional(),
  weights: weightsSourceSchema,
  skipped: z.array(failureSchema),
  /** What became of the model; absent: trained by a version that put the newest model in use. */
  use: z
    .object({
      inUse: z.boolean(),
      /** null: the model has no report. */
      guessing: guessingTestSchema.nullable(),
      /** With the model in use until then, without its `flips`; null: there was none, or it has no report. */
      comparison: modelComparisonSchema.nullable(),
    })
    .optional(),
  /** What limits the figures, one sentence each. */
  warnings: z.array(z.string()).optional(),
  researchUse: z.literal(researchUseSentence),
})
export type TrainReport = z.infer<typeof trainReportSchema>

export const classifyReportSchema = z.object({
  modelName: z.string(),
  classified: z.int(),
  /** Images of a locked test set, which are left out. */
  locked: z.int().optional(),
  failed: z.array(failureSchema),
})
export type ClassifyReport = z.infer<typeof classifyReportSchema>

export const demoReportSchema = z.object({ directory: z.string(), images: z.int() })
export type DemoReport = z.infer<typeof demoReportSchema>

export const encodersReportSchema = z.object({
  /** Names of encoders; empty: nothing was installed. */
  installed: z.array(z.string()),
  /** Those of them whose weights are not the official ones. */
  unofficial: z.array(z.string()).optional(),
  /** Encoders of one's own that were removed. */
  removed: z.array(z.string()).optional(),
  failed: z.array(failureSchema),
})
export type EncodersReport = z.infer<typeof encodersReportSchema>

export const encodeReportSchema = z.object({
  recipe: z.string(),
  /** Images that now have all descriptors. */
  images: z.int(),
  /** Number of their descriptor files. */
  files: z.int(),
  failed: z.array(failureSchema),
  weights: weightsSourceSchema,
  /** Back-ends that were used; empty if every file existed already. */
  backends: z.array(backendNameSchema),
  /** Where one ran out of memory or failed, and what took over: sentences without a full stop. Absent in older reports. */
  notes: z.array(z.string()).optional(),
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

/** The heat map that was created; `explanation.get` returns it. */
export const explainReportSchema = z.object({ imageId: id, modelId: id, modelName: z.string() })
export type ExplainReport = z.infer<typeof explainReportSchema>

export const relinkReportSchema = z.object({
  found: z.array(z.object({ imageId: id, from: z.string(), to: z.string() })),
  missing: z.array(z.object({ imageId: id, path: z.string() })),
  failed: z.array(failureSchema),
})
export type RelinkReport = z.infer<typeof relinkReportSchema>

export const analyseSlidesReportSchema = z.object({
  modelName: z.string(),
  /** One for each slide, `slide.analyses` has the rest. */
  analyses: z.array(z.object({ imageId: id, analysisId: id, places: z.int() })),
  failed: z.array(failureSchema),
})
export type AnalyseSlidesReport = z.infer<typeof analyseSlidesReportSchema>

export const checkReportSchema = z.object({
  /** Number of items that were checked. */
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
        'slide-map-missing',
        'slide-map-damaged',
      ]),
      path: z.string(),
      /** What is wrong, and what to do. */
      message: z.string(),
    }),
  ),
})
export type CheckReport = z.infer<typeof checkReportSchema>

/** The report of a finished job, by kind. */
export interface JobReports {
  demo: DemoReport
  import: ImportReport
  'try-import': ImportReport
  encoders: EncodersReport
  backends: BackendInstallReport
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
  'plan-shards': PlanShardsReport
  'plan-training': PlanTrainingReport
  'plan-slides': PlanSlidesReport
  'collect-shards': CollectShardsReport
  'open-test-set': TestSetOpening
  'learning-curve': LearningCurve
  'compare-encoders': EncoderComparison
  backup: BackupReport
  'verify-backup': BackupCheckReport
  restore: RestoreReport
  'hand-over': HandoverReport
  leaks: LeakCheckReport
  'analyse-slides': AnalyseSlidesReport
}
