import {
  AppError,
  type ClassifierKind,
  type ClassScheme,
  type EncoderName,
  type ModelView,
  type Recipe,
  type WeightsSource,
} from '../../contract/index.ts'
import { asStored, currentClassNames, renamedScheme, type Rename } from '../class-names.ts'
import type { Readable } from '../database.ts'
import { trainedImages } from './trained-regions.ts'

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

function fromRow(row: ModelRow, rename: Rename): StoredModel {
  const scheme = renamedScheme(JSON.parse(row.classes) as ClassScheme, rename)
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
export function listModels(database: Readable): StoredModel[] {
  const rename = currentClassNames(database)
  return database
    .prepare<[], ModelRow>(`${selectModels} WHERE m.removed_at IS NULL ORDER BY m.id DESC`)
    .all()
    .map((row) => fromRow(row, rename))
}

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
  return fromRow(row, currentClassNames(database))
}

/**
 * From the present names of classes to those that a model was trained with: other workspaces know it by these.
 * @throws AppError `model.not-found`
 */
export function namesOfTraining(database: Readable, { id, name }: ModelKey): Rename {
  const rename = currentClassNames(database)
  if (rename === asStored) return asStored
  const text = database.prepare<[number], string>('SELECT classes FROM models WHERE id = ?').pluck().get(id)
  if (text === undefined) throw new AppError('model.not-found', { model: name })
  const stored = new Map((JSON.parse(text) as ClassScheme).map((one) => [rename(one.name), one.name]))
  return (current) => stored.get(current) ?? current
}

/** The names of classes that models were trained with, removed models included. */
export const listModelClassNames = (database: Readable): string[] =>
  database
    .prepare<[], string>("SELECT DISTINCT c.value ->> '$.name' FROM models m, json_each(m.classes) c")
    .pluck()
    .all()

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
