import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { z } from 'zod'
import { zip } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import {
  AppError,
  changeRecipe,
  classifierChoiceSchema,
  encoderNamesSchema,
  recipeChangesSchema,
  type ClassifierChoice,
  type EncoderComparison,
  type ImageView,
  type Recipe,
} from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { recipeFingerprint } from '../../engine/recipe/fingerprint.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, modelsChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { currentImages, listClasses, listTrainableImages, lockedHashes } from '../../store/index.ts'
import { assignFolds, classesOf, classIndexOf, groupsByCase, warningsOf } from './assign-folds.ts'
import { encodeForEach, measureEncoding, type EncodedImages } from './encode-for-comparison.ts'
import { comparisonOf, type MeasuredPair } from './encoder-comparison.ts'
import { findRecipe, recipesOfEach } from './recipes.ts'
import { removeStaging } from './staging.ts'
import { findPair, savePair, type PairResult } from './stored-pairs.ts'

const [encodingStage, trainingStage] = ['Encoding images', 'Training classifiers'] as const

const compareInputSchema = z.object({
  recipe: z.string(),
  changes: recipeChangesSchema.omit({ encoders: true, classifier: true }),
  encoders: encoderNamesSchema,
  classifiers: z.array(classifierChoiceSchema).min(1),
  /** null: by case if any image has one. */
  groupBy: z.enum(['case', 'image']).nullable(),
})

export const compareEncodersJob = defineJob({
  kind: 'compare-encoders',
  input: compareInputSchema,
  stages: [
    { name: encodingStage, unit: 'images', weight: 90 },
    { name: trainingStage, unit: 'combinations', weight: 10 },
  ],
  resumable: true,
  runsBeside: true,
  announces: modelsChanged,
  title: () => 'Compare encoders',
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  run: compareEncoders,
})

/** In the folder of the boosters; what a killed job left is removed by the next one. */
const stagingPrefix = '.encoder-comparison-'
/** Changes when the same inputs give other results. */
const resultVersion = 1

/** An image of the comparison. */
interface Row {
  image: ImageView
  classIndex: number
  fold: number
  group: number
}

/**
 * Compares encoders and classifiers on the labelled cases: the same images, classes and folds for all, each image predicted out
 * of fold, without locked test sets. Descriptors are kept, and so are the predictions of each finished pair, so that a comparison
 * that was stopped goes on where it was; nothing else is, and no model comes of it.
 * @throws AppError `training.*`, `encoder.*`, `recipe.*`, `test-set.locked-meanwhile`, `job.cancelled`
 */
export async function compareEncoders(
  input: z.infer<typeof compareInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<EncoderComparison> {
  const { workspace, compute, homeDirectory } = services
  const { database } = workspace
  const { signal } = job
  const base = changeRecipe(await findRecipe(input.recipe, services), input.changes)
  const unsorted = await workspace.read(listTrainableImages)
  const trainable = unsorted.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const classes = classesOf(trainable, listClasses(database))
  // Also before the encoding, which may take hours, so that its errors come early.
  assignFolds(trainable, classes, base, input.groupBy)
  const { encoded, leftOut, failed } = await encodeForEach(
    trainable,
    await recipesOfEach(base, input.encoders, services),
    services,
    signal,
    (done, total) => job.progress.report(encodingStage, done, total),
  )
  const images = trainable.filter(({ id }) => encoded.every(({ files }) => files.has(id)))
  const split = assignFolds(images, classes, base, input.groupBy)
  const rows = zip(images, split.folds, groupsByCase(images)).map(([image, fold, group]): Row => ({
    image,
    classIndex: classIndexOf(image, classes),
    fold,
    group,
  }))
  const classifiers = classifierChoiceSchema.options.filter((one) => input.classifiers.includes(one))
  const measured: MeasuredPair[] = []
  const total = encoded.length * classifiers.length
  await removeStaging(workspace.folders.boosters, stagingPrefix)
  for (const one of encoded) {
    const results = await trainPairs(one, rows, classes.length, classifiers, services, signal, (done) =>
      job.progress.report(trainingStage, measured.length + done, total),
    )
    const { source } = one.weights
    measured.push(
      ...zip(classifiers, results).map(([classifier, result]): MeasuredPair => ({
        encoder: one.encoder,
        classifier,
        weights: source,
        ...result,
      })),
    )
  }
  const locked = lockedHashes(database)
  const lockedNow = images.filter(({ sha256 }) => locked.has(sha256)).length
  if (lockedNow > 0) throw new AppError('test-set.locked-meanwhile', { images: lockedNow })
  const all = await workspace.read((own) => currentImages(own, null))
  return comparisonOf(measured, {
    recipe: input.recipe,
    changes: input.changes,
    folds: base.folds,
    groupedBy: split.groupedBy,
    classes,
    rows: rows.map(({ image, classIndex, fold }) => ({ image, truth: classIndex, fold })),
    encoders: await compute.run('encoderList', { homeDirectory }),
    leftOut,
    failed,
    warnings: warningsOf({
      ...split,
      images: images.length,
      // Each encoder says by itself where its weights come from.
      weights: 'official',
      disputed: all.filter(({ readings, testSet }) => readings.isDisputed && !testSet).length,
      locked: all.filter(({ label, testSet }) => label !== null && testSet).length,
    }),
  })
}

/** The results of an encoder with each classifier: stored ones, and the others trained now and stored. */
async function trainPairs(
  { recipe, weights, files }: EncodedImages,
  rows: readonly Row[],
  classCount: number,
  classifiers: readonly ClassifierChoice[],
  services: JobServices,
  signal: AbortSignal,
  report: (done: number) => void,
): Promise<PairResult[]> {
  const { workspace, compute, version } = services
  const { descriptors, boosters } = workspace.folders
  const directory = join(boosters, `${stagingPrefix}${randomUUID()}`)
  const results: PairResult[] = []
  const spentMs = new Map<ClassifierChoice, number>()
  let encodingMs: number | null = null
  try {
    for (const [done, classifier] of classifiers.entries()) {
      throwIfCancelled(signal)
      report(done)
      const own = changeRecipe(recipe, { classifier })
      const dependsOn = {
        resultVersion,
        version,
        recipe: recipeFingerprint(withoutName(own)),
        weights: weights.fingerprints,
        classCount,
        rows: rows.map(({ image, classIndex, fold, group }) => [image.sha256, classIndex, fold, group]),
      }
      const stored = await findPair(descriptors, dependsOn, rows.length)
      if (stored !== null) {
        encodingMs ??= stored.encodingMs
        results.push(stored)
        continue
      }
      await makePrivateFolder(directory).catch((error: unknown) => {
        throw asNotWritable(error, directory)
      })
      encodingMs ??= await measureEncoding(
        rows.map(({ image }) => image),
        recipe,
        services,
        directory,
        signal,
      )
      const startedAt = performance.now()
      const { outOfFold } = await compute.run(
        'train',
        {
          images: rows.map(({ image, classIndex, fold, group }) => ({
            files: files.get(image.id) ?? [],
            classIndex,
            fold,
            group,
          })),
          options: {
            constituentCount: constituentsOf(own).length,
            classCount,
            folds: own.folds,
            seeds: own.seeds,
            classifier: own.classifier,
            boosting: own.boosting,
            directory,
          },
        },
        { signal },
      )
      const ownMs = performance.now() - startedAt
      // For both, the classifiers of the two before it are taken from the folder.
      const earlier = classifier === 'both' ? [...spentMs.values()] : []
      const result = {
        outOfFold,
        encodingMs,
        trainingMs: earlier.reduce((sum, ms) => sum + ms, ownMs),
      }
      spentMs.set(classifier, ownMs)
      await savePair(descriptors, dependsOn, result)
      results.push(result)
    }
  } finally {
    await removeFolder(directory)
  }
  return results
}

/** A recipe's name says how it was made, which changes no result. */
const withoutName = (recipe: Recipe): Recipe => ({ ...recipe, name: 'compared' })
