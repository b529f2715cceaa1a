import { at, zip } from '../base/arrays.ts'
import {
  isUnlike,
  knownLikeness,
  unlikeLevel,
  type ClassifyReport,
  type Effort,
  type ImageView,
  type QualityFlag,
  type VerdictLikeness,
} from '../contract/index.ts'
import { largest } from '../engine/evaluation/accuracy.ts'
import { likenessOfTrained } from '../engine/verdict/likeness.ts'
import { carcinomaScore } from '../engine/verdict/score.ts'
import { storedReference } from '../engine/verdict/likeness-reference.ts'
import { describeVerdict } from '../engine/verdict/verdict-details.ts'
import {
  boostersDirectory,
  insertVerdict,
  listImagesJudgedSince,
  readOperatingPoint,
  readTrainingReport,
  type Writable,
} from '../store/index.ts'
import { askModel } from './asked-model.ts'
import type { ComputeClient } from '../compute/client.ts'
import { describeTask, keptFlags, onEachImage } from './describe-images.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

export interface ClassifyInput {
  images: readonly ImageView[]
  /** null: the one in use. */
  model: string | null
  /** Default: `full`. */
  effort?: Effort
  homeDirectory: string
  workspacePath: string
  /** Where the job is taken up again: when it was first asked for. Verdicts of the model since then stand. */
  since?: string | null
  /** Told after each verdict is stored. */
  onVerdict?: (imageId: number) => void
}

/**
 * Gives each image a verdict and stores it before the next one is begun. An image that trained the model is
 * asked only of boosters whose fold left it out.
 * @throws AppError `model.none`, `model.not-found`, `encoder.missing`, `model.corrupt`, `job.cancelled`
 */
export async function classifyImages(
  database: Writable,
  compute: ComputeClient,
  input: ClassifyInput,
  { signal, report }: JobContext,
): Promise<ClassifyReport> {
  const { images, effort = 'full', homeDirectory, workspacePath, since = null, onVerdict } = input
  const where = { homeDirectory, workspacePath }
  const { model, parts, boosters, heldOut } = await askModel(database, compute, input.model, where)
  const training = readTrainingReport(database, model.id)
  const reference = training && storedReference(training, boostersDirectory(workspacePath))
  const threshold = readOperatingPoint(database, model.id)
  const isPositive = model.scheme.map((c) => c.isPositive)
  const stage = 'Classifying images'
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const judged = listImagesJudgedSince(database, model.id, since)
  const remaining = images.filter((image) => !judged.has(image.id))
  const before = images.length - remaining.length
  meter.begin(stage, before, images.length)

  const classify = async (
    image: ImageView,
    onProgress: (done: number, total: number) => void,
  ): Promise<void> => {
    const heldOutFold = heldOut.get(image.id) ?? null
    const task = describeTask(database, image, { recipe: model.recipe, ...where })
    const asked = await compute.run(
      'predict',
      {
        image: task,
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
      suggested: at(model.classes, largest(probabilities)),
      probabilities: Object.fromEntries(zip(model.classes, probabilities)),
      carcinomaScore: carcinomaScore(probabilities, isPositive),
      outOfFold: heldOutFold !== null,
      boosters: prediction.boosters,
      flags: [...keptFlags(database, image, asked.flags), ...unlikeFlag(likeness)],
      details:
        training &&
        describeVerdict(prediction, {
          classes: model.scheme,
          encoders: parts.map((part) => part.encoder),
          training,
          heldOutFold,
          threshold,
          effort: asked.effort,
          likeness,
        }),
    })
    onVerdict?.(image.id)
  }
  const { done, failed } = await onEachImage(remaining, classify, signal, (reached) =>
    meter.report(stage, before + reached, images.length),
  )
  return { modelName: model.name, classified: before + done.length, failed }
}

function unlikeFlag(likeness: VerdictLikeness): QualityFlag[] {
  const known = knownLikeness(likeness)
  return known !== null && isUnlike(known)
    ? [{ code: 'unlike-training', measured: known.pValue, threshold: unlikeLevel }]
    : []
}
