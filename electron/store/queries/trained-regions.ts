import { tissueRegionName } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { prepared } from './prepared.ts'
import { entriesInEffect, hasReceivedRegions, newestEntries } from './region-states.ts'
import { listRegionEntries } from './regions.ts'

/** SQL: each image that a model was trained on here, as a whole or by its regions, with the fold that held it out. */
export const trainedImages = `(SELECT model_id, image_id, fold FROM folds
  UNION SELECT t.model_id, r.image_id, t.fold FROM trained_regions t JOIN regions r ON r.id = t.region_id)`

/** The part of a region in a training. */
export interface TrainedRegion {
  readonly regionId: number
  readonly imageId: number
  /** The change that shape and class are from. */
  readonly changeId: number
  readonly fold: number
  readonly className: string
  /** Centres, pixels of the full-resolution image. */
  readonly fields: readonly { readonly x: number; readonly y: number }[]
  /** Out-of-fold, the mean over the fields, in the order of the model's classes. */
  readonly probabilities: readonly number[]
}

/** Called by `insertModel`, whose event covers the rows. */
export function insertTrainedRegions(
  database: Writable,
  modelId: number,
  regions: readonly TrainedRegion[],
): void {
  const insert = database.prepare(
    `INSERT INTO trained_regions (model_id, region_id, change_id, fold, class_name, fields, probabilities)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const { regionId, changeId, fold, className, fields, probabilities } of regions) {
    const centres = JSON.stringify(fields.map(({ x, y }) => [x, y]))
    insert.run(modelId, regionId, changeId, fold, className, centres, JSON.stringify(probabilities))
  }
}

/**
 * How many regions of a model differ from what it was trained on: in shape or class, deleted, or now named as tissue. A comment, another
 * name, and a change that was undone are none.
 */
export function countRegionsChangedSince(database: Readable, modelId: number): number {
  const ownOnes =
    prepared<[number, string], { n: number }>(
      database,
      `SELECT count(*) AS n FROM trained_regions t JOIN regions r ON r.id = t.region_id
       JOIN region_entries old ON old.region_id = t.region_id AND old.change_id = t.change_id
       JOIN region_entries new ON new.id = (SELECT max(id) FROM region_entries WHERE region_id = t.region_id)
       WHERE t.model_id = ? AND NOT ${hasReceivedRegions('r.image_id')}
         AND (new.geometry IS NOT old.geometry OR new.class_id IS NOT old.class_id OR new.name = ?)`,
    ).get(modelId, tissueRegionName)?.n ?? 0
  const others = prepared<[number], { imageId: number; regionId: number; changeId: number }>(
    database,
    `SELECT r.image_id AS imageId, t.region_id AS regionId, t.change_id AS changeId
     FROM trained_regions t JOIN regions r ON r.id = t.region_id
     WHERE t.model_id = ? AND ${hasReceivedRegions('r.image_id')}`,
  ).all(modelId)
  return [...Map.groupBy(others, ({ imageId }) => imageId)].reduce((count, [imageId, trained]) => {
    const entries = listRegionEntries(database, imageId)
    const byKey = new Map(entries.map((entry) => [`${entry.regionId} ${entry.changeId}`, entry]))
    const states = new Map(newestEntries(entriesInEffect(entries)).map((entry) => [entry.regionId, entry]))
    const isChanged = ({ regionId, changeId }: { regionId: number; changeId: number }): boolean => {
      const old = byKey.get(`${regionId} ${changeId}`)
      const now = states.get(regionId)
      return (
        now?.geometryText !== old?.geometryText ||
        now?.className !== old?.className ||
        now?.name === tissueRegionName
      )
    }
    return count + trained.filter(isChanged).length
  }, ownOnes)
}

/** The images that have a region with a class now or had one before, in the order of import. */
export const listImagesWithClassedRegions = (database: Readable): number[] =>
  prepared<[], { id: number }>(
    database,
    `SELECT DISTINCT r.image_id AS id FROM regions r JOIN region_entries e ON e.region_id = r.id
     WHERE e.class_id IS NOT NULL ORDER BY r.image_id`,
  )
    .all()
    .map(({ id }) => id)
