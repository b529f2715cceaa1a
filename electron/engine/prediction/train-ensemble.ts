import { availableParallelism } from 'node:os'
import { at } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { sha256 } from '../../base/sha256.ts'
import type { BoostingRecipe } from '../../contract/index.ts'
import { Booster, boostingVersion, Dataset, type Parameters } from '../boosting/index.ts'
import { boosterParameters, boosterSeeds } from './booster-parameters.ts'
import { loadDescriptors, type DescriptorTable } from './descriptor-table.ts'
import { probabilityProblem, requireProbabilities } from './require-probabilities.ts'
import {
  findCheckpoint,
  saveCheckpoint,
  checkpointKey,
  type BoosterCheckpoint,
} from './booster-checkpoint.ts'

export interface EnsembleImage {
  /** The image's descriptor file of each constituent. */
  files: readonly string[]
  classIndex: number
  /** The fold that holds it out of training. */
  fold: number
}

export interface EnsembleBooster {
  /** Index of the constituent: one combination of encoder and crop set. */
  constituent: number
  fold: number
  seed: number
  textSha256: string
}

export interface EnsembleOptions {
  constituentCount: number
  classCount: number
  folds: number
  seeds: number
  boosting: BoostingRecipe
  /** The folder of booster texts, which are named by their SHA-256. */
  directory: string
  /** Number of boosters to train at the same time. Default: one per core. The result does not depend on it, to the bit. */
  parallel?: number
  signal: AbortSignal
  /** `done`: finished boosters; boosters in training count by their share of rounds. */
  report: (done: number, total: number) => void
}

export interface TrainedEnsemble {
  /** Ordered by constituent, seed, fold. */
  boosters: EnsembleBooster[]
  /** Class probabilities of each image: the mean over constituents, seeds and augmentations, with equal weights. */
  outOfFold: number[][]
  /** The same for each constituent alone, for the paper's Table 1. */
  outOfFoldByConstituent: number[][][]
}

/**
 * Trains one booster for each constituent, seed and fold on the images outside the fold, each image with
 * all its augmentations, and predicts the fold's images with it (paper section 2.5, docs/pipeline.md, sections 9
 * and 11). Each booster is saved to disk with its predictions before it counts as done, so a training that was
 * stopped resumes from these checkpoints and gives the same bits.
 *
 * Deviation from the published system: the values of all images are binned once for each constituent, and
 * the folds share the bins. Bins are quantiles of descriptors and do not depend on labels.
 * @throws AppError `descriptors.invalid-file`, `path.*`, `job.cancelled`
 */
export async function trainEnsemble(
  images: readonly EnsembleImage[],
  options: EnsembleOptions,
): Promise<TrainedEnsemble> {
  const { constituentCount, classCount, folds, seeds, directory, report } = options
  const parallel = options.parallel ?? availableParallelism()
  const boosters: EnsembleBooster[] = []
  const outOfFoldByConstituent: number[][][] = []
  const progress = countProgress(constituentCount * seeds * folds, report)
  for (let constituent = 0; constituent < constituentCount; constituent++) {
    const table = await loadDescriptors(images.map((image) => at(image.files, constituent)))
    const tableDigest = sha256(table.data)
    // Created for the first booster without a checkpoint; a constituent with all checkpoints needs no dataset.
    const binned: { dataset?: Promise<Dataset> } = {}
    const boosterKeys = Array.from({ length: seeds * folds }, (_, run): BoosterKey => {
      return { constituent, seed: Math.floor(run / folds), fold: run % folds }
    })
    const work = async (
      boosterKey: BoosterKey,
    ): Promise<{ boosterKey: BoosterKey; held: number[]; checkpoint: BoosterCheckpoint }> => {
      const held = images.flatMap((image, i) => (image.fold === boosterKey.fold ? [i] : []))
      const key = checkpointKeyOf(tableDigest, table, images, boosterKey, options)
      const size = held.length * table.rowsPerImage * classCount
      const booster = progress.begin()
      let checkpoint = await findCheckpoint(directory, key, size)
      if (checkpoint === null || probabilityProblem(checkpoint.heldOut, classCount) !== null) {
        binned.dataset ??= bin(table, images, boosterParameters(options.boosting, classCount))
        checkpoint = await trainOne(
          table,
          await binned.dataset,
          images,
          { held, boosterKey, key },
          options,
          booster,
        )
      }
      booster(1)
      return { boosterKey, held, checkpoint }
    }
    const sums = images.map(() => new Float64Array(classCount))
    try {
      // A subset of the bins is in memory only while its booster is trained. The results are added in a fixed
      // order, so that the order in which they finish does not affect the last bit.
      for (const { boosterKey, held, checkpoint } of await mapWithConcurrency(boosterKeys, parallel, work)) {
        boosters.push({ ...boosterKey, textSha256: checkpoint.textSha256 })
        const size = table.rowsPerImage * classCount
        held.forEach((image, i) => {
          const own = checkpoint.heldOut.subarray(i * size, (i + 1) * size)
          const sum = at(sums, image)
          meanOverRows(own, classCount).forEach((p, c) => {
            sum[c] = at(sum, c) + p
          })
        })
      }
    } finally {
      // Rejected only if binning failed, and that error was thrown already.
      ;(await binned.dataset?.catch(() => undefined))?.close()
    }
    outOfFoldByConstituent.push(sums.map((sum) => Array.from(sum, (value) => value / seeds)))
  }
  const outOfFold = images.map((_, image) =>
    Array.from({ length: classCount }, (_p, c) => {
      const each = outOfFoldByConstituent.map((rows) => at(at(rows, image), c))
      return each.reduce((sum, p) => sum + p, 0) / constituentCount
    }),
  )
  return { boosters, outOfFold, outOfFoldByConstituent }
}

interface BoosterKey {
  constituent: number
  seed: number
  fold: number
}

const parametersOf = (
  { boosting, classCount }: Pick<EnsembleOptions, 'boosting' | 'classCount'>,
  { seed, fold }: BoosterKey,
): Parameters => ({ ...boosterParameters(boosting, classCount), ...boosterSeeds(seed, fold) })

/** Depends on all images, including those held out, because they share the bins. */
const checkpointKeyOf = (
  values: string,
  { rowsPerImage, columns }: DescriptorTable,
  images: readonly EnsembleImage[],
  boosterKey: BoosterKey,
  options: EnsembleOptions,
): string =>
  checkpointKey({
    // Increase this whenever the training code changes its results.
    algorithm: 1,
    lightGbm: boostingVersion(),
    values,
    rowsPerImage,
    columns,
    classes: images.map((image) => image.classIndex),
    heldOut: images.map((image) => image.fold === boosterKey.fold),
    parameters: parametersOf(options, boosterKey),
    rounds: options.boosting.rounds,
  })

const bin = (
  table: DescriptorTable,
  images: readonly EnsembleImage[],
  parameters: Parameters,
): Promise<Dataset> =>
  Dataset.fromMatrix(table.data, {
    rows: images.length * table.rowsPerImage,
    columns: table.columns,
    labels: images.flatMap((image) => new Array<number>(table.rowsPerImage).fill(image.classIndex)),
    parameters,
  })

async function trainOne(
  table: DescriptorTable,
  dataset: Dataset,
  images: readonly EnsembleImage[],
  { held, boosterKey, key }: { held: readonly number[]; boosterKey: BoosterKey; key: string },
  options: EnsembleOptions,
  report: (share: number) => void,
): Promise<BoosterCheckpoint> {
  const { boosting, classCount, directory, signal } = options
  const rowsOf = (image: number): number[] =>
    Array.from({ length: table.rowsPerImage }, (_, a) => image * table.rowsPerImage + a)
  const inside = images.flatMap((image, i) => (image.fold === boosterKey.fold ? [] : rowsOf(i)))
  const training = await dataset.subset(inside)
  // Not `using`: Node 22 runs these sources unchanged and does not support it.
  const booster = await Booster.train(training, parametersOf(options, boosterKey), {
    rounds: boosting.rounds,
    signal,
    // The last percent is left for the prediction.
    onRound: ({ round, rounds }) => report((0.99 * round) / rounds),
  }).finally(() => training.close())
  try {
    const each: Float64Array[] = []
    for (const image of held) each.push(await predictRows(booster, table, image))
    const size = table.rowsPerImage * classCount
    const heldOut = new Float64Array(held.length * size)
    each.forEach((values, i) => heldOut.set(values, i * size))
    requireProbabilities(heldOut, options.classCount, 'in training')
    return await saveCheckpoint(directory, key, await booster.toModelText(), heldOut)
  } finally {
    booster.close()
  }
}

/** Class probabilities of an image, one row per augmentation. */
function predictRows(booster: Booster, table: DescriptorTable, image: number): Promise<Float64Array> {
  const { rowsPerImage, columns, data } = table
  const start = image * rowsPerImage * columns
  const rows = data.subarray(start, start + rowsPerImage * columns)
  return booster.predict(rows, { rows: rowsPerImage, kind: 'probability' })
}

/** The mean of each column of a table of class probabilities. */
export function meanOverRows(values: Float64Array, classCount: number): Float64Array {
  const rows = values.length / classCount
  const mean = new Float64Array(classCount)
  values.forEach((p, i) => {
    mean[i % classCount] = (mean[i % classCount] ?? 0) + p / rows
  })
  return mean
}

/** Sums up finished items and the shares of those in progress. */
function countProgress(
  total: number,
  report: (done: number, total: number) => void,
): { begin: () => (share: number) => void } {
  const inProgress = new Set<{ share: number }>()
  let finished = 0
  const reportProgress = (): void =>
    report(
      [...inProgress].reduce((sum, { share }) => sum + share, finished),
      total,
    )
  reportProgress()
  return {
    begin: () => {
      const item = { share: 0 }
      inProgress.add(item)
      return (share) => {
        item.share = share
        if (share === 1 && inProgress.delete(item)) finished++
        reportProgress()
      }
    },
  }
}
