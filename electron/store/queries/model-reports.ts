import { AppError, type TrainingReport } from '../../contract/index.ts'
import type { Readable, Writable } from '../connection.ts'
import { findModel, type StoredModel } from './models.ts'

/** Set points of the published system are 0.33 and 0.50 (PIPELINE.md section 11). */
const defaultOperatingPoint = 0.5

/** Null for a model of a version that kept no report. */
export function readTrainingReport(database: Readable, modelId: number): TrainingReport | null {
  const row = database
    .prepare<[number], { content: string }>('SELECT content FROM model_reports WHERE model_id = ?')
    .get(modelId)
  return row === undefined ? null : (JSON.parse(row.content) as TrainingReport)
}

/** Versions of what computed a model. */
export function readSoftware(database: Readable, modelId: number): Record<string, string> {
  const row = database
    .prepare<[number], { software: string }>('SELECT software FROM models WHERE id = ?')
    .get(modelId)
  return JSON.parse(row?.software ?? '{}') as Record<string, string>
}

export function readOperatingPoint(database: Readable, modelId: number): number {
  const row = database
    .prepare<[number], { threshold: number }>(
      'SELECT threshold FROM operating_points WHERE model_id = ? ORDER BY id DESC LIMIT 1',
    )
    .get(modelId)
  return row?.threshold ?? defaultOperatingPoint
}

export function insertOperatingPoint(database: Writable, modelId: number, threshold: number): void {
  database
    .prepare('INSERT INTO operating_points (model_id, threshold, at) VALUES (?, ?, ?)')
    .run(modelId, threshold, new Date().toISOString())
}

interface Promotion {
  id: number
  modelId: number
}

const lastPromotion = (database: Readable): Promotion | undefined =>
  database
    .prepare<[], Promotion>(
      'SELECT id, model_id AS modelId FROM promotions WHERE withdrawn_at IS NULL ORDER BY id DESC LIMIT 1',
    )
    .get()

/** Id of the model that was promoted, or null: the newest is in use. */
export const promotedModelId = (database: Readable): number | null => lastPromotion(database)?.modelId ?? null

export function insertPromotion(database: Writable, modelId: number): void {
  database
    .prepare('INSERT INTO promotions (model_id, at) VALUES (?, ?)')
    .run(modelId, new Date().toISOString())
}

/**
 * Takes the last promotion back.
 * @throws AppError `model.nothing-promoted`
 */
export function withdrawPromotion(database: Writable): void {
  const last = lastPromotion(database)
  if (last === undefined) throw new AppError('model.nothing-promoted', {})
  database
    .prepare('UPDATE promotions SET withdrawn_at = ? WHERE id = ?')
    .run(new Date().toISOString(), last.id)
}

/**
 * The model of that name; without a name the promoted one, else the newest.
 * @throws AppError `model.not-found`, `model.none`
 */
export function findModelInUse(database: Readable, name: string | null): StoredModel {
  const promoted = name === null ? promotedModelId(database) : null
  return findModel(database, name, promoted)
}
