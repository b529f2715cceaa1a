import { at, zip } from '../../base/arrays.ts'
import {
  type ClassScheme,
  type FusionTable,
  type OutOfFoldPrediction,
  type Recipe,
  type TrainingReport,
  carcinomaScore,
} from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { argmax, outOfFoldAccuracy } from './accuracy.ts'
import { evaluate } from './evaluate.ts'
import { populationStd } from './folds.ts'

export interface TrainedImage {
  /** Unique name of the image for reports. */
  name: string
  sha256: string
  caseName: string | null
  fold: number
  /** Index of the label's class. */
  truth: number
  /** The region of the image that it is; absent: the image as a whole. */
  region?: OutOfFoldPrediction['region']
}

type Probabilities = readonly (readonly number[])[]

/**
 * The report of a training: figures from out-of-fold predictions, the paper's Table 1 for this data (docs/pipeline.md,
 * sections 11 and 12), and the predictions themselves.
 * @param outOfFold class probabilities of each image
 * @param byConstituent the same for each constituent alone, in the order of `constituentsOf(recipe)`
 * @throws RangeError if the lengths do not match the images, classes and constituents
 */
export function reportTraining(
  images: readonly TrainedImage[],
  outOfFold: Probabilities,
  byConstituent: readonly Probabilities[],
  { recipe, classes, warnings }: { recipe: Recipe; classes: ClassScheme; warnings: string[] },
): TrainingReport {
  return {
    warnings,
    table: fusionTable(images, outOfFold, byConstituent, recipe),
    ...evaluatePredictions(images, outOfFold, classes),
  }
}

/** Figures from out-of-fold predictions, and the predictions themselves. Parameters as in `reportTraining`. */
export function evaluatePredictions(
  images: readonly TrainedImage[],
  outOfFold: Probabilities,
  classes: ClassScheme,
): Pick<TrainingReport, 'evaluation' | 'predictions'> {
  const isPositive = classes.map((c) => c.isPositive)
  const nameOf = (index: number): string => at(classes, index).name
  const rows = zip(images, outOfFold).map(([image, probabilities]) => {
    return { ...image, probabilities, predicted: argmax(probabilities) }
  })
  return {
    evaluation: evaluate({
      classes: classes.map((c) => c.name),
      isPositive,
      rows: rows.map(({ name, caseName, sha256, fold, truth, predicted, probabilities }) => ({
        image: name,
        caseName,
        sha256,
        fold: String(fold),
        truth,
        predicted,
        score: null,
        probabilities,
      })),
    }),
    predictions: rows.map(({ name, sha256, caseName, fold, truth, predicted, probabilities, region }) => ({
      image: name,
      sha256,
      caseName,
      fold,
      truth: nameOf(truth),
      predicted: nameOf(predicted),
      carcinomaScore: carcinomaScore(probabilities, isPositive),
      probabilities: Object.fromEntries(zip(classes, probabilities).map(([c, p]) => [c.name, p])),
      ...(region === undefined ? {} : { region }),
    })),
  }
}

function fusionTable(
  images: readonly TrainedImage[],
  outOfFold: Probabilities,
  byConstituent: readonly Probabilities[],
  recipe: Recipe,
): FusionTable {
  const accuraciesOf = (probabilities: Probabilities): FusionTable['fusion'] => {
    const rows = zip(images, probabilities).map(([image, row]) => ({ ...image, probabilities: row }))
    const perFold = outOfFoldAccuracy(rows, recipe.folds).folds.map((share) => 100 * share)
    const mean = perFold.reduce((sum, value) => sum + value, 0) / perFold.length
    return { perFold, mean, std: populationStd(perFold) }
  }
  return {
    rows: zip(constituentsOf(recipe), byConstituent).map(([{ encoder, cropSet }, probabilities]) => {
      const { sizePx, scale } = at(recipe.crops.sets, cropSet)
      return { encoder, sizePx, scale, ...accuraciesOf(probabilities) }
    }),
    fusion: accuraciesOf(outOfFold),
  }
}
