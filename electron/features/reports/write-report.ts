import { existsSync } from 'node:fs'
import { csvFile } from '../../base/csv.ts'
import type { Sliced } from '../../base/slices.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import type { AccuracyInUse, ImageView, ModelReport, Subgroups } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { findImageByHash, listImages, type Readable, type Workspace } from '../../store/index.ts'
import { maxMissPictures, modelFileReport } from '../../report/model/model-report.ts'
import { readAccuracyInUse } from '../models/accuracy-in-use.ts'
import { readModelReport } from '../models/model-report.ts'
import { subgroupsThatDiffer } from './evidence-record.ts'
import { renderHtml } from './render-html.ts'

export const modelReportFile: ExportKind = { what: 'a report', endings: ['.html', '.htm', '.json', '.csv'] }

/**
 * Writes a model's report as one HTML page, as JSON (all of it), or as CSV (the out-of-fold predictions, in
 * the columns that `lobule evaluate` reads). The extension of the path chooses the format.
 * @throws AppError `model.*`, `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function writeReport(
  read: Workspace['read'],
  compute: ComputeClient,
  {
    model,
    path,
    replace,
    version,
  }: { model: string | null; path: string; replace: boolean; version: string },
): Promise<void> {
  const { report, inUse, subgroups, misses } = await read((database) => collect(database, model))
  const ending = exportEnding(path, modelReportFile)
  if (ending === '.json')
    return exportContent(path, JSON.stringify({ ...report, accuracyInUse: inUse, subgroups }, null, 2), {
      replace,
    })
  if (ending === '.csv') return exportContent(path, csvReport(report), { replace })
  const by = { writtenBy: `Lobule ${version}`, writtenAt: new Date().toISOString(), subgroups }
  const html = renderHtml(modelFileReport(report, inUse, by), await thumbnailsOf(compute, misses))
  return exportContent(path, html, { replace })
}

interface Collected {
  report: ModelReport
  inUse: AccuracyInUse
  subgroups: Subgroups[]
  /** The first misclassified images that the workspace has. */
  misses: ImageView[]
}

function* collect(database: Readable, name: string | null): Sliced<Collected> {
  const report = yield* readModelReport(database, name)
  const { model } = report
  const [inUse] = yield* readAccuracyInUse(database, model)
  if (inUse === undefined) throw new Error(`no accuracy in use of ${model}`)
  const wrong = report.predictions.filter(({ truth, predicted }) => truth !== predicted)
  const ids = wrong.slice(0, maxMissPictures).flatMap(({ sha256 }) => findImageByHash(database, sha256) ?? [])
  const misses = listImages(database, ids)
  return { report, inUse, subgroups: yield* subgroupsThatDiffer(database, model), misses }
}

/** Thumbnails by content hash. Images whose file is missing or unreadable are left out. */
async function thumbnailsOf(
  compute: ComputeClient,
  images: readonly ImageView[],
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const image of images) {
    if (!existsSync(image.path)) continue
    const bytes = await compute.run('thumbnail', { image: toImageFile(image) }).catch(() => null)
    if (bytes !== null) found.set(image.sha256, bytes)
  }
  return found
}

/** The out-of-fold predictions, from which `lobule evaluate` gets the same figures. */
export function csvReport({ predictions, evaluation }: ModelReport): string {
  const { classes } = evaluation
  // Which rows are of one image matters only for regions: other tables are those of earlier versions.
  const hasRegions = predictions.some(({ region }) => region !== undefined)
  const head = [
    'image',
    'case',
    'fold',
    'truth',
    'predicted',
    'carcinoma_score',
    ...(hasRegions ? ['sha256'] : []),
    ...classes.map((c) => `p_${c}`),
  ]
  const rows = predictions.map((row) => [
    row.image,
    row.caseName ?? '',
    row.fold,
    row.truth,
    row.predicted,
    row.carcinomaScore ?? '',
    ...(hasRegions ? [row.sha256] : []),
    ...classes.map((name) => row.probabilities[name] ?? 0),
  ])
  return csvFile([head, ...rows])
}
