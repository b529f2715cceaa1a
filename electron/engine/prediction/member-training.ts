import type { BoostingRecipe, Recipe } from '../../contract/index.ts'
import type { MemberPlace } from '../recipe/members.ts'
import type { DescriptorTable } from './descriptor-table.ts'

export interface EnsembleImage {
  /** The image's descriptor file of each constituent. */
  files: readonly string[]
  classIndex: number
  /** The fold that holds it out of training. */
  fold: number
  /** Its case, or its own number where it has none: images with the same value stay together in every split. */
  group: number
}

export interface EnsembleOptions {
  constituentCount: number
  classCount: number
  folds: number
  seeds: number
  /** Absent: LightGBM. */
  classifier?: Recipe['classifier']
  boosting: BoostingRecipe
  /** The folder of classifiers' texts, which are named by their SHA-256. */
  directory: string
  /** Number of classifiers to train at the same time. Default: one per core. The result does not depend on it, to the bit. */
  parallel?: number
  signal: AbortSignal
  /** `done`: finished classifiers; those in training count by the share that is done. */
  report: (done: number, total: number) => void
}

/** The images of a constituent, and what is trained on them. */
export interface TrainingSetting {
  readonly table: DescriptorTable
  /** SHA-256 of the table's values. */
  readonly tableDigest: string
  readonly images: readonly EnsembleImage[]
  readonly options: EnsembleOptions
}

/** Trains one kind of classifier on the images of a constituent. */
export interface MemberTraining {
  /** Everything that the result depends on. */
  dependsOn: (member: MemberPlace) => unknown
  /**
   * The text of a classifier trained on the images outside the member's fold, and its probabilities for each image of that
   * fold and augmentation.
   */
  train: (
    member: MemberPlace,
    report: (share: number) => void,
  ) => Promise<{ text: string; heldOut: Float64Array }>
  close: () => Promise<void>
}

/** The images that a classifier is not trained on, by index. */
export const heldOutBy = ({ fold }: MemberPlace, images: readonly EnsembleImage[]): number[] =>
  images.flatMap((image, i) => (image.fold === fold ? [i] : []))
