import { existsSync } from 'node:fs'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import { AppError, maxReportImages, type ImageView, type SlideAnalysis } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import {
  chainHead,
  listImages,
  listModels,
  listReaders,
  listSlideAnalyses,
  readFlags,
  readSoftware,
  readTrainingReport,
  readWorkspace,
  workspaceFolders,
  type Readable,
} from '../../store/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { caseFileReport, type CaseReport } from '../../report/case/case-report.ts'
import { slideMapKey } from '../../report/case/slide-blocks.ts'
import type { DoorOptions } from '../../session/door-options.ts'
import { renderHtml } from './render-html.ts'

export const caseReportFile: ExportKind = { what: 'a case report', endings: ['.html', '.htm', '.pdf'] }

interface CaseReportRequest {
  /** null: the report covers `imageIds`. */
  caseName: string | null
  imageIds: readonly number[] | null
  path: string
  replace: boolean
  /** Name and version of the program. */
  writtenBy: string
}

/**
 * Writes the report of a case as one self-contained HTML file, or as PDF if the entry point can print. Returns the number
 * of images in it.
 * @throws AppError `case.not-found`, `image.not-found`, `report.no-pdf`, `path.exists` unless `replace` is set,
 *   `path.not-writable`
 */
export async function writeCaseReport(
  database: Readable,
  compute: ComputeClient,
  printPdf: DoorOptions['printPdf'],
  { caseName, imageIds, path, replace, writtenBy }: CaseReportRequest,
): Promise<number> {
  const isPdf = exportEnding(path, caseReportFile) === '.pdf'
  if (isPdf && printPdf === undefined) throw new AppError('report.no-pdf', { path })
  const images = chosenImages(database, caseName, imageIds)
  const collected = collect(database, images, { caseName, writtenBy })
  const shown = collected.images.slice(0, maxReportImages)
  const pictures = await picturesOf(compute, shown, workspaceFolders(database.folder).slideMaps)
  const report = caseFileReport(collected)
  const html = renderHtml(report, pictures)
  await exportContent(path, isPdf && printPdf !== undefined ? await printPdf(html) : html, { replace })
  return images.length
}

function chosenImages(
  database: Readable,
  caseName: string | null,
  imageIds: readonly number[] | null,
): ImageView[] {
  const all = listImages(database)
  if (imageIds !== null) {
    const byId = new Map(all.map((image) => [image.id, image]))
    return imageIds.map((id) => {
      const image = byId.get(id)
      if (image === undefined) throw new AppError('image.not-found', { image: String(id) })
      return image
    })
  }
  const images = all.filter((image) => image.caseName === caseName)
  if (images.length === 0) throw new AppError('case.not-found', { case: caseName ?? '' })
  return images
}

function collect(
  database: Readable,
  images: readonly ImageView[],
  { caseName, writtenBy }: { caseName: string | null; writtenBy: string },
): CaseReport {
  const reported = images.map((image) => ({
    ...image,
    // A prediction stores the flags that it was made with.
    flags: image.verdict?.flags ?? readFlags(database, image.id),
    analysis: newestAnalysis(database, image),
  }))
  const modelIds = new Set(
    reported.flatMap(({ verdict, analysis }) => [verdict?.modelId ?? [], analysis?.modelId ?? []].flat()),
  )
  const names = new Set(
    images.flatMap(({ readings: { all, adjudication } }) =>
      [...all, ...(adjudication === null ? [] : [adjudication])].map(({ reader }) => reader),
    ),
  )
  return {
    workspace: readWorkspace(database).name,
    caseName,
    images: reported,
    models: listModels(database)
      .filter(({ id }) => modelIds.has(id))
      .map((model) => ({
        ...model,
        software: readSoftware(database, model.id),
        sets: readTrainingReport(database, model.id)?.evaluation.conformal[0] ?? null,
      })),
    readers: listReaders(database).filter(({ name }) => names.has(name)),
    audit: chainHead(database),
    writtenBy,
    writtenAt: new Date().toISOString(),
  }
}

/** Of the whole slide; null: there is none, or the image is not a slide. */
const newestAnalysis = (database: Readable, { id, slide }: ImageView): SlideAnalysis | null =>
  slide == null ? null : (listSlideAnalyses(database, id).find(({ region }) => region === null) ?? null)

/**
 * JPEG bytes by image id, and of maps by `slideMapKey`. Images whose file is missing or unreadable are left out, and so are damaged
 * maps.
 */
async function picturesOf(
  compute: ComputeClient,
  images: CaseReport['images'],
  maps: string,
): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const image of images) {
    if (!existsSync(image.path)) continue
    const bytes = await compute.run('thumbnail', { image: toImageFile(image) }).catch(() => null)
    if (bytes !== null) found.set(String(image.id), bytes)
    const { analysis } = image
    if (analysis === null) continue
    const request = { maps, image: toImageFile(image), analysis }
    const map = await compute.run('slidePicture', request).catch(() => null)
    if (map !== null) found.set(slideMapKey(analysis), map)
  }
  return found
}
