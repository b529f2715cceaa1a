import type {
  EvaluationReport,
  Explanation,
  Figures,
  OpeningContent,
  SlideSummary,
  TrainingReport,
  VerdictDetails,
} from '../contract/index.ts'
import { asStored, type Rename } from './class-names.ts'

/**
 * What is stored names classes as they were called then and stays as it is. These give it with other names: the present ones
 * (`currentClassNames`) where it is read, or those of a model where it is exported. All else is the same, in the same order.
 */
const renaming =
  <T>(work: (value: T, rename: Rename) => T) =>
  <V extends T>(value: V, rename: Rename): V =>
    rename === asStored ? value : { ...value, ...work(value, rename) }

/** By class. */
export const renamedKeys = <T>(byClass: Record<string, T>, rename: Rename): Record<string, T> =>
  rename === asStored
    ? byClass
    : Object.fromEntries(Object.entries(byClass).map(([name, value]) => [rename(name), value]))

export const renamedSet = renaming<VerdictDetails['predictionSet']>((set, rename) => ({
  ...set,
  classes: set.classes.map(rename),
}))

export const renamedDetails = renaming<VerdictDetails>((details, rename) => ({
  ...details,
  calibrated: renamedKeys(details.calibrated, rename),
  predictionSet: renamedSet(details.predictionSet, rename),
  byEncoder: Object.fromEntries(
    Object.entries(details.byEncoder).map(([encoder, own]) => [encoder, own && renamedKeys(own, rename)]),
  ),
}))

const renamedFigures = (figures: Figures, rename: Rename): Pick<Figures, 'missed' | 'misses'> => ({
  missed: figures.missed && renamedKeys(figures.missed, rename),
  misses: figures.misses.map((miss) => ({
    ...miss,
    truth: rename(miss.truth),
    predicted: rename(miss.predicted),
  })),
})

export const renamedEvaluation = renaming<EvaluationReport>((report, rename) => ({
  ...report,
  ...renamedFigures(report, rename),
  classes: report.classes.map(rename),
  positive: report.positive.map(rename),
  byCase: report.byCase && { ...report.byCase, ...renamedFigures(report.byCase, rename) },
}))

interface Predicted {
  truth: string
  predicted: string
  probabilities: Record<string, number>
}

const renamedPrediction = (prediction: Predicted, rename: Rename): Predicted => ({
  truth: rename(prediction.truth),
  predicted: rename(prediction.predicted),
  probabilities: renamedKeys(prediction.probabilities, rename),
})

type Reported = Pick<TrainingReport, 'evaluation' | 'predictions'>

/** Of a model's report; its warnings are sentences and stay as they were written. */
export const renamedReport = renaming<Reported>(({ evaluation, predictions }, rename) => ({
  evaluation: renamedEvaluation(evaluation, rename),
  predictions: predictions.map((one) => ({ ...one, ...renamedPrediction(one, rename) })),
}))

export const renamedOpening = renaming<OpeningContent>((content, rename) => ({
  ...content,
  evaluation: renamedEvaluation(content.evaluation, rename),
  predictions: content.predictions.map((one) => ({
    ...one,
    ...renamedPrediction(one, rename),
    predictionSet: one.predictionSet?.map(rename) ?? null,
  })),
}))

export const renamedSummary = renaming<SlideSummary>((summary, rename) => ({
  ...summary,
  classes: summary.classes.map((one) => ({ ...one, className: rename(one.className) })),
  worthALook: summary.worthALook.map((place) => ({ ...place, suggested: rename(place.suggested) })),
}))

export const renamedExplanation = renaming<Pick<Explanation, 'classes' | 'leading'>>(
  ({ classes, leading }, rename) => ({ classes: classes.map(rename), leading: rename(leading) }),
)
