import type { ClassScheme, OpeningContent, TestPrediction } from '../../contract/index.ts'
import { evaluate } from './evaluate.ts'
import { intervalByCase } from './subgroups.ts'

/**
 * What a model found on a locked test set: the same figures as a training report, by the same code. The table has the
 * calibrated probabilities, those that people are shown, and the carcinoma score of the raw ones, on which the
 * operating point is chosen. Nothing is fitted here: temperature, prediction sets and operating point are the model's own.
 * @param predictions at least one
 */
export function evaluateTestSet(
  predictions: readonly TestPrediction[],
  { classes, operatingPoint }: { classes: ClassScheme; operatingPoint: number },
): Pick<OpeningContent, 'evaluation' | 'interval' | 'predictionSets'> {
  const names = classes.map(({ name }) => name)
  const evaluation = evaluate(
    {
      classes: names,
      isPositive: classes.map(({ isPositive }) => isPositive),
      rows: predictions.map(({ sha256, caseName, truth, predicted, carcinomaScore, probabilities }) => ({
        image: sha256,
        fold: 'test set',
        caseName,
        truth: names.indexOf(truth),
        predicted: names.indexOf(predicted),
        score: carcinomaScore,
        probabilities: names.map((name) => probabilities[name] ?? 0),
      })),
    },
    { thresholds: [...new Set([0.33, 0.5, operatingPoint])] },
  )
  const sets = predictions.flatMap(({ predictionSet, truth }) =>
    predictionSet === null ? [] : [predictionSet.includes(truth)],
  )
  return {
    evaluation,
    interval: intervalByCase(
      evaluation.accuracy,
      evaluation.bootstrap.accuracy,
      evaluation.cases === null ? evaluation.images : evaluation.cases + evaluation.imagesWithoutCase,
    ),
    predictionSets:
      sets.length < predictions.length
        ? null
        : { level: predictionSetLevel, coverage: sets.filter(Boolean).length / sets.length },
  }
}

/** As in `predictionDetails`. */
const predictionSetLevel = 0.9
