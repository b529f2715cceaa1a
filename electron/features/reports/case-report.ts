import { existsSync } from 'node:fs'
import { composed } from '../../base/plain-name.ts'
import { inSlices, withPauses, type Sliced } from '../../base/slices.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import { AppError, maxReportImages, type ImageView, type SlideAnalysis } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import {
  chainHead,
  currentImages,
  listClasses,
  listModels,
  listReaders,
  listSlideAnalyses,
  readFlags,
  readSoftware,
  readTrainingReport,
  readWorkspace,
  workspaceFolders,
  type Readable,
  type Workspace,
} from '../../store/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { imageArticle } from '../../report/case/case-image.ts'
import { caseFileReport, type CaseReport } from '../../report/case/case-report.ts'
import { slideMapKey } from '../../report/case/slide-blocks.ts'
import type { FileBlock } from '../../report/report-model.ts'
import type { DoorOptions } from '../../session/door-options.ts'
import { renderInSlices, type Pictures } from './render-html.ts'

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
  read: Workspace['read'],
  compute: ComputeClient,
  printPdf: DoorOptions['printPdf'],
  { caseName, imageIds, path, replace, writtenBy }: CaseReportRequest,
): Promise<number> {
  const isPdf = exportEnding(path, caseReportFile) === '.pdf'
  if (isPdf && printPdf === undefined) throw new AppError('report.no-pdf', { path })
  const { report, slideMaps } = await read(function* (database) {
    return {
      report: yield* collect(database, { caseName, imageIds, writtenBy }),
      slideMaps: workspaceFolders(database.folder).slideMaps,
    }
  })
  const { images } = report
  const pictures = await picturesOf(compute, images.slice(0, maxReportImages), slideMaps)
  const html = await withPauses(caseMarkup(report, pictures))
  await exportContent(path, isPdf && printPdf !== undefined ? await printPdf(html) : html, { replace })
  return images.length
}

function* caseMarkup(report: CaseReport, pictures: Pictures): Sliced<string> {
  const articles: FileBlock[] = []
  yield* inSlices(report.images, (slice) =>
    articles.push(...slice.map((image) => imageArticle(image, report.classNames))),
  )
  yield
  return yield* renderInSlices(caseFileReport(report, articles), pictures)
}

function* chosenImages(
  database: Readable,
  { caseName, imageIds }: Pick<CaseReportRequest, 'caseName' | 'imageIds'>,
): Sliced<ImageView[]> {
  const all = yield* currentImages(database, null)
  if (imageIds !== null) {
    const byId = new Map(all.map((image) => [image.id, image]))
    return imageIds.map((id) => {
      const image = byId.get(id)
      if (image === undefined) throw new AppError('image.not-found', { image: String(id) })
      return image
    })
  }
  const wanted = composed(caseName ?? '')
  const images = all.filter((image) => image.caseName !== null && composed(image.caseName) === wanted)
  if (images.length === 0) throw new AppError('case.not-found', { case: caseName ?? '' })
  return images
}

function* collect(
  database: Readable,
  request: Pick<CaseReportRequest, 'caseName' | 'imageIds' | 'writtenBy'>,
): Sliced<CaseReport> {
  const images = yield* chosenImages(database, request)
  const reported: CaseReport['images'][number][] = []
  yield* inSlices(images, (slice) => {
    for (const image of slice) {
      // A prediction stores the flags that it was made with.
      const flags = image.verdict?.flags ?? readFlags(database, image.id)
      reported.push({ ...image, flags, analysis: newestAnalysis(database, image) })
    }
  })
  yield
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
    caseName: request.caseName,
    images: reported,
    classNames: listClasses(database).map(({ name }) => name),
    models: listModels(database)
      .filter(({ id }) => modelIds.has(id))
      .map((model) => ({
        ...model,
        software: readSoftware(database, model.id),
        sets: readTrainingReport(database, model.id)?.evaluation.conformal[0] ?? null,
      })),
    readers: listReaders(database).filter(({ name }) => names.has(name)),
    audit: chainHead(database),
    writtenBy: request.writtenBy,
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
