import { positiveShareOf, type SlideAreas, type SlideSummary } from '../../contract/index.ts'
import type { Readable } from '../database.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'
import { SlideSuggestions } from './slide-thresholds.ts'
import { withoutRemovedModels } from './verdicts.ts'

interface AreasRow {
  id: number
  sha256: string
  caseName: string | null
  modelId: number
  modelName: string
  outOfFold: number
  places: number
  summary: string
  algorithm: number | null
}

/** What the newest analysis of each slide found, by image; analyses of a region only, and of removed models, are not counted. */
export function newestSlideAreas(database: Readable, of: OfImages = null): Map<number, SlideAreas> {
  const { where, values } = whereImage('image_id', of)
  const ofPresent = withoutRemovedModels(database, where)
  const whole = `${ofPresent === '' ? 'WHERE' : `${ofPresent} AND`} region IS NULL`
  const rows = prepared<(number | string)[], AreasRow>(
    database,
    `SELECT a.image_id AS id, i.sha256, k.name AS caseName, m.id AS modelId, m.name AS modelName, a.places,
       a.out_of_fold AS outOfFold, a.summary AS summary, a.algorithm
     FROM slide_analyses a JOIN models m ON m.id = a.model_id JOIN images i ON i.id = a.image_id
     LEFT JOIN cases k ON k.id = i.case_id
     WHERE a.id IN (SELECT MAX(id) FROM slide_analyses ${whole} GROUP BY image_id)`,
  ).all(...values)
  const suggestions = new SlideSuggestions(database)
  return new Map(
    rows.map((row) => {
      const { id, modelId, modelName, places, algorithm } = row
      const { analysedMm2, classes } = JSON.parse(row.summary) as SlideSummary
      const positiveShare = positiveShareOf(classes)
      const suggestion =
        places === 0
          ? null
          : suggestions.of({ ...row, outOfFold: row.outOfFold === 1 }, modelId, {
              share: positiveShare,
              algorithm,
            })
      return [
        id,
        { modelName, analysedMm2, positiveShare, isPositive: suggestion?.isPositive ?? null, algorithm },
      ]
    }),
  )
}
