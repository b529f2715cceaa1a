import { currentClassNames } from '../class-names.ts'
import type { Readable } from '../database.ts'
import { renamedSet } from '../renamed.ts'
import { trainedImages } from './trained-regions.ts'

/** A suggestion of a model that was made before its image had any label. */
export interface SuggestionInUse {
  imageId: number
  caseName: string | null
  suggested: string
  /** The image was removed from the workspace. */
  isRemoved: boolean
  /** Classes of the prediction set and its level; null: the prediction has none. */
  set: { level: number; classes: string[] } | null
}

interface Row {
  imageId: number
  caseName: string | null
  suggested: string
  removed: 0 | 1
  predictionSet: string | null
}

/**
 * For each image that a model was not trained on: its newest suggestion from before the image's first label event, of
 * any kind and also undone ones; a label from another workspace counts from its import, which has the time of this
 * computer. Synthetic tissue counts only for models that were trained on it.
 */
export function listSuggestionsInUse(database: Readable, modelId: number): SuggestionInUse[] {
  const rename = currentClassNames(database)
  return database
    .prepare<[{ model: number }], Row>(
      `WITH trained AS (
         SELECT image_id AS id, i.synthetic FROM ${trainedImages} f JOIN images i ON i.id = f.image_id WHERE f.model_id = :model
         UNION ALL
         SELECT i.id, f.synthetic FROM imported_folds f LEFT JOIN images i ON i.sha256 = f.sha256
         WHERE f.model_id = :model
       ), first AS (
         SELECT l.image_id, min(coalesce(r.at, l.at)) AS at FROM labels l LEFT JOIN reading_imports r ON r.id = l.import_id
         WHERE l.is_comment IS NULL GROUP BY l.image_id
       ), newest AS (
         SELECT max(v.id) AS id FROM verdicts v JOIN first ON first.image_id = v.image_id
         WHERE v.model_id = :model AND v.out_of_fold = 0 AND v.at < first.at GROUP BY v.image_id
       )
       SELECT v.image_id AS imageId, c.name AS caseName, v.suggested,
         i.removed_at IS NOT NULL AS removed, v.details ->> '$.predictionSet' AS predictionSet
       FROM newest JOIN verdicts v ON v.id = newest.id JOIN images i ON i.id = v.image_id
       LEFT JOIN cases c ON c.id = i.case_id
       WHERE i.id NOT IN (SELECT id FROM trained WHERE id IS NOT NULL)
         AND (i.synthetic = 0 OR (SELECT max(synthetic) FROM trained) = 1)
       ORDER BY v.image_id`,
    )
    .all({ model: modelId })
    .map(({ predictionSet, removed, suggested, ...row }) => ({
      ...row,
      suggested: rename(suggested),
      isRemoved: removed === 1,
      set:
        predictionSet === null
          ? null
          : renamedSet(JSON.parse(predictionSet) as NonNullable<SuggestionInUse['set']>, rename),
    }))
}
