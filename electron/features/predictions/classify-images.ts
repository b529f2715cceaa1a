import { z } from 'zod'
import { at, zip } from '../../base/arrays.ts'
import {
  effortSchema,
  isUnlike,
  knownLikeness,
  unlikeLevel,
  type ClassifyReport,
  type Failure,
  type ImageView,
  type QualityFlag,
  type VerdictLikeness,
} from '../../contract/index.ts'
import { argmax } from '../../engine/evaluation/accuracy.ts'
import { likenessOfTrained } from '../../engine/prediction/likeness.ts'
import { carcinomaScore } from '../../engine/prediction/carcinoma-score.ts'
import { storedReference } from '../../engine/prediction/likeness-reference.ts'
import { predictionDetails } from '../../engine/prediction/prediction-details.ts'
import {
  getImage,
  insertVerdict,
  listImages,
  listImagesJudgedSince,
  readOperatingPoint,
  readTrainingReport,
} from '../../store/index.ts'
import { askModel } from './asked-model.ts'
import { describeTask, keptFlags, onEachImage } from '../encoders/describe-images.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { ImageChanges } from '../images/image-changes.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

const stage = 'Classifying images'

/** So many images are classified while a person waits; more are a batch. */
const maxInteractiveImages = 4

const classifyInputSchema = z.object({
  /** null: every image. */
  imageIds: z.array(z.int().positive()).nullable(),
  model: z.string(),
  effort: effortSchema.default('full'),
})
type ClassifyInput = z.infer<typeof classifyInputSchema>

export const classifyJob = defineJob({
  kind: 'classify',
  input: classifyInputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  audit: 'classification',
  title: ({ model }) => `Classify with ${model}`,
  check: ({ imageIds }, { workspace: { database } }) => {
    for (const imageId of imageIds ?? []) getImage(database, imageId)
  },
  isInteractive: ({ imageIds }) => imageIds !== null && imageIds.length <= maxInteractiveImages,
  imageIds: ({ imageIds }) => imageIds,
  failures: ({ failed }) => failed,
  retry: (input, failures, services) => ({ ...input, imageIds: imagesOf(failures, services) }),
  run: async (input, job, services) => {
    const changes = new ImageChanges(services.emit)
    try {
      return await classifyImages(input, job, services, (imageId) => changes.add(imageId))
    } finally {
      changes.tell()
    }
  },
})

/** The images that failures are about; by their path where an older version did not store the id. */
function imagesOf(failures: readonly Failure[], { workspace }: JobServices): number[] {
  const byPath = Map.groupBy(listImages(workspace.database), ({ path }) => path)
  const ids = failures.flatMap(
    ({ imageId, path }) => imageId ?? (byPath.get(path) ?? []).map((image) => image.id),
  )
  return [...new Set(ids)]
}

/**
 * Gives each image a verdict and stores it before the next one is begun. If the job is resumed, verdicts that the model
 * gave since it was submitted are kept. An image that trained the model is
 * asked only of boosters whose fold left it out.
 * @throws AppError `model.none`, `model.not-found`, `encoder.missing`, `model.corrupt`, `job.cancelled`
 */
async function classifyImages(
  { imageIds, model: modelName, effort }: ClassifyInput,
  job: JobRun,
  services: JobServices,
  onVerdict: (imageId: number) => void,
): Promise<ClassifyReport> {
  const { workspace, compute } = services
  const { database, folders } = workspace
  const { signal } = job
  const images = imageIds === null ? listImages(database) : imageIds.map((id) => getImage(database, id))
  const { model, parts, boosters, heldOut } = await askModel(modelName, services)
  const training = readTrainingReport(database, model.id)
  const reference = training && storedReference(training, folders.boosters)
  const threshold = readOperatingPoint(database, model.id)
  const isPositive = model.scheme.map((c) => c.isPositive)
  const { progress } = job
  const judged = listImagesJudgedSince(database, model.id, job.since)
  const remaining = images.filter((image) => !judged.has(image.id))
  const before = images.length - remaining.length
  progress.begin(stage, before, images.length)

  const classify = async (
    image: ImageView,
    onProgress: (done: number, total: number) => void,
  ): Promise<void> => {
    const heldOutFold = heldOut.get(image.id) ?? null
    const asked = await compute.run(
      'predict',
      {
        description: describeTask(image, { recipe: model.recipe }, services),
        heldOutFold,
        boosters,
        isPositive,
        threshold,
        effort,
        reference: heldOutFold === null ? reference : null,
      },
      { signal, onProgress },
    )
    const { prediction } = asked
    // An image of the training set was measured when the model was trained, its own case left out.
    const own = heldOutFold === null || training === null ? null : likenessOfTrained(training, image.sha256)
    const likeness = own ?? asked.likeness
    const { probabilities } = prediction
    insertVerdict(database, {
      imageId: image.id,
      modelId: model.id,
      suggested: at(model.classes, argmax(probabilities)),
      probabilities: Object.fromEntries(zip(model.classes, probabilities)),
      carcinomaScore: carcinomaScore(probabilities, isPositive),
      outOfFold: heldOutFold !== null,
      boosters: prediction.boosters,
      flags: [...keptFlags(database, image, asked.flags), ...unlikeFlag(likeness)],
      details:
        training &&
        predictionDetails(prediction, {
          classes: model.scheme,
          encoders: parts.map((part) => part.encoder),
          training,
          heldOutFold,
          threshold,
          effort: asked.effort,
          likeness,
        }),
    })
    onVerdict(image.id)
  }
  const { done, failed } = await onEachImage(remaining, classify, signal, (reached) =>
    progress.report(stage, before + reached, images.length),
  )
  return { modelName: model.name, classified: before + done.length, failed }
}

function unlikeFlag(likeness: VerdictLikeness): QualityFlag[] {
  const known = knownLikeness(likeness)
  return known !== null && isUnlike(known)
    ? [{ code: 'unlike-training', measured: known.pValue, threshold: unlikeLevel }]
    : []
}
