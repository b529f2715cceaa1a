import type {
  ModelVerdict,
  QualityFlag,
  VerdictDetails,
  VerdictView,
  WeightsSource,
} from '../../contract/index.ts'
import { currentClassNames, type Rename } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { renamedDetails, renamedKeys } from '../renamed.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'

interface VerdictRow {
  id: number
  image_id: number
  model_id: number
  model_name: string
  model_weights: WeightsSource
  suggested: string
  probabilities: string
  carcinoma_score: number | null
  out_of_fold: number
  boosters: number
  flags: string
  details: string | null
  at: string
}

const verdictFromRow = (row: VerdictRow, rename: Rename): VerdictView => ({
  id: row.id,
  imageId: row.image_id,
  modelId: row.model_id,
  modelName: row.model_name,
  suggested: rename(row.suggested),
  probabilities: renamedKeys(JSON.parse(row.probabilities) as Record<string, number>, rename),
  carcinomaScore: row.carcinoma_score,
  weights: row.model_weights,
  outOfFold: row.out_of_fold === 1,
  boosters: row.boosters,
  flags: JSON.parse(row.flags) as QualityFlag[],
  details: row.details === null ? null : renamedDetails(JSON.parse(row.details) as VerdictDetails, rename),
  at: row.at,
})

/** Every prediction for an image, newest first, without those of removed models. */
export function listVerdicts(database: Readable, imageId: number): VerdictView[] {
  const rename = currentClassNames(database)
  return database
    .prepare<[number], VerdictRow>(
      `SELECT v.*, m.name AS model_name, m.weights AS model_weights
       FROM verdicts v JOIN models m ON m.id = v.model_id WHERE v.image_id = ? AND m.removed_at IS NULL ORDER BY v.id DESC`,
    )
    .all(imageId)
    .map((row) => verdictFromRow(row, rename))
}

/** The newest prediction for each of these images that has one, by image, without those of removed models. */
export function newestVerdicts(database: Readable, of: OfImages): Map<number, VerdictView> {
  const { where, values } = whereImage('image_id', of)
  const rows = prepared<(number | string)[], VerdictRow>(
    database,
    `SELECT v.*, m.name AS model_name, m.weights AS model_weights
     FROM verdicts v JOIN models m ON m.id = v.model_id WHERE v.id IN
     (SELECT max(id) FROM verdicts ${withoutRemovedModels(database, where)} GROUP BY image_id)`,
  ).all(...values)
  const rename = currentClassNames(database)
  return new Map(rows.map((row) => [row.image_id, verdictFromRow(row, rename)]))
}

/** The condition without what removed models made; of most workspaces, which have none, as it is: that needs the index only. */
export function withoutRemovedModels(database: Readable, where: string): string {
  const removed = 'SELECT id FROM models WHERE removed_at IS NOT NULL'
  if (prepared(database, `${removed} LIMIT 1`).get() === undefined) return where
  return `${where === '' ? 'WHERE' : `${where} AND`} model_id NOT IN (${removed})`
}

/** Number of predictions for these images, the older ones included. */
export function countVerdicts(database: Readable, of: OfImages): number {
  const { where, values } = whereImage('image_id', of)
  const count = prepared<(number | string)[], { n: number }>(
    database,
    `SELECT count(*) AS n FROM verdicts ${where}`,
  ).get(...values)
  return count?.n ?? 0
}

interface ModelVerdictRow {
  image_id: number
  suggested: string
  carcinoma_score: number | null
  out_of_fold: number
  at: string
}

/** The newest prediction of a model for each image that has one, by image. */
export function listModelVerdicts(database: Readable, modelId: number): ModelVerdict[] {
  const rename = currentClassNames(database)
  return database
    .prepare<[number], ModelVerdictRow>(
      `SELECT image_id, suggested, carcinoma_score, out_of_fold, at FROM verdicts
       WHERE id IN (SELECT max(id) FROM verdicts WHERE model_id = ? GROUP BY image_id) ORDER BY image_id`,
    )
    .all(modelId)
    .map((row) => ({
      imageId: row.image_id,
      suggested: rename(row.suggested),
      carcinomaScore: row.carcinoma_score,
      outOfFold: row.out_of_fold === 1,
      at: row.at,
    }))
}

export type NewVerdict = Omit<VerdictView, 'id' | 'at' | 'modelName' | 'weights' | 'details'> & {
  details?: VerdictDetails | null
}

export function insertVerdict(database: Writable, verdict: NewVerdict): void {
  database
    .prepare(
      `INSERT INTO verdicts (image_id, model_id, suggested, probabilities, carcinoma_score, out_of_fold,
        boosters, flags, details, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      verdict.imageId,
      verdict.modelId,
      verdict.suggested,
      JSON.stringify(verdict.probabilities),
      verdict.carcinomaScore,
      verdict.outOfFold ? 1 : 0,
      verdict.boosters,
      JSON.stringify(verdict.flags),
      verdict.details ? JSON.stringify(verdict.details) : null,
      new Date().toISOString(),
    )
}

/** 0 without any. */
export const lastVerdictId = (database: Readable): number =>
  (database.prepare('SELECT coalesce(max(id), 0) AS id FROM verdicts').get() as { id: number }).id
