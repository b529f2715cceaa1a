import { availableParallelism } from 'node:os'
import { at } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { sha256 } from '../../base/sha256.ts'
import type { BoostingRecipe } from '../../contract/index.ts'
import { Booster, boostingVersion, Dataset, type Parameters } from '../boosting/index.ts'
import { boosterParameters, boosterSeeds } from './booster-parameters.ts'
import { loadDescriptors, type DescriptorTable } from './descriptor-table.ts'
import {
  findCheckpoint,
  saveCheckpoint,
  checkpointKey,
  type BoosterCheckpoint,
} from './booster-checkpoint.ts'

export interface EnsembleImage {
  /** The image's descriptor file for each constituent. */
  files: readonly string[]
  classIndex: number
  /** The fold that holds it out. */
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
  /** Where booster texts go, named by their sha256. */
  directory: string
  /** How many boosters are trained at once; by default one for each core. The bits do not depend on it. */
  parallel?: number
  signal: AbortSignal
  /** Boosters done; those under way count by their rounds. */
  report: (done: number, total: number) => void
}

export interface TrainedEnsemble {
  /** By constituent, seed, fold. */
  boosters: EnsembleBooster[]
  /** Class probabilities of each image: the mean over constituents, seeds and augmentations, equal weights. */
  outOfFold: number[][]
  /** The same of each constituent alone, for the paper's Table 1. */
  outOfFoldByConstituent: number[][][]
}

/**
 * Trains one booster for each constituent, seed and fold on the images outside the fold, each image with
 * all its augmentations, and predicts the fold's images with it (paper section 2.5, docs/pipeline.md, sections 9
 * and 11). Each booster is kept on disk, with its predictions, before it counts as done: a training that was
 * stopped and is asked for again takes up what is there, with the same bits.
 *
 * Deviation from the published system: the values of all images are binned once for each constituent and
 * the folds share the bins. Bins are quantiles of descriptors and know no labels.
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
    // Made when the first booster is missing; a constituent that is complete needs none.
    const binned: { dataset?: Promise<Dataset> } = {}
    const places = Array.from({ length: seeds * folds }, (_, run): Place => {
      return { constituent, seed: Math.floor(run / folds), fold: run % folds }
    })
    const work = async (place: Place): Promise<{ place: Place; held: number[]; unit: BoosterCheckpoint }> => {
      const held = images.flatMap((image, i) => (image.fold === place.fold ? [i] : []))
      const key = checkpointKeyOf(tableDigest, table, images, place, options)
      const size = held.length * table.rowsPerImage * classCount
      const booster = progress.begin()
      let unit = await findCheckpoint(directory, key, size)
      if (unit === null) {
        binned.dataset ??= bin(table, images, boosterParameters(options.boosting, classCount))
        unit = await trainOne(table, await binned.dataset, images, { held, place, key }, options, booster)
      }
      booster(1)
      return { place, held, unit }
    }
    const sums = images.map(() => new Float64Array(classCount))
    try {
      // A subset of the bins lies in memory only while its booster is trained. The results are added up in a
      // fixed order, so that their order of finishing does not show in the last bit.
      for (const { place, held, unit } of await mapWithConcurrency(places, parallel, work)) {
        boosters.push({ ...place, textSha256: unit.textSha256 })
        const size = table.rowsPerImage * classCount
        held.forEach((image, i) => {
          const own = unit.heldOut.subarray(i * size, (i + 1) * size)
          const sum = at(sums, image)
          meanOverRows(own, classCount).forEach((p, c) => {
            sum[c] = at(sum, c) + p
          })
        })
      }
    } finally {
      // Refused only where binning failed, which has been thrown already.
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

interface Place {
  constituent: number
  seed: number
  fold: number
}

const parametersOf = (
  { boosting, classCount }: Pick<EnsembleOptions, 'boosting' | 'classCount'>,
  { seed, fold }: Place,
): Parameters => ({ ...boosterParameters(boosting, classCount), ...boosterSeeds(seed, fold) })

/** All images count, also those held out: they share the bins. */
const checkpointKeyOf = (
  values: string,
  { rowsPerImage, columns }: DescriptorTable,
  images: readonly EnsembleImage[],
  place: Place,
  options: EnsembleOptions,
): string =>
  checkpointKey({
    // Raised whenever the code that trains changes its results.
    algorithm: 1,
    lightGbm: boostingVersion(),
    values,
    rowsPerImage,
    columns,
    classes: images.map((image) => image.classIndex),
    heldOut: images.map((image) => image.fold === place.fold),
    parameters: parametersOf(options, place),
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
  { held, place, key }: { held: readonly number[]; place: Place; key: string },
  options: EnsembleOptions,
  report: (share: number) => void,
): Promise<BoosterCheckpoint> {
  const { boosting, classCount, directory, signal } = options
  const rowsOf = (image: number): number[] =>
    Array.from({ length: table.rowsPerImage }, (_, a) => image * table.rowsPerImage + a)
  const inside = images.flatMap((image, i) => (image.fold === place.fold ? [] : rowsOf(i)))
  const training = await dataset.subset(inside)
  // Not `using`: Node 22 runs these sources as they are, and does not know it.
  const booster = await Booster.train(training, parametersOf(options, place), {
    rounds: boosting.rounds,
    signal,
    // The last share is the prediction's.
    onRound: ({ round, rounds }) => report((0.99 * round) / rounds),
  }).finally(() => training.close())
  try {
    const each: Float64Array[] = []
    for (const image of held) each.push(await predictRows(booster, table, image))
    const size = table.rowsPerImage * classCount
    const heldOut = new Float64Array(held.length * size)
    each.forEach((values, i) => heldOut.set(values, i * size))
    return await saveCheckpoint(directory, key, await booster.toModelText(), heldOut)
  } finally {
    booster.close()
  }
}

/** Class probabilities of an image, one row for each augmentation. */
function predictRows(booster: Booster, table: DescriptorTable, image: number): Promise<Float64Array> {
  const { rowsPerImage, columns, data } = table
  const start = image * rowsPerImage * columns
  const rows = data.subarray(start, start + rowsPerImage * columns)
  return booster.predict(rows, { rows: rowsPerImage, kind: 'probability' })
}

/** Mean of each column of a table of class probabilities. */
export function meanOverRows(values: Float64Array, classCount: number): Float64Array {
  const rows = values.length / classCount
  const mean = new Float64Array(classCount)
  values.forEach((p, i) => {
    mean[i % classCount] = (mean[i % classCount] ?? 0) + p / rows
  })
  return mean
}

/** Counts items that are done and the shares of those under way. */
function countProgress(
  total: number,
  report: (done: number, total: number) => void,
): { begin: () => (share: number) => void } {
  const underWay = new Set<{ share: number }>()
  let finished = 0
  const tell = (): void =>
    report(
      [...underWay].reduce((sum, { share }) => sum + share, finished),
      total,
    )
  tell()
  return {
    begin: () => {
      const item = { share: 0 }
      underWay.add(item)
      return (share) => {
        item.share = share
        if (share === 1 && underWay.delete(item)) finished++
        tell()
      }
    },
  }
}
