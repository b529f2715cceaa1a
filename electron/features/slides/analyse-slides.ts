import { removeFolder } from '../../base/patient-files.ts'
import { z } from 'zod'
import {
  AppError,
  regionGeometrySchema,
  slideEffortChoiceSchema,
  type AnalyseSlidesReport,
  type Failure,
  type ImageView,
} from '../../contract/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { storedReference } from '../../engine/prediction/likeness-reference.ts'
import { checkedGeometry } from '../../engine/regions/geometry.ts'
import { draftMapFile } from '../../engine/slides/map-file.ts'
import type { JobRun } from '../../queue/job-run.ts'
import type { ProgressMeter } from '../../queue/progress.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import {
  getImage,
  insertSlideAnalysis,
  listSlidesAnalysedSince,
  lockedImages,
  readOperatingPoint,
  readTrainingReport,
} from '../../store/index.ts'
import { forEachImage } from '../encoders/describe-images.ts'
import { ImageChanges } from '../images/image-changes.ts'
import type { LoadedModel } from '../predictions/load-model-for-prediction.ts'
import { tissueSource } from '../../engine/tissue/describe-tissue.ts'
import { drawnTissue, tissueRequest } from './drawn-tissue.ts'
import { loadSlideModel } from './load-slide-model.ts'
import { requireNotLocked } from '../test-sets/require-not-locked.ts'

const stage = 'Analysing slides'

const inputSchema = z.object({
  imageIds: z.array(z.int().positive()),
  model: z.string(),
  strideUm: z.number().positive(),
  /** Of the only image. */
  region: regionGeometrySchema.nullable(),
  // Jobs of earlier versions have none.
  effort: slideEffortChoiceSchema.default('fixed'),
})
type Input = z.infer<typeof inputSchema>

export const analyseSlidesJob = defineJob({
  kind: 'analyse-slides',
  input: inputSchema,
  stages: [{ name: stage, unit: 'places', weight: 1, showsRate: true }],
  resumable: true,
  runsBeside: true,
  title: ({ imageIds, model }, { workspace }) => {
    const [first] = imageIds
    const what =
      imageIds.length === 1 && first !== undefined
        ? getImage(workspace.database, first).fileName
        : `${imageIds.length} slides`
    return `Analyse ${what} with ${model}`
  },
  check: ({ imageIds, region }, { workspace: { database } }) => {
    const images = imageIds.map((imageId) => getImage(database, imageId))
    requireNotLocked(database, imageIds)
    const [image] = images
    if (region === null || image === undefined) return
    const { kind } = checkedGeometry(region, image)
    if (kind === 'line' || kind === 'point')
      throw new AppError('region.invalid', { reason: `a ${kind} encloses no places` })
  },
  imageIds: ({ imageIds }) => imageIds,
  failures: ({ failed }) => failed,
  retry: (input, failures) => ({ ...input, imageIds: imagesOf(failures) }),
  run: analyseSlides,
})

const imagesOf = (failures: readonly Failure[]): number[] => [
  ...new Set(failures.flatMap(({ imageId }) => imageId ?? [])),
]

/**
 * Analyses slides one after the other and stores each before the next one starts. A slide that fails is listed and the next one
 * follows. A resumed job skips slides that were analysed since it was submitted, and of an unfinished one the blocks that are
 * there. A training image is predicted only by classifiers of the fold that held it out.
 * @throws AppError `model.not-found`, `encoder.missing`, `encoder.changed`, `model.corrupt`,
 *   `descriptors.external-model`, `job.cancelled`
 */
async function analyseSlides(input: Input, job: JobRun, services: JobServices): Promise<AnalyseSlidesReport> {
  const { imageIds, strideUm, region, effort } = input
  const { database } = services.workspace
  const loaded = await loadSlideModel(input.model, services)
  const { model } = loaded
  const known = listSlidesAnalysedSince(database, { modelId: model.id, strideUm, region, effort }, job.since)
  const analyses = imageIds.flatMap((imageId) => {
    const analysis = known.get(imageId)
    return analysis === undefined ? [] : [{ imageId, ...analysis }]
  })
  const remaining = imageIds.filter((id) => !known.has(id)).map((id) => getImage(database, id))
  const places = new PlaceProgress(job.progress, remaining.length)
  const changes = new ImageChanges(services.emit)
  try {
    const { done, failed } = await forEachImage(
      remaining,
      async (image) => {
        const analysed = await analyseOne(image, { input, loaded, job, places }, services)
        changes.add(image.id)
        return analysed
      },
      job.signal,
      () => undefined,
    )
    return { modelName: model.name, analyses: [...analyses, ...done.flat()], failed }
  } finally {
    changes.flush()
  }
}

interface Run {
  readonly input: Input
  readonly loaded: LoadedModel
  readonly job: JobRun
  readonly places: PlaceProgress
}

async function analyseOne(
  image: ImageView,
  { input, loaded, job, places }: Run,
  { workspace: { database, folders }, compute, homeDirectory }: JobServices,
): Promise<AnalyseSlidesReport['analyses']> {
  const { model, boosters, heldOutFolds } = loaded
  const { pixelSizeUm } = image
  if (pixelSizeUm === null) throw new AppError('slide.pixel-size-unknown', { path: image.path })
  const begun = performance.now()
  const heldOutFold = heldOutFolds.get(image.id) ?? null
  const training = readTrainingReport(database, model.id)
  const { region } = input
  const tissue = tissueRequest(image, drawnTissue(database, image, null))
  const { drafts, ...found } = await compute.run(
    'analyseSlide',
    {
      image: { ...toImageFile(image), pixelSizeUm },
      tissue,
      recipe: model.recipe,
      homeDirectory,
      boosters,
      classes: model.classes,
      isPositive: model.scheme.map((c) => c.isPositive),
      threshold: readOperatingPoint(database, model.id),
      heldOutFold,
      reference:
        heldOutFold === null && training !== null ? storedReference(training, folders.boosters) : null,
      strideUm: input.strideUm,
      effort: input.effort,
      region,
      directory: folders.slideMaps,
      draft: draftMapFile(folders.slideMaps, image.sha256, job.id),
    },
    { signal: job.signal, onProgress: (done, total) => places.report(done, total) },
  )
  places.finish(found.places)
  // It may have been locked since.
  if (lockedImages(database, image.id).size > 0) return []
  const analysisId = insertSlideAnalysis(database, {
    imageId: image.id,
    modelId: model.id,
    pixelSizeUm,
    region,
    tissueSource: tissueSource(tissue),
    outOfFold: heldOutFold !== null,
    durationMs: performance.now() - begun,
    ...found,
  })
  await removeFolder(drafts)
  return [{ imageId: image.id, analysisId, places: found.places }]
}

/** Progress in places: of slides whose number is not known yet, as many as the others have on average. */
class PlaceProgress {
  readonly #progress: ProgressMeter
  #waiting: number
  #slides = 0
  #places = 0

  constructor(progress: ProgressMeter, slides: number) {
    this.#progress = progress
    this.#waiting = slides
    progress.begin(stage, 0, 1)
  }

  /** Of the current slide. */
  report(done: number, total: number): void {
    const known = this.#places + total
    const each = known / (this.#slides + 1)
    this.#progress.report(stage, this.#places + done, Math.round(known + each * (this.#waiting - 1)))
  }

  finish(places: number): void {
    this.#slides++
    this.#waiting--
    this.#places += places
  }
}
