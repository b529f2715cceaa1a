import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError, type BoostingRecipe } from '../../contract/index.ts'
import { Booster, Dataset, type Parameters } from '../boosting/index.ts'
import { writeAtomically } from '../encoders/index.ts'
import { loadDescriptors, type DescriptorTable } from './descriptor-table.ts'

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
  signal: AbortSignal
  report: (done: number, total: number) => void
}

/** LightGBM's parameters for one booster (PIPELINE.md section 9). */
export function boosterParameters(recipe: BoostingRecipe, classCount: number): Parameters {
  const { rounds: _, ...parameters } = recipe
  return {
    ...parameters,
    objective: 'multiclass',
    num_class: classCount,
    num_threads: 1,
    deterministic: true,
    force_col_wise: true,
    verbosity: -1,
  }
}

/** PIPELINE.md section 9: the seeds of the booster of a fold and seed. */
export const boosterSeeds = (seed: number, fold: number): Parameters => ({
  feature_fraction_seed: 1 + 10 * seed + fold,
  bagging_seed: 2 + 10 * seed + fold,
})

/**
 * Trains one booster for each constituent, seed and fold on the images outside the fold, each image with
 * all its augmentations, and predicts the fold's images with it (paper section 2.5). Every booster's text is
 * on disk before it counts as done.
 *
 * Deviation from the published system: the values of all images are binned once for each constituent and
 * the folds share the bins. Bins are quantiles of descriptors and know no labels.
 * @returns the boosters by constituent, seed, fold; and for each image the mean out-of-fold probabilities
 *   over constituents, seeds and augmentations, equal weights (section 11)
 */
export async function trainEnsemble(
  images: readonly EnsembleImage[],
  options: EnsembleOptions,
): Promise<{ boosters: EnsembleBooster[]; outOfFold: number[][] }> {
  const { constituentCount, classCount, folds, seeds, report } = options
  const total = constituentCount * seeds * folds
  const sums = images.map(() => new Float64Array(classCount))
  const boosters: EnsembleBooster[] = []
  let done = 0
  report(0, total)
  for (let constituent = 0; constituent < constituentCount; constituent++) {
    const table = await loadDescriptors(images.map((image) => image.files[constituent] ?? ''))
    using dataset = await bin(table, images, boosterParameters(options.boosting, classCount))
    // The addon trains as many at once as there are cores; the results are added up in a fixed order
    // below, so that their order of finishing does not show in the last bit.
    const runs = Array.from({ length: seeds * folds }, async (_, run) => {
      const place = { constituent, seed: Math.floor(run / folds), fold: run % folds }
      const trained = await trainOne(table, dataset, images, place, options)
      report(++done, total)
      return { place, ...trained }
    })
    const finished = await settleAll(runs)
    for (const { place, textSha256, probabilities } of finished) {
      boosters.push({ ...place, textSha256 })
      for (const [image, mean] of probabilities) {
        const sum = sums[image]
        mean.forEach((p, c) => {
          if (sum !== undefined) sum[c] = (sum[c] ?? 0) + p
        })
      }
    }
  }
  const outOfFold = sums.map((sum) => Array.from(sum, (value) => value / (constituentCount * seeds)))
  return { boosters, outOfFold }
}

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
  { seed, fold }: { seed: number; fold: number },
  { boosting, classCount, directory, signal }: EnsembleOptions,
): Promise<{ textSha256: string; probabilities: Map<number, Float64Array> }> {
  const rowsOf = (image: number): number[] =>
    Array.from({ length: table.rowsPerImage }, (_, a) => image * table.rowsPerImage + a)
  const inside = images.flatMap((image, i) => (image.fold === fold ? [] : rowsOf(i)))
  using training = await dataset.subset(inside)
  using booster = await Booster.train(
    training,
    { ...boosterParameters(boosting, classCount), ...boosterSeeds(seed, fold) },
    { rounds: boosting.rounds, signal },
  )
  const text = await booster.toModelText()
  const textSha256 = createHash('sha256').update(text).digest('hex')
  await writeAtomically(join(directory, `${textSha256}.txt`), Buffer.from(text))
  const probabilities = new Map<number, Float64Array>()
  for (const [i, image] of images.entries()) {
    if (image.fold === fold) probabilities.set(i, await meanPrediction(booster, table, i, classCount))
  }
  return { textSha256, probabilities }
}

/** Mean class probabilities of an image over its augmentations. */
export async function meanPrediction(
  booster: Booster,
  table: DescriptorTable,
  image: number,
  classCount: number,
): Promise<Float64Array> {
  const { rowsPerImage, columns, data } = table
  const start = image * rowsPerImage * columns
  const rows = data.subarray(start, start + rowsPerImage * columns)
  const each = await booster.predict(rows, { rows: rowsPerImage, kind: 'probability' })
  const mean = new Float64Array(classCount)
  each.forEach((p, i) => {
    mean[i % classCount] = (mean[i % classCount] ?? 0) + p / rowsPerImage
  })
  return mean
}

/** All results in order; after a failure the others are waited for, so that nothing is still at work. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value
    throw result.reason instanceof Error
      ? result.reason
      : new AppError('boosting.failed', { reason: 'unknown' })
  })
}
