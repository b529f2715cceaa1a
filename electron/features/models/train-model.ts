import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { at, zip } from '../../base/arrays.ts'
import { AppError, recipeSchema, researchUseSentence, type TrainReport } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { outOfFoldAccuracy } from '../../engine/evaluation/accuracy.ts'
import { reportTraining } from '../../engine/evaluation/training-report.ts'
import { recipeFingerprint } from '../../engine/recipe/fingerprint.ts'
import { withLikeness } from '../../engine/prediction/likeness-reference.ts'
import { likenessAugmentations } from '../../engine/prediction/likeness.ts'
import { hasModel, insertModel, listClasses, type NewModel } from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
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
import {
  countFields,
  countImages,
  encodeItems,
  perItem,
  readTrainingItems,
  type EncodedItem,
  type TrainingItem,
} from './training-items.ts'
import { trainingBytes } from './training-space.ts'
import { classifiersMs } from './training-time.ts'

const [encodingStage, trainingStage] = ['Encoding images', 'Training classifiers'] as const

const trainInputSchema = z.object({
  name: z.string(),
  recipe: recipeSchema,
  /** null: by case if any image has one. */
  groupBy: z.enum(['case', 'image']).nullable(),
  /** Whether labelled regions are used as training fields; jobs of earlier versions have none. */
  regions: z.boolean().default(false),
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

/**
 * Trains a model on the current labels of images and, if wanted, of regions: descriptors, folds, classifiers, out-of-fold accuracy. The model appears only when
 * it is complete. Descriptors and classifiers that were finished before a cancel are kept for the next training.
 * @throws AppError `model.exists`, `training.*`, `test-set.locked-meanwhile`, `encoder.missing`, `disk.full`, `job.cancelled`
 */
async function trainModel(
  { name, recipe, groupBy, regions, use: useRule }: z.infer<typeof trainInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<TrainReport> {
  const { workspace, compute, version } = services
  const { database } = workspace
  const { signal } = job
  const startedAt = performance.now()
  if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
  if (regions && recipe.external !== undefined)
    throw new AppError('training.regions-external', { set: recipe.external.name })
  const data = await workspace.read((own) => readTrainingItems(own, { recipe, regions }))
  const { items, disputed, locked } = data
  const scheme = listClasses(database)
  // Also before the encoding, which may take hours, so that its errors come early.
  const expected = classesOf(items, scheme)
  assignFolds(items, expected, recipe, groupBy)
  const weights = await requireWeights(recipe, services)

  const fieldCount = countFields(items)
  await requireSpace(workspace.path, trainingBytes(fieldCount, expected.length, recipe))

  const { progress } = job
  progress.expect(trainingStage, classifiersMs(fieldCount, expected.length, recipe, availableParallelism()))
  const {
    encoded: rows,
    failed,
    withoutTissue,
  } = await encodeItems(
    data,
    { recipe, fingerprints: weights.fingerprints },
    services,
    signal,
    (done, total) => progress.report(encodingStage, done, total),
  )
  const left = items.filter((item) => !withoutTissue.includes(item))
  const classes = classesOf(left, scheme)
  const split = assignFoldsWithout(left, failed, classes, recipe, groupBy)
  const parts = constituentsOf(recipe)
  const labelled = rows.map(({ item }) => item)
  const truths = labelled.map((item) => classIndexOf(item, classes))
  const groups = groupsByCase(labelled)
  const trained = await compute.run(
    'train',
    {
      images: zip(rows, truths, split.folds, groups).flatMap(([{ fields }, classIndex, fold, group]) =>
        fields.map((files) => ({ files, classIndex, fold, group })),
      ),
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
      images: rows.map(({ fields, item: { caseName } }) => ({ fields, caseName })),
      augmentations: likenessAugmentations(recipe.augmentation.count),
      directory: workspace.folders.boosters,
    },
    { signal },
  )
  const outOfFold = perItem(rows, trained.outOfFold)
  const { accuracy, folds } = outOfFoldAccuracy(
    zip(split.folds, truths, outOfFold).map(([fold, truth, probabilities]) => ({
      fold,
      truth,
      probabilities,
    })),
    recipe.folds,
  )
  const ofRegions = rows.filter(({ item }) => item.region !== null)
  const used = {
    regions: ofRegions.length,
    images: countImages(ofRegions.map(({ item }) => item)),
    fields: ofRegions.reduce((sum, { fields }) => sum + fields.length, 0),
  }
  const imageCount = countImages(labelled)
  const warnings = warningsOf({
    ...split,
    images: imageCount,
    weights: weights.source,
    disputed,
    locked,
    external: recipe.external?.name,
    regions: data.fields === null ? null : { ...data.fields, ...used, withoutTissue: withoutTissue.length },
  })
  const figures = reportTraining(
    zip(rows, namesOf(labelled), split.folds, truths).map(([{ item, fields }, itemName, fold, truth]) => ({
      name: itemName,
      sha256: item.image.sha256,
      caseName: item.caseName,
      fold,
      truth,
      ...(item.region === null ? {} : { region: { uuid: item.region.uuid, fields: fields.length } }),
    })),
    outOfFold,
    trained.outOfFoldByConstituent.map((values) => perItem(rows, values)),
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
    ...recordsOf(rows, split.folds, outOfFold),
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
    images: imageCount,
    ...(used.regions === 0 ? {} : { regions: { regions: used.regions, fields: used.fields } }),
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

/** A name for each item: that of its image, with the number of the region. */
function namesOf(items: readonly TrainingItem[]): string[] {
  const images = [...new Map(items.map(({ id, image }) => [id, image])).values()]
  const names = new Map(zip(images, uniqueNames(images)).map(([{ id }, imageName]) => [id, imageName]))
  return items.map(({ id, region }) => {
    const imageName = names.get(id) ?? ''
    return region === null ? imageName : `${imageName}, region ${region.id}`
  })
}

/** What is stored of each image and region. */
function recordsOf(
  rows: readonly EncodedItem[],
  folds: readonly number[],
  outOfFold: readonly number[][],
): Required<Pick<NewModel, 'folds' | 'regions'>> {
  const records: Required<Pick<NewModel, 'folds' | 'regions'>> = { folds: [], regions: [] }
  for (const [{ item, centres }, fold, probabilities] of zip(rows, folds, outOfFold)) {
    const { id: imageId, region, label } = item
    const record = { imageId, fold, className: label.className, probabilities }
    if (region === null) records.folds.push(record)
    else
      records.regions.push({
        ...record,
        regionId: region.id,
        changeId: region.changeId,
        fields: centres ?? [],
      })
  }
  return records
}
