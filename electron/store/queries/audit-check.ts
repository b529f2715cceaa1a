import { labelsHash, labelSourcesHash, type AuditPin } from '../audit-pin.ts'
import type { Readable } from '../database.ts'

/** The last row of each table at one moment; rows added later are not checked. */
export interface AuditBounds {
  lastEventId: number
  lastLabelId: number
  lastModelId: number
  lastOperatingPointId: number
  lastPromotionId: number
}

export const auditBounds = (database: Readable): AuditBounds =>
  database
    .prepare<[], AuditBounds>(
      `SELECT (SELECT coalesce(max(id), 0) FROM audit_events) AS lastEventId,
        (SELECT coalesce(max(id), 0) FROM labels) AS lastLabelId,
        (SELECT coalesce(max(id), 0) FROM models) AS lastModelId,
        (SELECT coalesce(max(id), 0) FROM operating_points) AS lastOperatingPointId,
        (SELECT coalesce(max(id), 0) FROM promotions) AS lastPromotionId`,
    )
    .get() as AuditBounds

/** When the workspace was created. */
export const readCreatedAt = (database: Readable): string =>
  database.prepare<[], { at: string }>('SELECT created_at AS at FROM workspace').get()?.at ?? ''

/** Whether the labels from before the trail are unchanged since they were pinned. */
export const holdsPinnedLabels = (database: Readable, pin: AuditPin): boolean =>
  labelsHash(database, pin.lastLabelId) === pin.labelsSha256

/** The sources of labels that a migration set, as its event pins them. */
export interface LabelSourcesPin {
  lastLabelId: number
  labelSourcesSha256: string
}

/**
 * Whether the sources of the labels from before a migration are as its event pins them. Without one, labels from before
 * the trail are readers'.
 */
export const holdsPinnedSources = (
  database: Readable,
  pinned: LabelSourcesPin | null,
  { lastLabelId }: AuditPin,
): boolean =>
  pinned === null
    ? database
        .prepare<[number]>(
          `SELECT 1 FROM labels WHERE id <= ? AND (source <> 'reader' OR table_name IS NOT NULL)`,
        )
        .get(lastLabelId) === undefined
    : labelSourcesHash(database, pinned.lastLabelId) === pinned.labelSourcesSha256

/** A label event as stored in the table of labels. */
export interface LabelRecord {
  id: number
  imageId: number
  sha256: string
  className: string | null
  reader: string
  at: string
  comment: string | null
  undoes: number | null
  kind: string
  isUnsure: number
  isBlind: number
  source: string
  tableName: string | null
}

/** At most `limit` label events with ids above `afterId` and up to `lastId`, oldest first. */
export const readLabelRecords = (
  database: Readable,
  { afterId, lastId, limit }: { afterId: number; lastId: number; limit: number },
): LabelRecord[] =>
  database
    .prepare<[number, number, number], LabelRecord>(
      `SELECT l.id, l.image_id AS imageId, i.sha256, c.name AS className, r.name AS reader, l.at, l.comment,
        l.undoes, l.kind, l.is_unsure AS isUnsure, l.is_blind AS isBlind, l.source,
        l.table_name AS tableName
       FROM labels l JOIN images i ON i.id = l.image_id JOIN readers r ON r.id = l.reader_id
       LEFT JOIN classes c ON c.id = l.class_id
       WHERE l.id > ? AND l.id <= ? ORDER BY l.id LIMIT ?`,
    )
    .all(afterId, lastId, limit)

/** Rows of the other tables that must have an event, because their ids are above the pinned ones. */
export const readAuditedRows = (
  database: Readable,
  pin: AuditPin,
  bounds: AuditBounds,
): { table: 'model' | 'operating point' | 'promotion'; id: number; modelId: number; value: number }[] =>
  database
    .prepare<
      [Record<string, number>],
      { table: 'model' | 'operating point' | 'promotion'; id: number; modelId: number; value: number }
    >(
      `SELECT 'model' AS "table", id, id AS modelId, accuracy AS value FROM models
         WHERE id > :pinnedModel AND id <= :lastModel
       UNION ALL SELECT 'operating point', id, model_id, threshold FROM operating_points
         WHERE id > :pinnedPoint AND id <= :lastPoint
       UNION ALL SELECT 'promotion', id, model_id, 0 FROM promotions
         WHERE id > :pinnedPromotion AND id <= :lastPromotion`,
    )
    .all({
      pinnedModel: pin.lastModelId,
      lastModel: bounds.lastModelId,
      pinnedPoint: pin.lastOperatingPointId,
      lastPoint: bounds.lastOperatingPointId,
      pinnedPromotion: pin.lastPromotionId,
      lastPromotion: bounds.lastPromotionId,
    })
