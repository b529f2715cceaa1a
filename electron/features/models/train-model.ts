import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { at, zip } from '../../base/arrays.ts'
import {
  AppError,
  recipeSchema,
  researchUseSentence,
  type ImageView,
  type TrainReport,
} from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { outOfFoldAccuracy } from '../../engine/evaluation/accuracy.ts'
import { reportTraining } from '../../engine/evaluation/training-report.ts'
import { recipeFingerprint } from '../../engine/recipe/fingerprint.ts'
import { withLikeness } from '../../engine/prediction/likeness-reference.ts'
import { likenessAugmentations } from '../../engine/prediction/likeness.ts'
import {
  currentImages,
  hasModel,
  insertModel,
  isTrainable,
  listClasses,
  type NewModel,
} from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { countMissing, missingDone } from '../encoders/count-missing.ts'
import { describeImages, type DescribedImage } from '../encoders/describe-images.ts'
import { uniqueNames } from '../images/unique-names.ts'
import { requireSpace } from '../../base/free-space.ts'
import { decideOnCandidate } from './candidate.ts'
import {
  assignFolds,
  assignFoldsWithout,
  classesOf,
  classIndexOf,
  groupsByCase,
  warningsOf,
} from './assign-folds.ts'
import { defineJob, modelsChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { trainingBytes } from './training-space.ts'
import { classifiersMs } from './training-time.ts'

const [encodingStage, trainingStage] = ['Encoding images', 'Training classifiers'] as const

const trainInputSchema = z.object({
  name: z.string(),
  recipe: recipeSchema,
  /** null: by case if any image has one. */
  groupBy: z.enum(['case', 'image']).nullable(),
  /** Jobs of earlier versions have none. */
  use: z.enum(['if-first', 'always']).default('if-first'),
})

export const trainJob = defineJob({
  kind: 'train',
  input: trainInputSchema,
  stages: [
    { name: encodingStage, unit: 'images', weight: 95 },
    { name: trainingStage, unit: 'classifiers', weight: 5 },
  ],
  resumable: true,
  runsBeside: true,
  announces: modelsChanged,
  title: ({ name }) => `Train ${name}`,
  check: requireWorkspace,
  run: trainModel,
})

interface LabelledImage extends DescribedImage {
  classIndex: number
}

/**
 * Trains a model on the current labels: descriptors, folds, classifiers, out-of-fold accuracy. The model appears only when
 * it is complete. Descriptors and classifiers that were finished before a cancel are kept for the next training.
 * @throws AppError `model.exists`, `training.*`, `test-set.locked-meanwhile`, `encoder.missing`, `disk.full`, `job.cancelled`
 */
async function trainModel(
  { name, recipe, groupBy, use: useRule }: z.infer<typeof trainInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<TrainReport> {
  const { workspace, compute, version } = services
  const { database } = workspace
  const { signal } = job
  const startedAt = performance.now()
  if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
  const all = await workspace.read((own) => currentImages(own, null))
  const labelled = trainingImages(all.filter(isTrainable))
  const classes = classesOf(labelled, listClasses(database))
  const disputed = all.filter(({ readings, testSet }) => readings.isDisputed && !testSet).length
  const locked = all.filter(({ label, testSet }) => label !== null && testSet).length
  // Also before the encoding, which may take hours, so that its errors come early.
  assignFolds(labelled, classes, recipe, groupBy)
  const weights = await requireWeights(recipe, services)

  await requireSpace(workspace.path, trainingBytes(labelled.length, classes.length, recipe))

  const missing = countMissing(labelled, recipe, weights.fingerprints, workspace)
  const expectedMs = classifiersMs(labelled.length, classes.length, recipe, availableParallelism())
  const { progress } = job
  progress.expect(trainingStage, expectedMs)
  const { described, failed } = await describeImages(labelled, { recipe }, services, signal, (done) =>
    progress.report(encodingStage, missingDone(missing, done), missing.at(-1) ?? 0),
  )
  const rows = described.map((row): LabelledImage => ({
    ...row,
    classIndex: classIndexOf(row.image, classes),
  }))
  const split = assignFoldsWithout(labelled, failed, classes, recipe, groupBy)
  const parts = constituentsOf(recipe)
  const groups = groupsByCase(rows.map((row) => row.image))
  const trained = await compute.run(
    'train',
    {
      images: zip(rows, split.folds, groups).map(([{ files, classIndex }, fold, group]) => ({
        files,
        classIndex,
        fold,
        group,
      })),
      options: {
        constituentCount: parts.length,
        classCount: classes.length,
        folds: recipe.folds,
        seeds: recipe.seeds,
        classifier: recipe.classifier,
        boosting: recipe.boosting,
        directory: workspace.folders.boosters,
      },
    },
    job.during(trainingStage),
  )
  const reference = await compute.run(
    'makeReference',
    {
      images: rows.map(({ files, image: { caseName } }) => ({ files, caseName })),
      augmentations: likenessAugmentations(recipe.augmentation.count),
      directory: workspace.folders.boosters,
    },
    { signal },
  )
  const outOfFold = zip(rows, split.folds, trained.outOfFold).map(([row, fold, probabilities]) => ({
    imageId: row.image.id,
    fold,
    truth: row.classIndex,
    probabilities,
  }))
  const { accuracy, folds } = outOfFoldAccuracy(outOfFold, recipe.folds)
  const warnings = warningsOf({
    ...split,
    images: rows.length,
    weights: weights.source,
    disputed,
    locked,
    external: recipe.external?.name,
  })
  const names = uniqueNames(rows.map((row) => row.image))
  const figures = reportTraining(
    zip(rows, names, split.folds).map(([{ image, classIndex }, imageName, fold]) => ({
      name: imageName,
      sha256: image.sha256,
      caseName: image.caseName,
      fold,
      truth: classIndex,
    })),
    trained.outOfFold,
    trained.outOfFoldByConstituent,
    { recipe, classes, warnings },
  )
  const training = withLikeness(figures, reference)
  const newModel: NewModel = {
    name,
    recipe,
    recipeFingerprint: recipeFingerprint(recipe),
    weights: weights.source,
    encoderFingerprints: weights.fingerprints,
    classes,
    cases: split.cases,
    groupedBy: split.groupedBy,
    imagesWithoutCase: split.imagesWithoutCase,
    accuracy,
    foldAccuracies: folds,
    durationMs: performance.now() - startedAt,
    software: { Lobule: version, ...(await compute.run('software', {})) },
    boosters: trained.boosters.map(({ constituent, ...booster }) => ({
      ...booster,
      ...at(parts, constituent),
    })),
    folds: outOfFold.map(({ truth, ...row }) => ({ ...row, className: at(classes, truth).name })),
    report: training,
  }
  const { modelId, use } = database.transaction(() => ({
    modelId: insertModel(database, newModel),
    use: decideOnCandidate(database, name, useRule),
  }))()
  return {
    model: name,
    modelId,
    boosters: trained.boosters.length,
    images: rows.length,
    cases: split.cases,
    groupedBy: split.groupedBy,
    imagesWithoutCase: split.imagesWithoutCase,
    accuracy,
    folds,
    mean: training.evaluation.mean,
    std: training.evaluation.std,
    auc: training.evaluation.auc,
    weights: weights.source,
    skipped: failed,
    use,
    warnings,
    researchUse: researchUseSentence,
  }
}

/** Sorted by content hash, so that the model does not depend on the order of import. */
const trainingImages = (images: readonly ImageView[]): ImageView[] =>
  images.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
