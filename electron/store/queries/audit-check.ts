import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import { labelsHash, labelSourcesHash, type AuditPin } from '../audit-pin.ts'
import { firstClassName } from '../class-names.ts'
import type { Readable } from '../database.ts'
import { kindOfLabel } from './readings.ts'
import { trainedImages } from './trained-regions.ts'

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

/**
 * Whether the labels from before the trail are unchanged since they were pinned. At that time there were only readings,
 * neither unsure nor blind.
 */
export const holdsPinnedLabels = (database: Readable, pin: AuditPin): boolean =>
  labelsHash(database, pin.lastLabelId) === pin.labelsSha256 &&
  database
    .prepare(
      `SELECT 1 FROM labels WHERE id <= ? AND (kind <> 'reading' OR is_unsure <> 0 OR is_blind <> 0) LIMIT 1`,
    )
    .get(pin.lastLabelId) === undefined

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
  /** The first name of the class. */
  className: string | null
  reader: string
  at: string
  comment: string | null
  undoes: number | null
  /** Kind of the entry that it undoes. */
  undoneKind: string | null
  kind: string
  isUnsure: number
  isBlind: number
  source: string
  tableName: string | null
  /** Of one that came from another workspace: the import that brought it, and its place in time. */
  importId: number | null
  orderMs: number | null
}

/** At most `limit` label events with ids above `afterId` and up to `lastId`, oldest first. */
export const readLabelRecords = (
  database: Readable,
  { afterId, lastId, limit }: { afterId: number; lastId: number; limit: number },
): LabelRecord[] =>
  database
    .prepare<[number, number, number], LabelRecord>(
      `SELECT l.id, l.image_id AS imageId, i.sha256, ${firstClassName('l.class_id')} AS className, r.name AS reader,
        l.at, l.comment, l.undoes, ${kindOfLabel('u')} AS undoneKind, ${kindOfLabel('l')} AS kind, l.is_unsure AS isUnsure,
        l.is_blind AS isBlind, l.source,
        l.table_name AS tableName, l.import_id AS importId, l.order_ms AS orderMs
       FROM labels l JOIN images i ON i.id = l.image_id JOIN readers r ON r.id = l.reader_id
       LEFT JOIN labels u ON u.id = l.undoes
       WHERE l.id > ? AND l.id <= ? ORDER BY l.id LIMIT ?`,
    )
    .all(afterId, lastId, limit)

/** A model, operating point or promotion, with what its events say too. */
interface AuditedRow {
  table: 'model' | 'operating point' | 'promotion'
  id: number
  /** Whether it is older than the trail, so that it need not have an event. */
  isPinned: boolean
  /** By the names that events use. */
  facts: Record<string, unknown>
}

/** The models, operating points and promotions up to the bounds. */
export const readAuditedRows = (database: Readable, pin: AuditPin, bounds: AuditBounds): AuditedRow[] => [
  ...database
    .prepare<[number], ModelFacts>(
      `SELECT m.id, m.name, accuracy, cases, grouped_by AS groupedBy, weights, encoder_fingerprints AS encoders,
        software, recipe_fingerprint AS recipeFingerprint, r.name AS recipe, t.content AS report,
        (SELECT count(*) FROM boosters b WHERE b.model_id = m.id) AS boosters,
        (SELECT count(*) FROM ${trainedImages} f WHERE f.model_id = m.id)
          + (SELECT count(*) FROM imported_folds f WHERE f.model_id = m.id) AS images,
        (SELECT count(*) FROM trained_regions t WHERE t.model_id = m.id) AS regions
       FROM models m LEFT JOIN recipes r ON r.fingerprint = m.recipe_fingerprint
       LEFT JOIN model_reports t ON t.model_id = m.id WHERE m.id <= ?`,
    )
    .all(bounds.lastModelId)
    .map(({ id, encoders, software, report, ...facts }): AuditedRow => {
      const boosters = database
        .prepare<[number], { text: string }>(
          'SELECT text_sha256 AS text FROM boosters WHERE model_id = ? ORDER BY id',
        )
        .all(id)
      const hashes = {
        boostersSha256: sha256(boosters.map(({ text }) => `${text}\n`).join('')),
        reportSha256: report === null ? null : sha256(canonicalJson(parsed(report))),
      }
      const values = {
        encoderFingerprints: parsed(encoders),
        software: parsed(software),
      }
      return {
        table: 'model',
        id,
        isPinned: id <= pin.lastModelId,
        facts: { ...facts, ...hashes, ...values },
      }
    }),
  ...database
    .prepare<[number], { id: number; model: number; threshold: number }>(
      'SELECT id, model_id AS model, threshold FROM operating_points WHERE id <= ?',
    )
    .all(bounds.lastOperatingPointId)
    .map(({ id, ...facts }): AuditedRow => ({
      table: 'operating point',
      id,
      isPinned: id <= pin.lastOperatingPointId,
      facts,
    })),
  ...database
    .prepare<[number], PromotionFacts>(
      `SELECT id, model_id AS model, reason, withdrawn_at AS withdrawn, withdrawn_reason AS withdrawnReason
       FROM promotions WHERE id <= ?`,
    )
    .all(bounds.lastPromotionId)
    .map(({ id, withdrawn, ...facts }): AuditedRow => {
      const isPinned = id <= pin.lastPromotionId
      return { table: 'promotion', id, isPinned, facts: { ...facts, withdrawn: withdrawn !== null } }
    }),
]

/** A damaged text stays text, so that it differs from every event. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface ModelFacts {
  id: number
  name: string
  encoders: string
  software: string
  report: string | null
}

interface PromotionFacts {
  id: number
  model: number
  reason: string | null
  withdrawn: string | null
  withdrawnReason: string | null
}
