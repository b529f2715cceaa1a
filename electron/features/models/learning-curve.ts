import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { z } from 'zod'
import { at, zip } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import { AppError, type LearningCurve } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { argmax } from '../../engine/evaluation/accuracy.ts'
import { drawCases, measureCurve, usableShares } from '../../engine/evaluation/learning-curve.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, modelsChanged, type JobServices } from '../../session/job-services.ts'
import { findModel, listClasses } from '../../store/index.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { assignFolds, classesOf, classIndexOf } from './assign-folds.ts'
import { removeStaging } from './staging.ts'
import { countImages, encodeItems, perItem, readTrainingItems, type EncodedItem } from './training-items.ts'

const [encodingStage, trainingStage] = ['Encoding images', 'Training on parts of the cases'] as const

const curveInputSchema = z.object({ model: z.string(), repeats: z.int().positive() })

export const learningCurveJob = defineJob({
  kind: 'learning-curve',
  input: curveInputSchema,
  stages: [
    { name: encodingStage, unit: 'images', weight: 50 },
    { name: trainingStage, unit: 'trainings', weight: 50 },
  ],
  resumable: false,
  runsBeside: true,
  // Its report is part of the model's.
  announces: modelsChanged,
  title: ({ model }) => `Learning curve of ${model}`,
  check: ({ model }, { workspace }) => void findModel(workspace.database, model),
  run: learningCurve,
})

/** In the folder of the boosters; what a killed job left is removed by the next one. */
const stagingPrefix = '.learning-curve-'

/** An image or region with what the curve needs of it. */
interface Row {
  /** Of each field the descriptor files. */
  fields: EncodedItem['fields']
  classIndex: number
  fold: number
  /** Index of its case; an image without a case is a case of its own, with its regions. */
  group: number
}

/**
 * Measures how the accuracy grows with the number of training cases: for each fold, classifiers are trained on growing parts
 * of the cases of the other folds, drawn at random by class, and predict the fold. The recipe is the model's, with one
 * seed; regions are used if the model was trained on regions here. Nothing of it is kept but the figures.
 * @throws AppError `model.not-found`, `training.*`, `learning-curve.too-few-cases`, `encoder.missing`, `job.cancelled`
 */
async function learningCurve(
  { model: modelName, repeats }: z.infer<typeof curveInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<LearningCurve> {
  const { workspace, compute } = services
  const { database, folders } = workspace
  const model = findModel(database, modelName)
  const recipe = { ...model.recipe, seeds: 1 }
  const regions = model.regions > 0
  const data = await workspace.read((own) => readTrainingItems(own, { recipe, regions }))
  const classes = classesOf(data.items, listClasses(database))
  const groupBy = model.groupedBy === 'image' ? 'image' : null
  // Also before the encoding, which may take hours, so that its errors come early.
  requireCases(assignRows(data.items.map((item) => ({ item, fields: [] }))))
  const { fingerprints } = await requireWeights(recipe, services)
  const { encoded } = await encodeItems(data, { recipe, fingerprints }, services, job.signal, (done, total) =>
    job.progress.report(encodingStage, done, total),
  )
  const { rows, groupedBy } = assignRows(encoded)
  const shares = requireCases({ rows })
  const directory = join(folders.boosters, `${stagingPrefix}${randomUUID()}`)
  const right = rows.map(() => shares.map((): number[] => []))
  const sizes = shares.map((): number[] => [])
  // All cases of a pool are the same in each draw.
  const runs = Array.from({ length: recipe.folds }, (_, fold) =>
    shares.flatMap((share, s) =>
      Array.from({ length: share === 1 ? 1 : repeats }, (_run, repeat) => ({ fold, share, s, repeat })),
    ),
  ).flat()
  try {
    await removeStaging(folders.boosters, stagingPrefix)
    await makePrivateFolder(directory).catch((error: unknown) => {
      throw asNotWritable(error, directory)
    })
    for (const [done, { fold, share, s, repeat }] of runs.entries()) {
      throwIfCancelled(job.signal)
      job.progress.report(trainingStage, done, runs.length)
      const pool = poolOf(rows, fold)
      const drawn = drawCases(
        pool.map(({ classIndex }) => classIndex),
        recipe.seed,
        fold,
        repeat,
      ).slice(0, Math.round(share * pool.length))
      sizes[s]?.push(drawn.length)
      const training = new Set(drawn.map((index) => at(pool, index).group))
      const chosen = rows.flatMap((row, index) =>
        row.fold === fold || training.has(row.group) ? [{ row, index }] : [],
      )
      const trained = await compute.run(
        'train',
        {
          // One fold: what is held out is 0, what trains is 1.
          images: chosen.flatMap(({ row: { fields, classIndex, fold: own, group } }) =>
            fields.map((files) => ({ files, classIndex, fold: own === fold ? 0 : 1, group })),
          ),
          options: {
            constituentCount: constituentsOf(recipe).length,
            classCount: classes.length,
            folds: 1,
            seeds: 1,
            classifier: recipe.classifier,
            boosting: recipe.boosting,
            directory,
          },
        },
        { signal: job.signal },
      )
      const outOfFold = perItem(
        chosen.map(({ row }) => row),
        trained.outOfFold,
      )
      for (const [{ row, index }, probabilities] of zip(chosen, outOfFold)) {
        if (row.fold === fold) {
          at(at(right, index), s).push(argmax(probabilities) === row.classIndex ? 1 : 0)
        }
      }
    }
  } finally {
    await removeFolder(directory)
  }
  const measured = measureCurve(
    sizes.map(meanOf),
    zip(rows, right).map(([{ group }, bySize]) => ({ case: group, right: bySize.map(meanOf) })),
  )
  return {
    model: model.name,
    images: countImages(encoded.map(({ item }) => item)),
    cases: new Set(rows.map(({ group }) => group)).size,
    groupedBy,
    folds: recipe.folds,
    repeats,
    ...measured,
  }

  function assignRows(all: readonly Pick<EncodedItem, 'item' | 'fields'>[]): {
    rows: Row[]
    groupedBy: 'case' | 'image'
  } {
    const split = assignFolds(
      all.map(({ item }) => item),
      classes,
      recipe,
      groupBy,
    )
    const groups = new Map<string, number>()
    const rowsOf = zip(all, split.folds).map(([{ item, fields }, fold]): Row => {
      const name =
        split.groupedBy === 'image' || item.caseName === null
          ? `image ${item.image.sha256}`
          : `case ${item.caseName}`
      const group = groups.get(name) ?? groups.size
      groups.set(name, group)
      return { fields, classIndex: classIndexOf(item, classes), fold, group }
    })
    return { rows: rowsOf, groupedBy: split.groupedBy }
  }

  /** The shares that the smallest pool allows: at least two, or there is no curve. */
  function requireCases({ rows: all }: { rows: readonly Row[] }): number[] {
    const pools = Array.from({ length: recipe.folds }, (_, fold) => poolOf(all, fold).length)
    const usable = usableShares(Math.min(...pools), classes.length)
    if (usable.length >= 2) return usable
    const cases = new Set(all.map(({ group }) => group)).size
    throw new AppError('learning-curve.too-few-cases', { cases })
  }
}

/** The cases outside a fold, each with the class of its worst image (classes are listed from harmless to worst). */
function poolOf(rows: readonly Row[], fold: number): { group: number; classIndex: number }[] {
  const groups = Map.groupBy(
    rows.filter((row) => row.fold !== fold),
    ({ group }) => group,
  )
  return [...groups].map(([group, own]) => ({
    group,
    classIndex: Math.max(...own.map(({ classIndex }) => classIndex)),
  }))
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
