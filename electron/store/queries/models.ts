import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  type ClassifierKind,
  type ClassScheme,
  type EncoderName,
  type ModelView,
  type Recipe,
  type TrainingReport,
  type WeightsSource,
} from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { lockedImages } from './test-sets.ts'
import { insertTrainedRegions, trainedImages, type TrainedRegion } from './trained-regions.ts'

/** One trained classifier; its text is stored in boosters/<textSha256>.txt. */
export interface BoosterRecord {
  kind: ClassifierKind
  encoder: EncoderName
  /** Index into the recipe's crop sets. */
  cropSet: number
  fold: number
  seed: number
  textSha256: string
}

/** The part of an image in a training. */
export interface FoldRecord {
  imageId: number
  fold: number
  className: string
  /** Out-of-fold, in the order of the model's classes. */
  probabilities: number[]
}

export interface ImportedFold {
  sha256: string
  fold: number
  synthetic: boolean
}

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

interface ModelRow {
  id: number
  name: string
  recipe: string
  recipe_fingerprint: string
  weights: WeightsSource
  encoder_fingerprints: string
  classes: string
  cases: number
  grouped_by: 'case' | 'image'
  images_without_case: number
  accuracy: number
  fold_accuracies: string
  duration_ms: number
  created_at: string
  boosters: number
  images: number
  regions: number
  synthetic: number
  needs_promotion: number
  is_imported: number
}

const selectModels = `
  SELECT m.*, r.content AS recipe,
    (SELECT count(*) FROM boosters b WHERE b.model_id = m.id) AS boosters,
    (SELECT count(*) FROM ${trainedImages} f WHERE f.model_id = m.id)
      + (SELECT count(*) FROM imported_folds f WHERE f.model_id = m.id) AS images,
    (SELECT count(*) FROM trained_regions t WHERE t.model_id = m.id) AS regions,
    max(
      coalesce((SELECT max(i.synthetic) FROM ${trainedImages} f JOIN images i ON i.id = f.image_id
        WHERE f.model_id = m.id), 0),
      coalesce((SELECT max(f.synthetic) FROM imported_folds f WHERE f.model_id = m.id), 0)
    ) AS synthetic,
    EXISTS (SELECT 1 FROM imported_folds f WHERE f.model_id = m.id) AS is_imported
  FROM models m JOIN recipes r ON r.fingerprint = m.recipe_fingerprint`

/** A model with the fields that the engine needs. */
export interface StoredModel extends ModelView {
  regions: number
  scheme: ClassScheme
  encoderFingerprints: Record<string, string>
}

function fromRow(row: ModelRow): StoredModel {
  const scheme = JSON.parse(row.classes) as ClassScheme
  return {
    id: row.id,
    name: row.name,
    recipe: JSON.parse(row.recipe) as Recipe,
    recipeFingerprint: row.recipe_fingerprint,
    weights: row.weights,
    encoderFingerprints: JSON.parse(row.encoder_fingerprints) as Record<string, string>,
    scheme,
    classes: scheme.map((c) => c.name),
    boosters: row.boosters,
    images: row.images,
    regions: row.regions,
    cases: row.cases,
    groupedBy: row.grouped_by,
    imagesWithoutCase: row.images_without_case,
    accuracy: row.accuracy,
    folds: JSON.parse(row.fold_accuracies) as number[],
    synthetic: row.synthetic === 1,
    needsPromotion: row.needs_promotion === 1,
    isImported: row.is_imported === 1,
    durationMs: row.duration_ms,
    createdAt: row.created_at,
  }
}

/** Newest first, without removed ones. */
export const listModels = (database: Readable): StoredModel[] =>
  database
    .prepare<[], ModelRow>(`${selectModels} WHERE m.removed_at IS NULL ORDER BY m.id DESC`)
    .all()
    .map(fromRow)

/** Identifies a model: enough for most uses, and read without its recipe. */
export type ModelKey = Pick<StoredModel, 'id' | 'name'>

/** Newest first, without removed ones. */
export const listModelKeys = (database: Readable): ModelKey[] =>
  database
    .prepare<[], ModelKey>('SELECT id, name FROM models WHERE removed_at IS NULL ORDER BY id DESC')
    .all()

/** Removed models, the one that was removed last first. */
export const listRemovedModels = (database: Readable): (ModelKey & { at: string })[] =>
  database
    .prepare<[], ModelKey & { at: string }>(
      `SELECT id, name, removed_at AS at FROM models WHERE removed_at IS NOT NULL
       ORDER BY removed_at DESC, id DESC`,
    )
    .all()

/**
 * The model of that name, in upper or lower case. Names are compared here because SQLite's NOCASE knows ASCII only.
 * @throws AppError `model.not-found`
 */
export function findModelKey(
  database: Readable,
  name: string,
  among: readonly ModelKey[] = listModelKeys(database),
): ModelKey {
  const key = among.find((model) => model.name.toLowerCase() === name.toLowerCase())
  if (key === undefined) throw new AppError('model.not-found', { model: name })
  return key
}

/** The newest model of a version that put the newest model in use; null if there is none. */
export const newestWithoutPromotion = (database: Readable): ModelKey | null =>
  database
    .prepare<[], ModelKey>(
      `SELECT id, name FROM models WHERE needs_promotion = 0 AND removed_at IS NULL ORDER BY id DESC LIMIT 1`,
    )
    .get() ?? null

/** Whether a version stored the model that put the newest in use. */
export const needsNoPromotion = (database: Readable, modelId: number): boolean =>
  database.prepare('SELECT 1 FROM models WHERE id = ? AND needs_promotion = 0').get(modelId) !== undefined

export const hasModels = (database: Readable): boolean =>
  database.prepare('SELECT 1 FROM models WHERE removed_at IS NULL LIMIT 1').get() !== undefined

/** Also of a removed model; null if no model has this id. */
export const readModelName = (database: Readable, modelId: number): string | null =>
  database.prepare<[number], string>('SELECT name FROM models WHERE id = ?').pluck().get(modelId) ?? null

/** @throws AppError `model.not-found` */
export const findModel = (database: Readable, name: string): StoredModel =>
  readModel(database, findModelKey(database, name))

/** @throws AppError `model.not-found` */
export function readModel(database: Readable, { id, name }: ModelKey): StoredModel {
  const row = database.prepare<[number], ModelRow>(`${selectModels} WHERE m.id = ?`).get(id)
  if (row === undefined) throw new AppError('model.not-found', { model: name })
  return fromRow(row)
}

/** Also a removed model keeps its name. */
export const hasModel = (database: Readable, name: string): boolean =>
  database.prepare('SELECT 1 FROM models WHERE name = ?').get(name) !== undefined

export const listBoosters = (database: Readable, modelId: number): BoosterRecord[] =>
  database
    .prepare<[number], BoosterRecord>(
      `SELECT coalesce(kind, 'lightgbm') AS kind, encoder, crop_set AS cropSet, fold, seed,
        text_sha256 AS textSha256
       FROM boosters WHERE model_id = ? ORDER BY id`,
    )
    .all(modelId)

/** Image id to the fold that held it out, for the images that trained a model. */
export const listFolds = (database: Readable, modelId: number): Map<number, number> =>
  new Map(
    database
      .prepare<[{ id: number }], { image: number; fold: number }>(
        `SELECT image_id AS image, fold FROM ${trainedImages} WHERE model_id = :id
         UNION ALL
         SELECT i.id, f.fold FROM imported_folds f JOIN images i ON i.sha256 = f.sha256
         WHERE f.model_id = :id`,
      )
      .all({ id: modelId })
      .map((row) => [row.image, row.fold]),
  )

/** Every training image of a model, by content hash, wherever the model was trained; in the order of the hashes. */
export const listFoldTable = (database: Readable, modelId: number): ImportedFold[] =>
  database
    .prepare<[{ id: number }], Omit<ImportedFold, 'synthetic'> & { synthetic: number }>(
      `SELECT i.sha256, f.fold, i.synthetic FROM ${trainedImages} f JOIN images i ON i.id = f.image_id
       WHERE f.model_id = :id
       UNION ALL
       SELECT sha256, fold, synthetic FROM imported_folds WHERE model_id = :id
       ORDER BY sha256`,
    )
    .all({ id: modelId })
    .map((row) => ({ ...row, synthetic: row.synthetic === 1 }))

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
