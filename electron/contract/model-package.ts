import { z } from 'zod'
import {
  anyModelName,
  filePath,
  fraction,
  id,
  isoTime,
  modelName,
  replace,
  sha256,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { classSchemeSchema } from './classes.ts'
import { encoderNameSchema } from './encoder-names.ts'
import { classifierKindSchema, recipeSchema } from './recipe.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence, untrainedWarning } from './research-use.ts'

const index = z.int().nonnegative()

/**
 * The format of packages that are written. Format 1 has no likeness, format 2 has it. Both call the weights source
 * `encoders`, with other words (engine/encoders/older-weights.ts). Format 3 has `weights`, and likeness where the
 * model has it. Format 4 has the kind of each classifier. Format 5 may have encoders that are not Lobule's; its recipe holds the
 * terms of their licences. Format 6 has a model card. Format 7 may have a recipe that converts colours to sRGB. Format 8 may have
 * predictions of regions, several of an image.
 */
export const packageVersion = 8
/** The first format with regions. */
export const regionsVersion = 8
/** The first format with a model card. */
export const cardVersion = 6

/** Names of the entries beside the boosters' texts. */
export const packageDocuments = {
  manifest: 'manifest.json',
  /** The model's report (contract/model-report.ts). */
  report: 'report.json',
  /** The training images, and the fold that held each of them out (`foldTableSchema`). */
  folds: 'folds.json',
  /** The vectors of the training images (docs/likeness.md), if the report names them. */
  likeness: 'likeness.npy',
  /** The model card, as Markdown: a text, which is shown as it is and never as a page. */
  card: 'card.md',
} as const

/** Endings that a model package may have; the second one is the system's sign that Lobule opens it (electron-builder.yml). */
export const packageEndings: readonly string[] = ['.zip', '.lobule-model']

/** The first entry of a model package: what it is, and the size and hash of every other entry. */
export const modelManifestSchema = z.strictObject({
  format: z.literal('lobule-model'),
  version: z.int().min(1).max(packageVersion),
  researchUse: z.literal(researchUseSentence),
  /** Present if the encoders were untrained; null otherwise. */
  untrained: z.literal(untrainedWarning).nullable(),
  name: modelName,
  trainedAt: isoTime,
  recipe: recipeSchema,
  recipeFingerprint: sha256,
  classes: classSchemeSchema,
  weights: weightsSourceSchema,
  /** Fingerprints of the weights that the model was trained with, and that it needs to predict. */
  encoderFingerprints: z.record(encoderNameSchema, z.string().min(1).max(128)),
  /** On the carcinoma score. */
  operatingPoint: fraction,
  /** Versions of the software that computed it. */
  software: z.record(z.string().max(80), z.string().max(200)),
  boosters: z
    .array(
      z.strictObject({
        /** Formats before 4 know LightGBM alone, and do not say it. */
        kind: classifierKindSchema.default('lightgbm'),
        encoder: encoderNameSchema,
        /** Index into `recipe.crops.sets`. */
        cropSet: index,
        /** The fold that it was not trained on. */
        fold: index,
        seed: index,
        path: z.string().max(200),
      }),
    )
    .min(1),
  /** Every entry of the package except this manifest. */
  entries: z.array(z.strictObject({ path: z.string().max(200), bytes: id, sha256 })).min(1),
})
export type ModelManifest = z.infer<typeof modelManifestSchema>

export const foldTableSchema = z.array(z.strictObject({ sha256, fold: index, synthetic: z.boolean() })).min(1)
export type FoldTable = z.infer<typeof foldTableSchema>

/** Result of an export. */
export const exportReportSchema = z.object({
  model: z.string(),
  path: z.string(),
  bytes: id,
  /** Of the whole file, for comparison at the destination. */
  sha256,
  boosters: id,
  weights: weightsSourceSchema,
  /** Terms of the licences of encoders that are not Lobule's, one sentence each. */
  terms: z.array(z.string()).optional(),
  researchUse: z.literal(researchUseSentence),
})
export type ExportReport = z.infer<typeof exportReportSchema>

/** Result of the import of a model. */
export const modelImportReportSchema = z.object({
  model: z.string(),
  modelId: id,
  /** Of the whole package. */
  sha256,
  boosters: id,
  /** Images that it was trained on. */
  images: id,
  /** Of them, images in this workspace: they are predicted only by boosters that were not trained on them. */
  imagesHere: index,
  weights: weightsSourceSchema,
  /** Weights that it needs, and whether these weights, others or none are installed. */
  needs: z.array(
    z.object({
      encoder: encoderNameSchema,
      fingerprint: z.string(),
      state: z.enum(['installed', 'missing', 'other']),
    }),
  ),
  /** Terms of the licences of encoders that are not Lobule's, one sentence each. */
  terms: z.array(z.string()).optional(),
  /** What limits the model's figures, one sentence each. */
  warnings: z.array(z.string()),
  researchUse: z.literal(researchUseSentence),
})
export type ModelImportReport = z.infer<typeof modelImportReportSchema>

/** A package before it is imported. */
export const packagePreviewSchema = z.object({
  name: z.string(),
  trainedAt: isoTime,
  recipe: z.string(),
  classes: z.array(z.string()),
  weights: weightsSourceSchema,
  boosters: id,
  version: id,
  /** Markdown; null: its format has none. */
  card: z.string().nullable(),
})
export type PackagePreview = z.infer<typeof packagePreviewSchema>

export const modelPackageCalls = {
  /** What a package says about itself; its classifiers are not read. Errors `package.*`, `path.*`. */
  'model.preview': call({
    input: z.strictObject({ path: filePath }),
    output: packagePreviewSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Writes a model to one file (job `export-model`, reports an ExportReport). */
  'model.export': call({
    input: z.strictObject({ model: anyModelName, path: filePath, replace }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** Imports a model from such a file (job `import-model`, reports a ModelImportReport). */
  'model.import': call({
    input: z.strictObject({
      path: filePath,
      /** null: the name in the package. */
      name: modelName.nullable().default(null),
    }),
    output: started,
    audit: ['model', 'operating-point', 'slide-threshold'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}
