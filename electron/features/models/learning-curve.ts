import { randomUUID } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
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
import { findModel, listClasses, listTrainableImages } from '../../store/index.ts'
import { countMissing, missingDone } from '../encoders/count-missing.ts'
import { describeImages } from '../encoders/describe-images.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { assignFolds, classesOf, classIndexOf } from './assign-folds.ts'

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

/** An image with what the curve needs of it. */
interface Row {
  files: string[]
  classIndex: number
  fold: number
  /** Index of its case; an image without a case is a case of its own. */
  group: number
}

/**
 * Measures how the accuracy grows with the number of training cases: for each fold, classifiers are trained on growing parts
 * of the cases of the other folds, drawn at random by class, and predict the fold. The recipe is the model's, with one
 * seed. Nothing of it is kept but the figures.
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
  const unsorted = await workspace.read(listTrainableImages)
  const images = unsorted.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const classes = classesOf(images, listClasses(database))
  const groupBy = model.groupedBy === 'image' ? 'image' : null
  // Also before the encoding, which may take hours, so that its errors come early.
  requireCases(assignRows(images.map((image) => ({ image, files: [] }))))
  const weights = await requireWeights(recipe, services)
  const missing = countMissing(images, recipe, weights.fingerprints, workspace)
  const { described } = await describeImages(images, { recipe }, services, job.signal, (done) =>
    job.progress.report(encodingStage, missingDone(missing, done), missing.at(-1) ?? 0),
  )
  const { rows, groupedBy } = assignRows(described)
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
    await removeStaging(folders.boosters)
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
          images: chosen.map(({ row: { files, classIndex, fold: own, group } }) => ({
            files,
            classIndex,
            fold: own === fold ? 0 : 1,
            group,
          })),
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
      for (const [{ row, index }, probabilities] of zip(chosen, trained.outOfFold)) {
        if (row.fold === fold) {
          at(at(right, index), s).push(argmax(probabilities) === row.classIndex ? 1 : 0)
        }
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  const measured = measureCurve(
    sizes.map(meanOf),
    zip(rows, right).map(([{ group }, bySize]) => ({ case: group, right: bySize.map(meanOf) })),
  )
  return {
    model: model.name,
    images: rows.length,
    cases: new Set(rows.map(({ group }) => group)).size,
    groupedBy,
    folds: recipe.folds,
    repeats,
    ...measured,
  }

  function assignRows(all: readonly { image: (typeof images)[number]; files: string[] }[]): {
    rows: Row[]
    groupedBy: 'case' | 'image'
  } {
    const split = assignFolds(
      all.map(({ image }) => image),
      classes,
      recipe,
      groupBy,
    )
    const groups = new Map<string, number>()
    const rowsOf = zip(all, split.folds).map(([{ image, files }, fold]): Row => {
      const name =
        split.groupedBy === 'image' || image.caseName === null
          ? `image ${image.sha256}`
          : `case ${image.caseName}`
      const group = groups.get(name) ?? groups.size
      groups.set(name, group)
      return { files, classIndex: classIndexOf(image, classes), fold, group }
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

/** Removes what jobs that were killed left. */
async function removeStaging(folder: string): Promise<void> {
  for (const entry of await readdir(folder).catch((): string[] => [])) {
    if (entry.startsWith(stagingPrefix)) await rm(join(folder, entry), { recursive: true, force: true })
  }
}
