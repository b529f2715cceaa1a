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
import { hasModel, insertModel, type NewModel } from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { uniqueNames } from '../images/unique-names.ts'
import { decideOnCandidate } from './candidate.ts'
import { warningsOf } from './assign-folds.ts'
import { defineJob, modelsChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { countImages, perItem, type EncodedItem, type TrainingItem } from './training-items.ts'
import { prepareTraining } from './prepare-training.ts'
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
  const { workspace, compute, homeDirectory, version } = services
  const { database } = workspace
  const { signal } = job
  const startedAt = performance.now()
  if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
  const { progress } = job
  const prepared = await prepareTraining({ recipe, groupBy, regions }, services, {
    signal,
    onPlanned: ({ fields, classes }) =>
      progress.expect(trainingStage, classifiersMs(fields, classes, recipe, availableParallelism())),
    onProgress: (done, total) => progress.report(encodingStage, done, total),
  })
  const { data, rows, failed, withoutTissue, classes, split, truths, weights } = prepared
  const { disputed, locked } = data
  const parts = constituentsOf(recipe)
  const labelled = rows.map(({ item }) => item)
  const { images, options } = prepared.ensemble
  const trained = await compute.run(
    'train',
    { images, options: { ...options, directory: workspace.folders.boosters } },
    job.during(trainingStage),
  )
  const reference = await compute.run(
    'makeReference',
    {
      images: rows.map(({ fields, item: { caseName, image } }) => ({
        fields,
        caseName,
        sha256: image.sha256,
      })),
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
    software: { Lobule: version, ...(await compute.run('software', { homeDirectory })) },
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
