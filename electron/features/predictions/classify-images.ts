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
  carcinomaScore,
} from '../../contract/index.ts'
import { argmax } from '../../engine/evaluation/accuracy.ts'
import { likenessOfTrained } from '../../engine/prediction/likeness.ts'
import { storedReference } from '../../engine/prediction/likeness-reference.ts'
import { predictionDetails } from '../../engine/prediction/prediction-details.ts'
import {
  currentImages,
  getImage,
  insertVerdict,
  listImageNames,
  listImagesJudgedSince,
  lockedImages,
  presentImages,
  readOperatingPoint,
  readTrainingReport,
} from '../../store/index.ts'
import { requireNotLocked } from '../test-sets/require-not-locked.ts'
import { loadModelForPrediction } from './load-model-for-prediction.ts'
import { describeTask, forEachImage, updateFlags } from '../encoders/describe-images.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { ImageChanges } from '../images/image-changes.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

const stage = 'Classifying images'

/** At most this many images count as an interactive classification; more are a batch. */
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
    if (imageIds !== null) requireNotLocked(database, imageIds)
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
      changes.flush()
    }
  },
})

/** The images that failed. Failures that earlier versions stored have no id; those are matched by path. */
function imagesOf(failures: readonly Failure[], { workspace }: JobServices): number[] {
  const byPath = Map.groupBy(listImageNames(workspace.database), ({ path }) => path)
  const ids = failures.flatMap(
    ({ imageId, path }) => imageId ?? (byPath.get(path) ?? []).map((image) => image.id),
  )
  return presentImages(workspace.database, [...new Set(ids)])
}

/**
 * Predicts each image and stores the prediction before the next one starts. A resumed job skips images that the model
 * has predicted since the job was submitted. A training image is predicted only by boosters whose fold held it out.
 * Images of locked test sets are left out: a suggestion beside a label would tell how the model does on them.
 * @throws AppError `model.not-found`, `encoder.missing`, `encoder.changed`, `model.corrupt`, `job.cancelled`
 */
async function classifyImages(
  { imageIds, model: modelName, effort }: ClassifyInput,
  job: JobRun,
  services: JobServices,
  onPrediction: (imageId: number) => void,
): Promise<ClassifyReport> {
  const { workspace, compute } = services
  const { database, folders } = workspace
  const { signal } = job
  // An image may have been removed since the job was submitted.
  const asked = await workspace.read((own) => currentImages(own, presentImages(own, imageIds)))
  const images = asked.filter(({ testSet }) => !testSet)
  const { model, constituents, boosters, heldOutFolds } = await loadModelForPrediction(modelName, services)
  const training = readTrainingReport(database, model.id)
  const reference = training && storedReference(training, folders.boosters)
  const threshold = readOperatingPoint(database, model.id)
  const isPositive = model.scheme.map((c) => c.isPositive)
  const { progress } = job
  const predictedIds = listImagesJudgedSince(database, model.id, job.since)
  const remaining = images.filter((image) => !predictedIds.has(image.id))
  const skipped = images.length - remaining.length
  progress.begin(stage, skipped, images.length)

  const classify = async (
    image: ImageView,
    onProgress: (done: number, total: number) => void,
  ): Promise<void> => {
    const heldOutFold = heldOutFolds.get(image.id) ?? null
    const predicted = await compute.run(
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
    // It may have been locked since.
    if (lockedImages(database, image.id).size > 0) return
    const { prediction } = predicted
    // The likeness of a training image was measured at training, without the images of its own case.
    const likeness =
      heldOutFold === null || training === null
        ? predicted.likeness
        : likenessOfTrained(training, image.sha256)
    const { probabilities } = prediction
    insertVerdict(database, {
      imageId: image.id,
      modelId: model.id,
      suggested: at(model.classes, argmax(probabilities)),
      probabilities: Object.fromEntries(zip(model.classes, probabilities)),
      carcinomaScore: carcinomaScore(probabilities, isPositive),
      outOfFold: heldOutFold !== null,
      boosters: prediction.boosters,
      flags: [...updateFlags(database, image, predicted.flags), ...unlikeFlag(likeness)],
      details:
        training &&
        predictionDetails(prediction, {
          classes: model.scheme,
          encoders: constituents.map(({ encoder }) => encoder),
          training,
          heldOutFold,
          threshold,
          effort: predicted.effort,
          likeness,
        }),
    })
    onPrediction(image.id)
  }
  const { done, failed } = await forEachImage(remaining, classify, signal, (reached) =>
    progress.report(stage, skipped + reached, images.length),
  )
  const locked = asked.length - images.length
  const classified = skipped + done.length
  return { modelName: model.name, classified, ...(locked === 0 ? {} : { locked }), failed }
}

function unlikeFlag(likeness: VerdictLikeness): QualityFlag[] {
  const known = knownLikeness(likeness)
  return known !== null && isUnlike(known)
    ? [{ code: 'unlike-training', measured: known.pValue, threshold: unlikeLevel }]
    : []
}
