import { join } from 'node:path'
import { AppError, type ClassifyReport, type Failure, type ImageView } from '../contract/index.ts'
import { constituentsOf } from '../engine/descriptors/constituents.ts'
import { largest } from '../engine/evaluation/accuracy.ts'
import { carcinomaScore } from '../engine/verdict/score.ts'
import { describeVerdict } from '../engine/verdict/verdict-details.ts'
import {
  boostersDirectory,
  findModelInUse,
  insertVerdict,
  listBoosters,
  listFolds,
  listImagesJudgedSince,
  readOperatingPoint,
  readTrainingReport,
  type Writable,
} from '../store/index.ts'
import type { ComputeClient } from './compute-client.ts'
import { describeImages } from './describe-images.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

export interface ClassifyInput {
  images: readonly ImageView[]
  /** null: the one in use. */
  model: string | null
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
  const { images, homeDirectory, workspacePath, since = null, onVerdict } = input
  const model = findModelInUse(database, input.model)
  const weights = await compute.run('encoderRequire', { homeDirectory, names: model.recipe.encoders })
  requireSameWeights(model.name, model.encoderFingerprints, weights.fingerprints)
  const heldOut = listFolds(database, model.id)
  const training = readTrainingReport(database, model.id)
  const threshold = readOperatingPoint(database, model.id)
  const parts = constituentsOf(model.recipe)
  const boosters = listBoosters(database, model.id).map(({ encoder, cropSet, ...booster }) => ({
    ...booster,
    constituent: parts.findIndex((part) => part.encoder === encoder && part.cropSet === cropSet),
    path: join(boostersDirectory(workspacePath), `${booster.textSha256}.txt`),
  }))
  const stage = 'Classifying images'
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const failures: Failure[] = []
  const judged = listImagesJudgedSince(database, model.id, since)
  const remaining = images.filter((image) => !judged.has(image.id))
  const before = images.length - remaining.length
  let classified = before
  meter.begin(stage, before, images.length)

  for (const [place, image] of remaining.entries()) {
    const index = before + place
    const { described, failed } = await describeImages(
      database,
      compute,
      { images: [image], recipe: model.recipe, homeDirectory, workspacePath },
      signal,
      (done) => meter.report(stage, index + done * 0.99, images.length),
    )
    failures.push(...failed)
    for (const { files, flags } of described) {
      const heldOutFold = heldOut.get(image.id) ?? null
      const prediction = await compute.run(
        'predict',
        { image: { files, heldOutFold }, boosters, classCount: model.classes.length },
        { signal },
      )
      const { probabilities } = prediction
      insertVerdict(database, {
        imageId: image.id,
        modelId: model.id,
        suggested: model.classes[largest(probabilities)] ?? '',
        probabilities: Object.fromEntries(model.classes.map((name, c) => [name, probabilities[c] ?? 0])),
        carcinomaScore: carcinomaScore(
          probabilities,
          model.scheme.map((c) => c.isPositive),
        ),
        outOfFold: heldOutFold !== null,
        boosters: prediction.boosters,
        flags,
        details:
          training &&
          describeVerdict(prediction, {
            classes: model.scheme,
            encoders: parts.map((part) => part.encoder),
            training,
            heldOutFold,
            threshold,
          }),
      })
      classified++
      onVerdict?.(image.id)
    }
    meter.report(stage, index + 1, images.length)
  }
  return { modelName: model.name, classified, failed: failures }
}

/** A model may only be asked with descriptors of the very weights that it was trained on. */
function requireSameWeights(
  model: string,
  trainedOn: Record<string, string>,
  installed: Record<string, string>,
): void {
  for (const [encoder, fingerprint] of Object.entries(trainedOn)) {
    if (installed[encoder] !== fingerprint) throw new AppError('encoder.changed', { model, encoder })
  }
}
