import { at, zip } from '../../base/arrays.ts'
import {
  type ClassScheme,
  type EffortMade,
  type EncoderName,
  type TrainingReport,
  type VerdictDetails,
  type VerdictLikeness,
  carcinomaScore,
} from '../../contract/index.ts'
import { argmax } from '../evaluation/accuracy.ts'
import { minimumProbabilities, predictionSet } from '../evaluation/conformal.ts'
import { applyTemperature } from '../evaluation/temperature.ts'
import type { EnsemblePrediction } from './predict-ensemble.ts'

/** Confidence of the prediction set. */
const level = 0.9

export interface DetailsContext {
  classes: ClassScheme
  /** The encoder of each constituent. */
  encoders: readonly EncoderName[]
  training: TrainingReport
  /** The fold that held the image out of training; null for an image outside the training set. */
  heldOutFold: number | null
  /** Operating point: the threshold of the carcinoma score, 0..1. */
  threshold: number
  /** The requested and the used number of augmentations. */
  effort: EffortMade
  likeness: VerdictLikeness
}

/**
 * The details of a prediction beyond its class probabilities. Temperature and prediction set come from out-of-fold
 * predictions. For an image of the training set only the other folds count, so that its own label has no influence.
 */
export function predictionDetails(
  prediction: EnsemblePrediction,
  { classes, encoders, training, heldOutFold, threshold, effort, likeness }: DetailsContext,
): VerdictDetails {
  const names = classes.map((c) => c.name)
  const asRecord = (values: ArrayLike<number>): Record<string, number> =>
    Object.fromEntries(zip(names, values))
  const { probabilities, byConstituent, spread } = prediction
  const suggested = argmax(probabilities)
  const score = carcinomaScore(
    probabilities,
    classes.map((c) => c.isPositive),
  )
  const known = training.predictions.filter(({ fold }) => fold !== heldOutFold)
  const needed = minimumProbabilities(
    known.map((row) => names.map((name) => probabilityOf(row, name))),
    known.map((row) => names.indexOf(row.truth)),
    names.length,
    level,
  )
  const byEncoder = [...new Set(encoders)].map((encoder) => {
    const own = byConstituent.filter((_values, i) => at(encoders, i) === encoder)
    const mean = names.map((_name, c) => own.reduce((sum, row) => sum + at(row, c) / own.length, 0))
    return [encoder, asRecord(mean)] as const
  })
  return {
    calibrated: asRecord(applyTemperature(probabilities, temperatureOf(training, heldOutFold))),
    predictionSet: { level, classes: predictionSet(probabilities, needed).map((c) => at(names, c)) },
    spread: {
      boosters: spread.boosters && at(spread.boosters, suggested),
      augmentations: spread.augmentations && at(spread.augmentations, suggested),
    },
    byEncoder: Object.fromEntries(byEncoder),
    augmentations: prediction.augmentations,
    effort,
    operatingPoint: score === null ? null : { threshold, isPositive: score >= threshold },
    likeness,
  }
}

/** @throws RangeError if the report has no probability of the class */
function probabilityOf({ probabilities }: TrainingReport['predictions'][number], name: string): number {
  const probability = probabilities[name]
  if (probability === undefined) throw new RangeError(`no probability of class ${name}`)
  return probability
}

/** The temperature from the folds that did not hold the image out; 1 without a calibration. */
function temperatureOf({ evaluation }: TrainingReport, heldOutFold: number | null): number {
  const calibration = evaluation.calibration.find((entry) => entry.of === 'largest')
  const ofFold =
    heldOutFold === null
      ? undefined
      : calibration?.temperaturePerFold?.[evaluation.folds.indexOf(String(heldOutFold))]
  return ofFold ?? calibration?.temperature ?? 1
}
