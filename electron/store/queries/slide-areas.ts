import type { SlideAreas, SlideSummary } from '../../contract/index.ts'
import type { Readable } from '../database.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'

interface AreasRow {
  imageId: number
  modelName: string
  summary: string
}

/** What the newest analysis of each slide found, by image; analyses of a region only are not counted. */
export function newestSlideAreas(database: Readable, of: OfImages = null): Map<number, SlideAreas> {
  const { where, values } = whereImage('image_id', of)
  const whole = where === '' ? 'WHERE region IS NULL' : `${where} AND region IS NULL`
  const rows = prepared<(number | string)[], AreasRow>(
    database,
    `SELECT a.image_id AS imageId, m.name AS modelName, a.summary AS summary
     FROM slide_analyses a JOIN models m ON m.id = a.model_id
     WHERE a.id IN (SELECT MAX(id) FROM slide_analyses ${whole} GROUP BY image_id)`,
  ).all(...values)
  return new Map(rows.map(({ imageId, modelName, summary }) => [imageId, areasOf(modelName, summary)]))
}

function areasOf(modelName: string, text: string): SlideAreas {
  const { analysedMm2, classes } = JSON.parse(text) as SlideSummary
  const positive = classes.filter(({ isPositive }) => isPositive)
  const share = positive.reduce((sum, area) => sum + area.share, 0)
  // Shares are rounded, each by itself.
  return { modelName, analysedMm2, positiveShare: positive.length === 0 ? null : Math.min(1, share) }
}
