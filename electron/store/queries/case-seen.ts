import type { ImageView } from '../../contract/index.ts'
import type { Readable } from '../database.ts'
import { prepared } from './prepared.ts'

/** A slide, and whether the classifiers that predicted it are those of the fold that held it out. */
export type PredictedSlide = Pick<ImageView, 'id' | 'caseName'> & { readonly outOfFold: boolean }

/**
 * Whether the classifiers that predicted a slide were trained on an image of its case. A training image was predicted by those
 * of the fold that held it out, which saw nothing of its case if the folds are by case and all its images are in one.
 */
export function caseSeenBy(
  database: Readable,
  modelId: number,
  { id, caseName, outOfFold }: PredictedSlide,
): boolean {
  const trained = trainedOfCase(database, modelId, id)
  if (!trained.some(({ imageId }) => imageId === id))
    return outOfFold || trained.length > 0 || reportedCases(database, modelId).has(caseName ?? '')
  const isByCase =
    prepared<[number], { by: string }>(database, 'SELECT grouped_by AS "by" FROM models WHERE id = ?').get(
      modelId,
    )?.by === 'case'
  return !outOfFold || !isByCase || new Set(trained.map(({ fold }) => fold)).size !== 1
}

interface Trained {
  imageId: number
  fold: number
}

/** Those of an image and the others of its case that trained a model, wherever that was. By indices: the viewer asks with each tile. */
const trainedOfCase = (database: Readable, modelId: number, imageId: number): Trained[] =>
  prepared<[{ model: number; image: number }], Trained>(
    database,
    `WITH own AS (SELECT id, sha256 FROM images
       WHERE id = :image OR case_id = (SELECT case_id FROM images WHERE id = :image))
     SELECT own.id AS imageId, f.fold FROM own JOIN folds f ON f.model_id = :model AND f.image_id = own.id
     UNION SELECT own.id, t.fold FROM own JOIN regions r ON r.image_id = own.id
       JOIN trained_regions t ON t.model_id = :model AND t.region_id = r.id
     UNION SELECT own.id, f.fold FROM own JOIN imported_folds f ON f.model_id = :model AND f.sha256 = own.sha256`,
  ).all({ model: modelId, image: imageId })

/** Reports are immutable, and reading a large one takes some milliseconds. */
const reported = new WeakMap<Readable, Map<number, ReadonlySet<string>>>()

/** Names of the cases of a model's images at the time of the training. */
function reportedCases(database: Readable, modelId: number): ReadonlySet<string> {
  const known = reported.get(database) ?? new Map<number, ReadonlySet<string>>()
  reported.set(database, known)
  const names =
    known.get(modelId) ??
    new Set(
      prepared<[number], { name: string | null }>(
        database,
        `SELECT DISTINCT p.value ->> '$.caseName' AS name
         FROM model_reports r, json_each(r.content, '$.predictions') p WHERE r.model_id = ?`,
      )
        .all(modelId)
        .flatMap(({ name }) => name ?? []),
    )
  known.set(modelId, names)
  return names
}
