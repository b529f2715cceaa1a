import type {
  ClassScheme,
  EffortMade,
  EncoderName,
  TrainingReport,
  VerdictDetails,
  VerdictLikeness,
} from '../../contract/index.ts'
import { argmax } from '../evaluation/accuracy.ts'
import { minimumProbabilities, predictionSet } from '../evaluation/conformal.ts'
import { applyTemperature } from '../evaluation/temperature.ts'
import type { EnsemblePrediction } from './predict-ensemble.ts'
import { carcinomaScore } from './carcinoma-score.ts'

/** Asked coverage of the prediction set. */
const level = 0.9

export interface DetailsContext {
  classes: ClassScheme
  /** Encoder of each constituent. */
  encoders: readonly EncoderName[]
  training: TrainingReport
  /** The fold that held the image out; null: not of the training set. */
  heldOutFold: number | null
  /** Operating point of the two-class score. */
  threshold: number
  /** How many augmentations were asked for. */
  effort: EffortMade
  likeness: VerdictLikeness
}

/**
 * What a verdict says beyond its class probabilities. Temperature and prediction set come from out-of-fold
 * predictions; for an image of the training set from those of the other folds only, so that its own label
 * has no part in them.
 */
export function predictionDetails(
  prediction: EnsemblePrediction,
  { classes, encoders, training, heldOutFold, threshold, effort, likeness }: DetailsContext,
): VerdictDetails {
  const names = classes.map((c) => c.name)
  const asRecord = (values: ArrayLike<number>): Record<string, number> =>
    Object.fromEntries(names.map((name, c) => [name, values[c] ?? 0]))
  const { probabilities, byConstituent, spread } = prediction
  const suggested = argmax(probabilities)
  const score = carcinomaScore(
    probabilities,
    classes.map((c) => c.isPositive),
  )
  const known = training.predictions.filter(({ fold }) => fold !== heldOutFold)
  const needed = minimumProbabilities(
    known.map((row) => names.map((name) => row.probabilities[name] ?? 0)),
    known.map((row) => names.indexOf(row.truth)),
    names.length,
    level,
  )
  const byEncoder = [...new Set(encoders)].map((encoder) => {
    const own = byConstituent.filter((_values, i) => encoders[i] === encoder)
    const mean = names.map((_name, c) => own.reduce((sum, row) => sum + (row[c] ?? 0) / own.length, 0))
    return [encoder, asRecord(mean)] as const
  })
  return {
    calibrated: asRecord(applyTemperature(probabilities, temperatureOf(training, heldOutFold))),
    predictionSet: { level, classes: predictionSet(probabilities, needed).map((c) => names[c] ?? '') },
    spread: {
      boosters: spread.boosters?.[suggested] ?? null,
      augmentations: spread.augmentations?.[suggested] ?? null,
    },
    byEncoder: Object.fromEntries(byEncoder),
    augmentations: prediction.augmentations,
    effort,
    operatingPoint: score === null ? null : { threshold, isPositive: score >= threshold },
    likeness,
  }
}

function temperatureOf({ evaluation }: TrainingReport, heldOutFold: number | null): number {
  const calibration = evaluation.calibration.find((entry) => entry.of === 'largest')
  const ofFold =
    heldOutFold === null
      ? undefined
      : calibration?.temperaturePerFold?.[evaluation.folds.indexOf(String(heldOutFold))]
  return ofFold ?? calibration?.temperature ?? 1
}
