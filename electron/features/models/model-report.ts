import {
  AppError,
  intendedUseSentence,
  researchUseSentence,
  type ModelComparison,
  type ModelReport,
} from '../../contract/index.ts'
import { comparePredictions } from '../../engine/evaluation/compare-predictions.ts'
import {
  findModelInUse,
  readOperatingPoint,
  readSoftware,
  readTrainingReport,
  type Readable,
} from '../../store/index.ts'

/**
 * The report of a model.
 * @param name null: the model in use
 * @throws AppError `model.not-found`, `model.none`, `model.no-report`
 */
export function readModelReport(database: Readable, name: string | null): ModelReport {
  const model = findModelInUse(database, name)
  const training = readTrainingReport(database, model.id)
  if (training === null) throw new AppError('model.no-report', { model: model.name })
  return {
    ...training,
    model: model.name,
    headline: headlineOf(training, { ...model, folds: model.recipe.folds }),
    intendedUse: intendedUseSentence,
    researchUse: researchUseSentence,
    trainedAt: model.createdAt,
    durationMs: model.durationMs,
    recipe: model.recipe,
    recipeFingerprint: model.recipeFingerprint,
    weights: model.weights,
    encoderFingerprints: model.encoderFingerprints,
    software: readSoftware(database, model.id),
    boosters: model.boosters,
    images: model.images,
    cases: model.cases,
    imagesWithoutCase: model.imagesWithoutCase,
    groupedBy: model.groupedBy,
    synthetic: model.synthetic,
    operatingPoint: readOperatingPoint(database, model.id),
  }
}

/** The accuracy of a training in one sentence, followed by its warnings. */
export function headlineOf(
  { evaluation: { mean, std }, warnings }: Pick<ModelReport, 'evaluation' | 'warnings'>,
  {
    folds,
    images,
    cases,
    groupedBy,
  }: Pick<ModelReport, 'images' | 'cases' | 'groupedBy'> & { folds: number },
): string {
  const grouped = groupedBy === 'case' ? `${cases} cases, folds by case` : 'folds by image'
  const accuracy = `Out-of-fold accuracy ${mean.toFixed(1)} ± ${std.toFixed(1)} %`
  return [`${accuracy} over ${folds} folds (${images} images, ${grouped}).`, ...warnings].join(' ')
}

/**
 * Compares two models on the images that trained both.
 * @throws AppError `model.not-found`, `model.no-report`
 */
export function compareModels(database: Readable, first: string, second: string): ModelComparison {
  const [a, b] = [readModelReport(database, first), readModelReport(database, second)]
  return { first: a.model, second: b.model, ...comparePredictions(a.predictions, b.predictions) }
}
