import type { Sliced } from '../../base/slices.ts'
import {
  AppError,
  intendedUseSentence,
  learningCurveSchema,
  researchUseSentence,
  type ModelComparison,
  type ModelReport,
} from '../../contract/index.ts'
import { comparePredictions } from '../../engine/evaluation/compare-predictions.ts'
import { derivedFigures } from '../../engine/evaluation/derived-figures.ts'
import { readModelLeaks } from '../leaks/leak-report.ts'
import {
  countRegionsChangedSince,
  findModelInUse,
  findModelKey,
  lockedHashes,
  findNewestReport,
  readOperatingPoint,
  readSlideThreshold,
  readSoftware,
  readTrainingReport,
  type Readable,
} from '../../store/index.ts'
import { testSetsOfModel } from '../test-sets/test-set-views.ts'

/**
 * The report of a model, in slices.
 * @param name null: the model in use
 * @throws AppError `model.not-found`, `model.none`, `model.no-report`
 */
export function* readModelReport(database: Readable, name: string | null): Sliced<ModelReport> {
  const model = findModelInUse(database, name)
  const training = readTrainingReport(database, model.id)
  if (training === null) throw new AppError('model.no-report', { model: model.name })
  const warnings = [...training.warnings, ...changesSince(database, model.id)]
  return {
    ...training,
    warnings,
    model: model.name,
    headline: headlineOf({ ...training, warnings }, { ...model, folds: model.recipe.folds }),
    derived: derivedFigures(training.evaluation, training.predictions),
    leaks: yield* readModelLeaks(database, model),
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
    slideThreshold: readSlideThreshold(database, model.id),
    testSets: yield* testSetsOfModel(database, model),
    learningCurve: readLearningCurve(database, model.name),
  }
}

/** What became of the regions that a model was trained on. */
function changesSince(database: Readable, modelId: number): string[] {
  const count = countRegionsChangedSince(database, modelId)
  if (count === 0) return []
  return [`${count} of its regions ${count === 1 ? 'was' : 'were'} changed or deleted since it was trained.`]
}

/** The newest learning curve of the model's recipe; null: none was measured. */
function readLearningCurve(database: Readable, model: string): ModelReport['learningCurve'] {
  const known = learningCurveSchema.safeParse(findNewestReport(database, 'learning-curve', model)?.report)
  return known.success ? known.data : null
}

/** The one accuracy of a model, over all images, with its interval by case, followed by the warnings. */
export function headlineOf(
  { evaluation: { accuracy, bootstrap }, warnings }: Pick<ModelReport, 'evaluation' | 'warnings'>,
  {
    folds,
    images,
    cases,
    groupedBy,
  }: Pick<ModelReport, 'images' | 'cases' | 'groupedBy'> & { folds: number },
): string {
  const grouped = groupedBy === 'case' ? `${cases} cases, folds by case` : 'folds by image'
  const { low, high } = bootstrap.accuracy
  const percent = (share: number): string => (100 * share).toFixed(1)
  const figure = `Out-of-fold accuracy ${percent(accuracy)} % (95 % over ${bootstrap.over}s: ${percent(low)} to ${percent(high)} %)`
  return [`${figure}: ${images} images, ${grouped}, ${folds} folds.`, ...warnings].join(' ')
}

/**
 * Compares two models on the images that trained both, without those of locked test sets.
 * @throws AppError `model.not-found`, `model.no-report`
 */
export function compareModels(database: Readable, first: string, second: string): ModelComparison {
  const [a, b] = [outOfFoldOf(database, first), outOfFoldOf(database, second)]
  return { first: a.name, second: b.name, ...comparePredictions(a.predictions, b.predictions) }
}

function outOfFoldOf(database: Readable, name: string): Pick<ModelReport, 'predictions'> & { name: string } {
  const key = findModelKey(database, name)
  const training = readTrainingReport(database, key.id)
  if (training === null) throw new AppError('model.no-report', { model: key.name })
  // A model from before the lock has predictions of these images too.
  const locked = lockedHashes(database)
  return { name: key.name, predictions: training.predictions.filter(({ sha256 }) => !locked.has(sha256)) }
}
