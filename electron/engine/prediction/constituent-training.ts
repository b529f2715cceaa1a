import { at } from '../../base/arrays.ts'
import { sha256 } from '../../base/sha256.ts'
import type { ClassifierKind } from '../../contract/index.ts'
import type { MemberPlace } from '../recipe/members.ts'
import {
  checkpointKey,
  findCheckpoint,
  saveCheckpoint,
  type BoosterCheckpoint,
} from './booster-checkpoint.ts'
import { loadDescriptors } from './descriptor-table.ts'
import {
  heldOutBy,
  type EnsembleImage,
  type EnsembleOptions,
  type MemberTraining,
} from './member-training.ts'
import { probabilityProblem, requireProbabilities } from './require-probabilities.ts'
import { BoosterTraining } from './train-booster.ts'
import { LogisticTraining } from './train-logistic.ts'

/** Trains the classifiers of one constituent. Each is saved to disk with its predictions before it counts as done. */
export class ConstituentTraining {
  /** Values that a classifier predicts for an image: augmentations x classes. */
  readonly rowSize: number
  readonly #images: readonly EnsembleImage[]
  readonly #options: Pick<EnsembleOptions, 'classCount' | 'directory'>
  readonly #trainings: Record<ClassifierKind, MemberTraining>

  private constructor(
    images: readonly EnsembleImage[],
    options: Pick<EnsembleOptions, 'classCount' | 'directory'>,
    trainings: Record<ClassifierKind, MemberTraining>,
    rowSize: number,
  ) {
    this.#images = images
    this.#options = options
    this.#trainings = trainings
    this.rowSize = rowSize
  }

  /** Reads the descriptors of all images. @throws AppError `descriptors.invalid-file`, `path.*`, `training.too-few-images` */
  static async open(
    images: readonly EnsembleImage[],
    options: EnsembleOptions,
    constituent: number,
  ): Promise<ConstituentTraining> {
    const table = await loadDescriptors(images.map((image) => at(image.files, constituent)))
    const setting = { table, tableDigest: sha256(table.data), images, options }
    const trainings = { lightgbm: new BoosterTraining(setting), logistic: new LogisticTraining(setting) }
    return new ConstituentTraining(images, options, trainings, table.rowsPerImage * options.classCount)
  }

  /**
   * The classifier of a place in the ensemble: the saved one, or a new one, which is saved. `key` identifies it by all that it depends on.
   * @throws AppError `path.not-writable`, `boosting.*`, `job.cancelled`
   */
  async train(
    member: MemberPlace,
    report: (share: number) => void,
  ): Promise<{ key: string; checkpoint: BoosterCheckpoint }> {
    const { classCount, directory } = this.#options
    const training = this.#trainings[member.kind]
    const key = checkpointKey(training.dependsOn(member))
    const valueCount = heldOutBy(member, this.#images).length * this.rowSize
    const found = await findCheckpoint(directory, key, valueCount)
    if (found !== null && probabilityProblem(found.heldOut, classCount) === null)
      return { key, checkpoint: found }
    const { text, heldOut } = await training.train(member, report)
    requireProbabilities(heldOut, classCount, 'in training')
    return { key, checkpoint: await saveCheckpoint(directory, key, text, heldOut) }
  }

  async close(): Promise<void> {
    await this.#trainings.lightgbm.close()
    await this.#trainings.logistic.close()
  }
}
