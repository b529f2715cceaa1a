import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import {
  AppError,
  backendChoiceSchema,
  planImagesSchema,
  researchUseSentence,
  slideEffortChoiceSchema,
  slidesUnitSchema,
  usualUnit,
  type PlanSlidesReport,
} from '../../contract/index.ts'
import { storedReference } from '../../engine/prediction/likeness-reference.ts'
import {
  planBoosters,
  tissuePath,
  tissueText,
  writeSlidesPlan,
  type PlanSlide,
} from '../../engine/shards/slides-plan.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import { getImage, readOperatingPoint, readTrainingReport } from '../../store/index.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { drawnTissue } from '../slides/drawn-tissue.ts'
import { loadSlideModel } from '../slides/load-slide-model.ts'
import { requireNotLocked } from '../test-sets/require-not-locked.ts'
import { failureOf } from '../images/find-images.ts'
import { inPlanFolder, placeFile, requireEmpty } from './plan-folder.ts'
import { bytesOf, placeImages, unitsOf } from './plan-images.ts'

const stage = 'Writing the plan'

/** What a plan's folder has. */
const written = [
  'plan.json',
  'units.jsonl',
  'boosters.jsonl',
  'nearest.jsonl',
  'images',
  'encoders',
  'boosters',
  'tissue',
]

const inputSchema = z.object({
  imageIds: z.array(z.int().positive()),
  model: z.string(),
  strideUm: z.number().positive(),
  effort: slideEffortChoiceSchema,
  directory: z.string(),
  images: planImagesSchema,
  backend: backendChoiceSchema,
  allowsHalf: z.boolean(),
  unit: slidesUnitSchema.nullable(),
})

export const planSlidesJob = defineJob({
  kind: 'plan-slides',
  input: inputSchema,
  stages: [{ name: stage, unit: 'slides', weight: 1 }],
  resumable: false,
  runsBeside: false,
  audit: 'export',
  title: ({ model }) => `Plan for other machines: slides with ${model}`,
  check: ({ imageIds }, { workspace: { database } }) => {
    requireNotLocked(database, imageIds)
  },
  imageIds: ({ imageIds }) => imageIds,
  run: planSlides,
})

/**
 * Writes a plan (engine/shards/slides-plan.ts) for slides, analysed before or not. A slide whose file or pixel size is missing is listed
 * and left out. If anything else fails, nothing of the plan is left.
 * @throws AppError `shard.folder-in-use`, `disk.full`, `path.not-writable`, `job.cancelled`, and those of loadSlideModel
 */
async function planSlides(
  { imageIds, model: name, strideUm, effort, directory: named, ...how }: z.infer<typeof inputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<PlanSlidesReport> {
  const { workspace, compute, homeDirectory, version } = services
  const { database, folders } = workspace
  const directory = resolve(named)
  await requireEmpty(directory)
  const { model, boosters, heldOutFolds } = await loadSlideModel(name, services)
  const { recipe } = model
  const weights = await requireWeights(recipe, services)
  const training = readTrainingReport(database, model.id)
  const reference = training && storedReference(training, folders.boosters)
  const wanted = [...new Set(imageIds)]
    .map((imageId) => getImage(database, imageId))
    .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const { units, failed } = await unitsOf(wanted, how.images)
  const planned = units.flatMap(({ image, unit }) => {
    const { pixelSizeUm } = image
    if (pixelSizeUm !== null) {
      const tissue = tissueText(drawnTissue(database, image, null).map(({ geometry }) => geometry))
      const heldOutFold = heldOutFolds.get(image.id) ?? null
      return { image, unit: { ...unit, pixelSizeUm }, tissue, heldOutFold }
    }
    failed.push(failureOf(image.path, new AppError('slide.pixel-size-unknown', { path: image.path })))
    return []
  })
  const slides = planned.map(({ image: { widthPx, heightPx }, unit, tissue, heldOutFold }): PlanSlide => {
    return { ...unit, widthPx, heightPx, heldOutFold, tissue: tissue?.sha256 ?? null }
  })
  const unit = how.unit ?? usualUnit(slides.length)
  const writing = job.during(stage)
  await inPlanFolder(directory, written, async () => {
    const { signal } = writing
    await compute.run('encoderCopy', { homeDirectory, names: recipe.encoders, to: directory }, { signal })
    const files = [...boosters, ...(reference === null ? [] : [reference])].map(({ path }) => path)
    for (const path of new Set(files))
      await placeFile(path, join(planBoosters(directory), basename(path)), 'link')
    for (const {
      unit: { sha256 },
      tissue,
    } of planned)
      if (tissue !== null) await writeAtomically(tissuePath(directory, sha256), tissue.text)
    await placeImages(directory, planned, how.images, writing)
    await writeSlidesPlan(
      directory,
      {
        ...{ lobule: version, createdAt: new Date().toISOString(), recipe, weights, strideUm, effort, unit },
        ...{ backend: how.backend, allowsHalf: how.allowsHalf },
        model: {
          isPositive: model.scheme.map(({ isPositive }) => isPositive),
          threshold: readOperatingPoint(database, model.id),
        },
      },
      slides,
      { boosters, reference },
    )
  })
  return {
    directory,
    model: model.name,
    slides: slides.length,
    unit,
    bytes: bytesOf(planned),
    failed,
    weights: weights.source,
    researchUse: researchUseSentence,
  }
}
