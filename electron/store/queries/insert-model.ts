import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  type ClassScheme,
  type Recipe,
  type TrainingReport,
  type WeightsSource,
} from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import type { BoosterRecord, FoldRecord, ImportedFold } from './models.ts'
import { lockedImages } from './test-sets.ts'
import { insertTrainedRegions, type TrainedRegion } from './trained-regions.ts'

export interface NewModel {
  name: string
  recipe: Recipe
  recipeFingerprint: string
  weights: WeightsSource
  encoderFingerprints: Record<string, string>
  classes: ClassScheme
  cases: number
  groupedBy: 'case' | 'image'
  imagesWithoutCase: number
  accuracy: number
  foldAccuracies: number[]
  durationMs: number
  software: Record<string, string>
  boosters: BoosterRecord[]
  folds: FoldRecord[]
  /** Regions of images; absent: it was trained on whole images only. */
  regions?: TrainedRegion[]
  /** `card`: the model card of the package that it came in. */
  report?: TrainingReport & { card?: string }
  /** Training images of an imported model. */
  importedFolds?: ImportedFold[]
  /** When it was trained; by default now. */
  createdAt?: string
  /** Hash of the package of an imported model. */
  packageSha256?: string
}

/** The lists of images may have changed while the model was trained. The tables refuse them too. */
function requireUnlocked(database: Readable, imageIds: ReadonlySet<number>): void {
  const locked = lockedImages(database)
  const images = [...imageIds].filter((imageId) => locked.has(imageId)).length
  if (images > 0) throw new AppError('test-set.locked-meanwhile', { images })
}

/**
 * Stores a whole model version, with its event in the audit trail, in one transaction and returns its id. It is a
 * candidate: `insertPromotion` puts it in use.
 * @throws AppError `test-set.locked-meanwhile`
 */
export function insertModel(database: Writable, model: NewModel): number {
  const { regions = [] } = model
  const imageIds = new Set([...model.folds, ...regions].map(({ imageId }) => imageId))
  return database.transaction(() => {
    requireUnlocked(database, imageIds)
    database
      .prepare('INSERT INTO recipes (fingerprint, name, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(model.recipeFingerprint, model.recipe.name, JSON.stringify(model.recipe))
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO models (name, recipe_fingerprint, weights, encoder_fingerprints, classes, cases,
          grouped_by, images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at,
          needs_promotion)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
      )
      .run(
        model.name,
        model.recipeFingerprint,
        model.weights,
        JSON.stringify(model.encoderFingerprints),
        JSON.stringify(model.classes),
        model.cases,
        model.groupedBy,
        model.imagesWithoutCase,
        model.accuracy,
        JSON.stringify(model.foldAccuracies),
        model.durationMs,
        JSON.stringify(model.software),
        model.createdAt ?? new Date().toISOString(),
      )
    const modelId = Number(lastInsertRowid)
    const booster = database.prepare(
      `INSERT INTO boosters (model_id, kind, encoder, crop_set, fold, seed, text_sha256)
       VALUES (?, nullif(?, 'lightgbm'), ?, ?, ?, ?, ?)`,
    )
    for (const b of model.boosters) {
      booster.run(modelId, b.kind, b.encoder, b.cropSet, b.fold, b.seed, b.textSha256)
    }
    const fold = database.prepare(
      'INSERT INTO folds (model_id, image_id, fold, class_name, probabilities) VALUES (?, ?, ?, ?, ?)',
    )
    for (const f of model.folds) {
      fold.run(modelId, f.imageId, f.fold, f.className, JSON.stringify(f.probabilities))
    }
    insertTrainedRegions(database, modelId, regions)
    const imported = database.prepare(
      'INSERT INTO imported_folds (model_id, sha256, fold, synthetic) VALUES (?, ?, ?, ?)',
    )
    for (const f of model.importedFolds ?? []) imported.run(modelId, f.sha256, f.fold, f.synthetic ? 1 : 0)
    if (model.report !== undefined) {
      database
        .prepare('INSERT INTO model_reports (model_id, content) VALUES (?, ?)')
        .run(modelId, JSON.stringify(model.report))
    }
    const { name, importedFolds = [] } = model
    appendEvent(database, {
      // An imported model was trained elsewhere.
      kind: importedFolds.length > 0 ? 'model' : 'training',
      object: { type: 'model', id: modelId, name },
      after: {
        accuracy: model.accuracy,
        boosters: model.boosters.length,
        needsPromotion: true,
        boostersSha256: sha256(model.boosters.map(({ textSha256 }) => `${textSha256}\n`).join('')),
        cases: model.cases,
        encoderFingerprints: model.encoderFingerprints,
        groupedBy: model.groupedBy,
        images: imageIds.size + importedFolds.length,
        ...(regions.length === 0 ? {} : { regions: regions.length }),
        recipe: model.recipe.name,
        recipeFingerprint: model.recipeFingerprint,
        reportSha256: model.report === undefined ? null : sha256(canonicalJson(model.report)),
        software: model.software,
        weights: model.weights,
        ...(model.packageSha256 === undefined ? {} : { packageSha256: model.packageSha256 }),
      },
      rows: {
        models: [modelId],
        recipes: [model.recipeFingerprint],
        boosters: [modelId],
        folds: [modelId],
        trained_regions: [modelId],
        imported_folds: [modelId],
        model_reports: [modelId],
      },
    })
    return modelId
  })()
}
