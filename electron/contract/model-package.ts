import { z } from 'zod'
import { filePath, fraction, id, isoTime, modelName, sha256, started } from './atoms.ts'
import { call } from './call.ts'
import { classSchemeSchema } from './classes.ts'
import { encoderNameSchema, recipeSchema } from './recipe.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence, untrainedWarning } from './research-use.ts'

const index = z.int().nonnegative()

/**
 * The format of packages that are written. Format 1 has no likeness, format 2 has it. Both call the weights source
 * `encoders`, with other words (engine/encoders/older-weights.ts). Format 3 has `weights`, and likeness where the
 * model has it.
 */
export const packageVersion = 3

/** Names of the entries beside the boosters' texts. */
export const packageDocuments = {
  manifest: 'manifest.json',
  /** The model's report (contract/model-report.ts). */
  report: 'report.json',
  /** Which images trained it, and the fold that held each out (`foldTableSchema`). */
  folds: 'folds.json',
  /** The training images' vectors (docs/likeness.md), where the report names them. */
  likeness: 'likeness.npy',
} as const

/** What stands first in a model package: what it is, and size and hash of everything else in it. */
export const modelManifestSchema = z.strictObject({
  format: z.literal('lobule-model'),
  version: z.int().min(1).max(packageVersion),
  researchUse: z.literal(researchUseSentence),
  /** Said where the encoders were untrained; null otherwise. */
  untrained: z.literal(untrainedWarning).nullable(),
  name: modelName,
  trainedAt: isoTime,
  recipe: recipeSchema,
  recipeFingerprint: sha256,
  classes: classSchemeSchema,
  weights: weightsSourceSchema,
  /** Of the very weights that it was trained on, and without which it can say nothing. */
  encoderFingerprints: z.partialRecord(encoderNameSchema, z.string().min(1).max(128)),
  /** Of the two-class score. */
  operatingPoint: fraction,
  /** Versions of what computed it. */
  software: z.record(z.string().max(80), z.string().max(200)),
  boosters: z
    .array(
      z.strictObject({
        encoder: encoderNameSchema,
        /** Index into `recipe.crops.sets`. */
        cropSet: index,
        /** The fold that it never saw. */
        fold: index,
        seed: index,
        path: z.string().max(200),
      }),
    )
    .min(1),
  /** Everything in the package but this manifest. */
  entries: z.array(z.strictObject({ path: z.string().max(200), bytes: id, sha256 })).min(1),
})
export type ModelManifest = z.infer<typeof modelManifestSchema>

export const foldTableSchema = z.array(z.strictObject({ sha256, fold: index, synthetic: z.boolean() })).min(1)
export type FoldTable = z.infer<typeof foldTableSchema>

/** What became of an export. */
export const exportReportSchema = z.object({
  model: z.string(),
  path: z.string(),
  bytes: id,
  /** Of the whole file, to be compared where it arrives. */
  sha256,
  boosters: id,
  weights: weightsSourceSchema,
  researchUse: z.literal(researchUseSentence),
})
export type ExportReport = z.infer<typeof exportReportSchema>

/** What became of an import of a model. */
export const modelImportReportSchema = z.object({
  model: z.string(),
  modelId: id,
  /** Of the whole package. */
  sha256,
  boosters: id,
  /** Images that trained it. */
  images: id,
  /** Of them, those that this workspace holds: they are asked only of boosters that never saw them. */
  imagesHere: index,
  weights: weightsSourceSchema,
  /** Weights that it needs, and whether they are installed: none, others, or these. */
  needs: z.array(
    z.object({
      encoder: encoderNameSchema,
      fingerprint: z.string(),
      state: z.enum(['installed', 'missing', 'other']),
    }),
  ),
  /** What limits the model's figures, one sentence each. */
  warnings: z.array(z.string()),
  researchUse: z.literal(researchUseSentence),
})
export type ModelImportReport = z.infer<typeof modelImportReportSchema>

export const modelPackageCalls = {
  /** Writes a model into one file (job `export-model`, answers an ExportReport). */
  'model.export': call({
    input: z.strictObject({ model: z.string(), path: filePath }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
  }),
  /** Takes a model in from such a file (job `import-model`, answers a ModelImportReport). */
  'model.import': call({
    input: z.strictObject({
      path: filePath,
      /** null: the name in the package. */
      name: modelName.nullable().default(null),
    }),
    output: started,
    audit: ['model', 'operating-point'],
    blinded: 'open',
  }),
}
