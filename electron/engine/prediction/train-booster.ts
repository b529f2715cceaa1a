import { Booster, boostingVersion, Dataset, type Parameters } from '../boosting/index.ts'
import type { MemberPlace } from '../recipe/members.ts'
import { boosterParameters, boosterSeeds } from './booster-parameters.ts'
import type { DescriptorTable } from './descriptor-table.ts'
import {
  heldOutBy,
  type EnsembleOptions,
  type MemberTraining,
  type TrainingSetting,
} from './member-training.ts'

/**
 * Trains LightGBM on the images outside a fold, each with all its augmentations.
 *
 * Deviation from the published system: the values of all images are binned once for each constituent, and
 * the folds share the bins. Bins are quantiles of descriptors and do not depend on labels.
 */
export class BoosterTraining implements MemberTraining {
  readonly #setting: TrainingSetting
  /** Made for the first booster without a checkpoint; a constituent with all checkpoints needs none. */
  #binned: Promise<Dataset> | undefined

  constructor(setting: TrainingSetting) {
    this.#setting = setting
  }

  /** Depends on all images, including those held out, because they share the bins. */
  dependsOn(member: MemberPlace): unknown {
    const { table, tableDigest, images, options } = this.#setting
    return {
      // Increase this whenever the training code changes its results.
      algorithm: 1,
      lightGbm: boostingVersion(),
      values: tableDigest,
      rowsPerImage: table.rowsPerImage,
      columns: table.columns,
      classes: images.map((image) => image.classIndex),
      heldOut: images.map((image) => image.fold === member.fold),
      parameters: parametersOf(options, member),
      rounds: options.boosting.rounds,
    }
  }

  async train(
    member: MemberPlace,
    report: (share: number) => void,
  ): Promise<{ text: string; heldOut: Float64Array }> {
    const { table, images, options } = this.#setting
    const { boosting, classCount, signal } = options
    const rowsOf = (image: number): number[] =>
      Array.from({ length: table.rowsPerImage }, (_, a) => image * table.rowsPerImage + a)
    const inside = images.flatMap((image, i) => (image.fold === member.fold ? [] : rowsOf(i)))
    this.#binned ??= this.#bin()
    const training = await (await this.#binned).subset(inside)
    // Not `using`: Node 22 runs these sources unchanged and does not support it.
    const booster = await Booster.train(training, parametersOf(options, member), {
      rounds: boosting.rounds,
      signal,
      // The last percent is left for the prediction.
      onRound: ({ round, rounds }) => report((0.99 * round) / rounds),
    }).finally(() => training.close())
    try {
      const held = heldOutBy(member, images)
      const size = table.rowsPerImage * classCount
      const heldOut = new Float64Array(held.length * size)
      for (const [i, image] of held.entries()) {
        heldOut.set(await predictRows(booster, table, image), i * size)
      }
      return { text: await booster.toModelText(), heldOut }
    } finally {
      booster.close()
    }
  }

  async close(): Promise<void> {
    // Rejected only if binning failed, and that error was thrown already.
    const binned = await this.#binned?.catch(() => undefined)
    binned?.close()
  }

  #bin(): Promise<Dataset> {
    const { table, images, options } = this.#setting
    return Dataset.fromMatrix(table.data, {
      rows: images.length * table.rowsPerImage,
      columns: table.columns,
      labels: images.flatMap((image) => new Array<number>(table.rowsPerImage).fill(image.classIndex)),
      parameters: boosterParameters(options.boosting, options.classCount),
    })
  }
}

const parametersOf = (
  { boosting, classCount }: Pick<EnsembleOptions, 'boosting' | 'classCount'>,
  { seed, fold }: MemberPlace,
): Parameters => ({ ...boosterParameters(boosting, classCount), ...boosterSeeds(seed, fold) })

/** Class probabilities of an image, one row per augmentation. */
function predictRows(booster: Booster, table: DescriptorTable, image: number): Promise<Float64Array> {
  const { rowsPerImage, columns, data } = table
  const start = image * rowsPerImage * columns
  const rows = data.subarray(start, start + rowsPerImage * columns)
  return booster.predict(rows, { rows: rowsPerImage, kind: 'probability' })
}
