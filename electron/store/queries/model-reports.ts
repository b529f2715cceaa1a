import {
  AppError,
  type AuditObject,
  type EvaluationReport,
  type Promotion,
  type TrainingReport,
} from '../../contract/index.ts'
import { currentClassNames } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { renamedEvaluation, renamedReport } from '../renamed.ts'
import { appendEvent } from './audit.ts'
import {
  findModelKey,
  hasModels,
  needsNoPromotion,
  newestWithoutPromotion,
  readModel,
  readModelName,
  type ModelKey,
  type StoredModel,
} from './models.ts'

/** The operating points of the published system are 0.33 and 0.50 (docs/pipeline.md, section 11). */
const defaultOperatingPoint = 0.5

/** Null for a model of a version without reports. */
export function readTrainingReport(database: Readable, modelId: number): TrainingReport | null {
  const row = database
    .prepare<[number], { content: string }>('SELECT content FROM model_reports WHERE model_id = ?')
    .get(modelId)
  if (row === undefined) return null
  const { card: _, ...report } = JSON.parse(row.content) as TrainingReport & { card?: string }
  return renamedReport<TrainingReport>(report, currentClassNames(database))
}

/** The model card of the package that a model came in; null: it was trained here, or the package had none. */
export const readPackagedCard = (database: Readable, modelId: number): string | null =>
  database
    .prepare<[number], string | null>("SELECT content ->> '$.card' FROM model_reports WHERE model_id = ?")
    .pluck()
    .get(modelId) ?? null

/** Versions of the software that computed a model. */
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

/** Chooses an operating point, with its event in the audit trail. */
export function insertOperatingPoint(
  database: Writable,
  modelId: number,
  threshold: number,
  { reader, reason }: Author = noAuthor,
): void {
  database.transaction(() => {
    const before = { threshold: readOperatingPoint(database, modelId) }
    const { lastInsertRowid } = database
      .prepare('INSERT INTO operating_points (model_id, threshold, at) VALUES (?, ?, ?)')
      .run(modelId, threshold, new Date().toISOString())
    const operatingPoint = Number(lastInsertRowid)
    const after = { operatingPoint, threshold }
    appendEvent(database, {
      kind: 'operating-point',
      object: modelObject(database, modelId),
      before,
      after,
      rows: { operating_points: [operatingPoint] },
      ...(reader === null ? {} : { reader }),
      reason,
    })
  })()
}

/** The figures of a model's report without the predictions behind them; null without a report. */
export function readEvaluation(database: Readable, modelId: number): EvaluationReport | null {
  const content = database
    .prepare<[number], string | null>(
      "SELECT content -> '$.evaluation' FROM model_reports WHERE model_id = ?",
    )
    .pluck()
    .get(modelId)
  if (content === undefined || content === null) return null
  return renamedEvaluation(JSON.parse(content) as EvaluationReport, currentClassNames(database))
}

interface ActivePromotion {
  id: number
  modelId: number
  modelName: string
}

const lastPromotion = (database: Readable): ActivePromotion | undefined =>
  database
    .prepare<[], ActivePromotion>(
      `SELECT p.id, p.model_id AS modelId, m.name AS modelName FROM promotions p JOIN models m ON m.id = p.model_id
       WHERE p.withdrawn_at IS NULL AND m.removed_at IS NULL ORDER BY p.id DESC LIMIT 1`,
    )
    .get()

/** Id of the model that was promoted last; null if no promotion is left. */
export const promotedModelId = (database: Readable): number | null => lastPromotion(database)?.modelId ?? null

/**
 * Whether no one has decided on a model: it is not in use, and no promotion or rollback came after it was stored (a
 * promotion that was withdrawn while its model was removed changed nothing). The audit trail tells the order; the time of an imported model is that of its training.
 */
export function isCandidate(database: Readable, modelId: number): boolean {
  if (modelInUse(database)?.id === modelId) return false
  const row = database
    .prepare<[number], { isNewer: number }>(
      `SELECT (SELECT max(id) FROM audit_events
           WHERE kind IN ('training', 'model') AND object ->> '$.type' = 'model' AND object ->> '$.id' = ?)
         > coalesce((SELECT max(id) FROM audit_events WHERE kind = 'promotion'
           OR kind = 'rollback' AND before_json ->> '$.inUse' IS NOT after_json ->> '$.inUse'), 0) AS isNewer`,
    )
    .get(modelId)
  return row?.isNewer === 1
}

/** The reader who does something, and the reason. */
interface Author {
  reader: string | null
  reason: string | null
}
const noAuthor: Author = { reader: null, reason: null }

export function insertPromotion(
  database: Writable,
  modelId: number,
  { reader, reason }: Author = noAuthor,
): void {
  database.transaction(() => {
    const before = modelInUse(database)?.name ?? null
    const { lastInsertRowid } = database
      .prepare('INSERT INTO promotions (model_id, at, reader, reason) VALUES (?, ?, ?, ?)')
      .run(modelId, new Date().toISOString(), reader, reason)
    const promotion = { id: Number(lastInsertRowid), modelId }
    appendInUse(database, 'promotion', promotion, before, { reader, reason })
  })()
}

/**
 * Undoes the last promotion.
 * @throws AppError `model.nothing-promoted`
 */
export function withdrawPromotion(database: Writable, { reader, reason }: Author = noAuthor): void {
  database.transaction(() => {
    const last = lastPromotion(database)
    if (last === undefined) throw new AppError('model.nothing-promoted', {})
    withdraw(database, last, { reader, reason })
  })()
}

function withdraw(
  database: Writable,
  promotion: Pick<ActivePromotion, 'id' | 'modelId'>,
  { reader, reason }: Author,
): void {
  const before = modelInUse(database)?.name ?? null
  database
    .prepare('UPDATE promotions SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_reason = ? WHERE id = ?')
    .run(new Date().toISOString(), reader, reason, promotion.id)
  appendInUse(database, 'rollback', promotion, before, { reader, reason })
}

/**
 * Keeps the model in use as it is when a removed model comes back: promotions of it that would count again are withdrawn,
 * newest first. Of a version that put its newest model in use without a promotion, the model in use is promoted. Call it in
 * the transaction of the restoring, while the model is removed.
 */
export function keepInUse(database: Writable, { id: modelId }: ModelKey, by: Author): void {
  const inUse = lastPromotion(database)
  const open = database
    .prepare<[number, number], { id: number; modelId: number }>(
      `SELECT id, model_id AS modelId FROM promotions WHERE model_id = ? AND id > ? AND withdrawn_at IS NULL
       ORDER BY id DESC`,
    )
    .all(modelId, inUse?.id ?? 0)
  for (const promotion of open) withdraw(database, promotion, by)
  if (inUse !== undefined || !needsNoPromotion(database, modelId)) return
  const newest = newestWithoutPromotion(database)
  if (newest !== null && newest.id < modelId) insertPromotion(database, newest.id, by)
}

/**
 * The promoted model; without any, the newest of those from versions that put the newest in use; null if there is
 * neither.
 */
export function modelInUse(database: Readable): ModelKey | null {
  const promotion = lastPromotion(database)
  if (promotion === undefined) return newestWithoutPromotion(database)
  return { id: promotion.modelId, name: promotion.modelName }
}

export const modelObject = (database: Readable, modelId: number): AuditObject => ({
  type: 'model',
  id: modelId,
  name: readModelName(database, modelId),
})

/** Without a given reader, the event names the active reader of this machine. */
function appendInUse(
  database: Writable,
  kind: 'promotion' | 'rollback',
  promotion: Pick<ActivePromotion, 'id' | 'modelId'>,
  before: string | null,
  { reader, reason }: Author,
): void {
  appendEvent(database, {
    kind,
    object: modelObject(database, promotion.modelId),
    before: { inUse: before },
    after: { inUse: modelInUse(database)?.name ?? null, promotion: promotion.id },
    rows: { promotions: [promotion.id] },
    ...(reader === null ? {} : { reader }),
    reason,
  })
}

interface PromotionRow {
  model: string
  at: string
  reader: string | null
  reason: string | null
  withdrawn_at: string | null
  withdrawn_by: string | null
  withdrawn_reason: string | null
}

/** Newest first, including undone promotions. */
export const listPromotions = (database: Readable): Promotion[] =>
  database
    .prepare<[], PromotionRow>(
      `SELECT m.name AS model, p.at, p.reader, p.reason, p.withdrawn_at, p.withdrawn_by, p.withdrawn_reason
       FROM promotions p JOIN models m ON m.id = p.model_id ORDER BY p.id DESC`,
    )
    .all()
    .map(({ model, at, reader, reason, withdrawn_at, withdrawn_by, withdrawn_reason }) => ({
      model,
      at,
      reader,
      reason,
      withdrawn:
        withdrawn_at === null ? null : { at: withdrawn_at, reader: withdrawn_by, reason: withdrawn_reason },
    }))

/**
 * The model of that name; null: the model in use.
 * @throws AppError `model.not-found`, `model.none`, `model.none-in-use`
 */
export const findModelInUse = (database: Readable, name: string | null): StoredModel =>
  readModel(database, findModelKeyInUse(database, name))

/** As `findModelInUse`, without reading the recipe. */
export function findModelKeyInUse(database: Readable, name: string | null): ModelKey {
  const key = name === null ? modelInUse(database) : findModelKey(database, name)
  if (key === null) throw new AppError(hasModels(database) ? 'model.none-in-use' : 'model.none', {})
  return key
}
