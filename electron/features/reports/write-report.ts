import { existsSync } from 'node:fs'
import { csvFile } from '../../base/csv.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import { subgroupColumns, type ModelReport } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { listImages, type Readable } from '../../store/index.ts'
import { maxMissPictures, modelFileReport } from '../../report/model/model-report.ts'
import { readAccuracyInUse } from '../models/accuracy-in-use.ts'
import { readSubgroups } from '../models/subgroups.ts'
import { readModelReport } from '../models/model-report.ts'
import { renderHtml } from './render-html.ts'

export const modelReportFile: ExportKind = { what: 'a report', endings: ['.html', '.htm', '.json', '.csv'] }

/**
 * Writes a model's report as one HTML page, as JSON (all of it), or as CSV (the out-of-fold predictions, in
 * the columns that `lobule evaluate` reads). The extension of the path chooses the format.
 * @throws AppError `model.*`, `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function writeReport(
  database: Readable,
  compute: ComputeClient,
  {
    model,
    path,
    replace,
    version,
  }: { model: string | null; path: string; replace: boolean; version: string },
): Promise<void> {
  const report = readModelReport(database, model)
  const [inUse] = readAccuracyInUse(database, report.model)
  if (inUse === undefined) throw new Error(`no accuracy in use of ${report.model}`)
  const ending = exportEnding(path, modelReportFile)
  // A column with one value tells nothing.
  const subgroups = subgroupColumns
    .map((column) => readSubgroups(database, { model: report.model, column, values: null }))
    .filter(({ groups }) => groups.length > 1)
  if (ending === '.json')
    return exportContent(path, JSON.stringify({ ...report, accuracyInUse: inUse, subgroups }, null, 2), {
      replace,
    })
  if (ending === '.csv') return exportContent(path, csvReport(report), { replace })
  const by = { writtenBy: `Lobule ${version}`, writtenAt: new Date().toISOString(), subgroups }
  const html = renderHtml(modelFileReport(report, inUse, by), await thumbnailsOf(database, compute, report))
  return exportContent(path, html, { replace })
}

/** Thumbnails of misclassified images by content hash. Images whose file is missing or unreadable are left out. */
async function thumbnailsOf(
  database: Readable,
  compute: ComputeClient,
  { predictions }: ModelReport,
): Promise<Map<string, Uint8Array>> {
  const images = new Map(listImages(database).map((image) => [image.sha256, image]))
  const wrong = predictions.filter(({ truth, predicted }) => truth !== predicted)
  const found = new Map<string, Uint8Array>()
  for (const { sha256 } of wrong.slice(0, maxMissPictures)) {
    const image = images.get(sha256)
    if (image === undefined || !existsSync(image.path)) continue
    const bytes = await compute.run('thumbnail', { image: toImageFile(image) }).catch(() => null)
    if (bytes !== null) found.set(sha256, bytes)
  }
  return found
}

export function csvReport({ predictions, evaluation }: ModelReport): string {
  const { classes } = evaluation
  const head = [
    'image',
    'case',
    'fold',
    'truth',
    'predicted',
    'carcinoma_score',
    ...classes.map((c) => `p_${c}`),
  ]
  const rows = predictions.map((row) => [
    row.image,
    row.caseName ?? '',
    row.fold,
    row.truth,
    row.predicted,
    row.carcinomaScore ?? '',
    ...classes.map((name) => row.probabilities[name] ?? 0),
  ])
  return csvFile([head, ...rows])
}
