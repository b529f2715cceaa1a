import { zip } from '../../base/arrays.ts'
import { requireSpace } from '../../base/free-space.ts'
import {
  AppError,
  type ClassScheme,
  type Failure,
  type Recipe,
  type WeightsSource,
} from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import type { EnsembleImage, EnsembleOptions } from '../../engine/prediction/member-training.ts'
import type { JobServices } from '../../session/job-services.ts'
import { listClasses } from '../../store/index.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import {
  assignFolds,
  assignFoldsWithout,
  classesOf,
  classIndexOf,
  groupsByCase,
  type Split,
} from './assign-folds.ts'
import {
  countFields,
  encodeItems,
  readTrainingItems,
  type EncodedItem,
  type TrainingItem,
  type TrainingItems,
} from './training-items.ts'
import { trainingBytes } from './training-space.ts'

export interface TrainingWanted {
  readonly recipe: Recipe
  /** null: by case if any image has one. */
  readonly groupBy: 'case' | 'image' | null
  /** Whether labelled regions are used as training fields. */
  readonly regions: boolean
}

export interface PreparedTraining {
  readonly data: TrainingItems
  /** With descriptors, in the order of the items. */
  readonly rows: readonly EncodedItem[]
  readonly failed: Failure[]
  readonly withoutTissue: readonly TrainingItem[]
  readonly classes: ClassScheme
  readonly split: Split
  /** Index into `classes` of each row. */
  readonly truths: readonly number[]
  readonly weights: { readonly source: WeightsSource; readonly fingerprints: Record<string, string> }
  /** What the classifiers are trained on: all that they depend on, and nothing else. */
  readonly ensemble: {
    readonly images: EnsembleImage[]
    readonly options: Omit<EnsembleOptions, 'directory' | 'signal' | 'report'>
  }
}

/**
 * Makes the missing descriptors of the current labels, and assigns folds. What was encoded before a cancel is kept.
 * @param during `onPlanned` is called before the encoding; `onProgress` in images and fields that lack descriptors
 * @throws AppError `training.*`, `encoder.missing`, `disk.full`, `job.cancelled`
 */
export async function prepareTraining(
  { recipe, groupBy, regions }: TrainingWanted,
  services: JobServices,
  during: {
    readonly signal: AbortSignal
    readonly onPlanned?: (size: { fields: number; classes: number }) => void
    readonly onProgress: (done: number, total: number) => void
  },
): Promise<PreparedTraining> {
  const { workspace } = services
  if (regions && recipe.external !== undefined)
    throw new AppError('training.regions-external', { set: recipe.external.name })
  const data = await workspace.read((own) => readTrainingItems(own, { recipe, regions }))
  const { items } = data
  const scheme = listClasses(workspace.database)
  // Also before the encoding, which may take hours, so that its errors come early.
  const expected = classesOf(items, scheme)
  assignFolds(items, expected, recipe, groupBy)
  const weights = await requireWeights(recipe, services)
  const fieldCount = countFields(items)
  await requireSpace(workspace.path, trainingBytes(fieldCount, expected.length, recipe))
  during.onPlanned?.({ fields: fieldCount, classes: expected.length })
  const { encoded, failed, withoutTissue } = await encodeItems(
    data,
    { recipe, fingerprints: weights.fingerprints },
    services,
    during.signal,
    during.onProgress,
  )
  const left = items.filter((item) => !withoutTissue.includes(item))
  const classes = classesOf(left, scheme)
  const split = assignFoldsWithout(left, failed, classes, recipe, groupBy)
  const labelled = encoded.map(({ item }) => item)
  const truths = labelled.map((item) => classIndexOf(item, classes))
  const images = zip(encoded, truths, split.folds, groupsByCase(labelled)).flatMap(
    ([{ fields }, classIndex, fold, group]) => fields.map((files) => ({ files, classIndex, fold, group })),
  )
  const { folds, seeds, classifier, boosting } = recipe
  const options = {
    constituentCount: constituentsOf(recipe).length,
    classCount: classes.length,
    folds,
    seeds,
    classifier,
    boosting,
  }
  return {
    data,
    rows: encoded,
    failed,
    withoutTissue,
    classes,
    split,
    truths,
    weights,
    ensemble: { images, options },
  }
}
