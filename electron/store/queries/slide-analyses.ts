import { canonicalJson } from '../../base/canonical-json.ts'
import {
  AppError,
  positiveShareOf,
  researchUseSentence,
  type ClassScheme,
  type RegionGeometry,
  type SlideAnalysis,
  type SlideEffort,
  type SlideEffortChoice,
  type SlideGrid,
  type SlideSummary,
  type TissueSource,
  type WeightsSource,
} from '../../contract/index.ts'
import { currentClassNames } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { renamedSummary } from '../renamed.ts'
import { appendEvent } from './audit.ts'
import { getImage } from './images.ts'
import { readModelName } from './models.ts'
import { prepared } from './prepared.ts'
import { SlideSuggestions } from './slide-thresholds.ts'

export type NewSlideAnalysis = Pick<
  SlideAnalysis,
  | 'imageId'
  | 'modelId'
  | 'pixelSizeUm'
  | 'grid'
  | 'region'
  | 'effort'
  | 'tissueSource'
  | 'maskSha256'
  | 'outOfFold'
  | 'places'
  | 'summary'
  | 'mapSha256'
  | 'durationMs'
> & {
  /** How its figures were made (slideAlgorithm). */
  readonly algorithm: number
}

/** Records a finished analysis, with its event in the audit trail. Returns its id. */
export function insertSlideAnalysis(database: Writable, analysis: NewSlideAnalysis): number {
  const { imageId, modelId, grid, region, effort, tissueSource, maskSha256, places, mapSha256 } = analysis
  return database.transaction(() => {
    const at = new Date().toISOString()
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO slide_analyses (image_id, model_id, pixel_size_um, stride_um, region, tissue_source, mask_sha256,
           grid, out_of_fold, places, summary, map_sha256, duration_ms, at, effort, algorithm)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        imageId,
        modelId,
        analysis.pixelSizeUm,
        grid.strideUm,
        regionText(region),
        tissueSource,
        maskSha256,
        JSON.stringify(grid),
        analysis.outOfFold ? 1 : 0,
        places,
        JSON.stringify(analysis.summary),
        mapSha256,
        analysis.durationMs,
        at,
        effort === null ? null : JSON.stringify(effort),
        analysis.algorithm,
      )
    const id = Number(lastInsertRowid)
    appendEvent(database, {
      kind: 'slide',
      at,
      object: { type: 'image', id: imageId, name: getImage(database, imageId).fileName },
      after: {
        analysis: id,
        model: readModelName(database, modelId),
        strideUm: grid.strideUm,
        region,
        effort,
        tissueSource,
        maskSha256,
        places,
        mapSha256,
      },
      rows: { slide_analyses: [id] },
    })
    return id
  })()
}

const regionText = (region: RegionGeometry | null): string | null =>
  region === null ? null : canonicalJson(region)

interface AnalysisRow {
  id: number
  model_id: number
  model_name: string
  weights: WeightsSource
  scheme: string
  pixel_size_um: number
  region: string | null
  effort: string | null
  tissue_source: TissueSource
  mask_sha256: string
  grid: string
  out_of_fold: number
  places: number
  summary: string
  map_sha256: string
  algorithm: number | null
  duration_ms: number
  at: string
}

/** The analyses of an image, newest first. @throws AppError `image.not-found` */
export function listSlideAnalyses(database: Readable, imageId: number): SlideAnalysis[] {
  const image = getImage(database, imageId)
  const { fileName, sha256, synthetic, widthPx, heightPx } = image
  const rows = prepared<[number], AnalysisRow>(
    database,
    `SELECT a.*, m.name AS model_name, m.weights AS weights, m.classes AS scheme
     FROM slide_analyses a JOIN models m ON m.id = a.model_id WHERE a.image_id = ? AND m.removed_at IS NULL ORDER BY a.id DESC`,
  ).all(imageId)
  const suggestions = new SlideSuggestions(database)
  const rename = currentClassNames(database)
  return rows.map((row): SlideAnalysis => {
    const summary = renamedSummary(JSON.parse(row.summary) as SlideSummary, rename)
    const isOfSlide = row.region === null && row.places > 0
    return {
      id: row.id,
      imageId,
      fileName,
      sha256,
      synthetic,
      widthPx,
      heightPx,
      pixelSizeUm: row.pixel_size_um,
      modelId: row.model_id,
      modelName: row.model_name,
      weights: row.weights,
      grid: JSON.parse(row.grid) as SlideGrid,
      region: row.region === null ? null : (JSON.parse(row.region) as RegionGeometry),
      effort: row.effort === null ? null : (JSON.parse(row.effort) as SlideEffort),
      tissueSource: row.tissue_source,
      maskSha256: row.mask_sha256,
      classes: (JSON.parse(row.scheme) as ClassScheme).map(({ name }) => rename(name)),
      outOfFold: row.out_of_fold === 1,
      places: row.places,
      summary,
      suggestion: isOfSlide
        ? suggestions.of({ ...image, outOfFold: row.out_of_fold === 1 }, row.model_id, {
            share: positiveShareOf(summary.classes),
            algorithm: row.algorithm,
          })
        : null,
      algorithm: row.algorithm,
      mapSha256: row.map_sha256,
      at: row.at,
      durationMs: row.duration_ms,
      researchUse: researchUseSentence,
    }
  })
}

/** @throws AppError `image.not-found`, `slide.no-analysis`, also if it is of another image */
export function getSlideAnalysis(database: Readable, imageId: number, analysisId: number): SlideAnalysis {
  const found = listSlideAnalyses(database, imageId).find(({ id }) => id === analysisId)
  if (found === undefined) throw new AppError('slide.no-analysis', { analysis: String(analysisId) })
  return found
}

/** What distinguishes analyses of an image. */
export type SlideQuestion = Pick<NewSlideAnalysis, 'modelId' | 'region'> & {
  readonly strideUm: number
  readonly effort: SlideEffortChoice
}

/** The images of such analyses since that time (ISO 8601), each with its newest; none if `since` is null. */
export const listSlidesAnalysedSince = (
  database: Readable,
  { modelId, region, strideUm, effort }: SlideQuestion,
  since: string | null,
): Map<number, { analysisId: number; places: number }> =>
  new Map(
    since === null
      ? []
      : database
          .prepare<
            [number, number, string | null, number, string],
            { imageId: number; analysisId: number; places: number }
          >(
            `SELECT image_id AS imageId, id AS analysisId, places FROM slide_analyses
             WHERE model_id = ? AND stride_um = ? AND region IS ? AND (effort IS NULL) = ? AND at >= ? ORDER BY id`,
          )
          .all(modelId, strideUm, regionText(region), effort === 'fixed' ? 1 : 0, since)
          .map(({ imageId, ...analysis }) => [imageId, analysis]),
  )

/** An analysis of a whole slide, as a threshold for slides is learned from it. */
export interface WholeSlide {
  readonly imageId: number
  readonly outOfFold: boolean
  readonly mapSha256: string
  /** How its figures were made (slideAlgorithm); null: by an earlier version. */
  readonly algorithm: number | null
  /** Of the analysed tissue, at places with a suggested class that counts as carcinoma. */
  readonly share: number
}

type WholeSlideRow = Pick<AnalysisRow, 'out_of_fold' | 'map_sha256' | 'algorithm' | 'summary'> & {
  image_id: number
}

/** The newest analysis of each whole slide by a model, without slides that have no analysed place. */
export const listWholeSlides = (database: Readable, modelId: number): WholeSlide[] =>
  database
    .prepare<[number], WholeSlideRow>(
      `SELECT image_id, out_of_fold, map_sha256, algorithm, summary FROM slide_analyses WHERE places > 0 AND id IN
         (SELECT MAX(id) FROM slide_analyses WHERE model_id = ? AND region IS NULL GROUP BY image_id)
       ORDER BY image_id`,
    )
    .all(modelId)
    .flatMap((row) => {
      const share = positiveShareOf((JSON.parse(row.summary) as SlideSummary).classes)
      const { image_id: imageId, map_sha256: mapSha256, algorithm } = row
      return share === null
        ? []
        : [{ imageId, outOfFold: row.out_of_fold === 1, mapSha256, algorithm, share }]
    })

/** The files that analyses need. */
export const listSlideMaps = (database: Readable): { sha256: string }[] =>
  database
    .prepare<[], { sha256: string }>('SELECT DISTINCT map_sha256 AS sha256 FROM slide_analyses ORDER BY 1')
    .all()
