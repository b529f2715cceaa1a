import { at, zip } from '../../base/arrays.ts'
import { type Calibration, type EvaluationReport, carcinomaScore } from '../../contract/index.ts'
import { bootstrapOverCases, weightedMean } from './bootstrap.ts'
import { calibrationFigures } from './calibration.ts'
import { conformalSets } from './conformal.ts'
import { caseOutcomes, evenThreshold, figuresOf, groupByCase } from './figures.ts'
import { populationStd } from './folds.ts'
import { checkPredictionTable, type PredictionTable } from './prediction-table.ts'
import { aucByWeight } from './roc.ts'
import { applyTemperature, fitTemperature } from './temperature.ts'

export interface EvaluateOptions {
  /** Thresholds of the operating points, 0..1. Default: those of the published system, 0.33 and 0.50. */
  thresholds?: readonly number[]
  /** Seed of the bootstrap. Default 0. */
  seed?: number
  /** Number of bootstrap resamples. Default 2000. */
  resamples?: number
}

/** Requested coverages of the prediction sets. */
const conformalLevels = [0.9, 0.95]

/**
 * Evaluates a model from its out-of-fold predictions. A pure function: the same table gives the same report to the
 * bit.
 *
 * The figures are those of docs/pipeline.md, sections 11 and 12, and of the paper's Table 1 and Fig. 4. The carcinoma
 * score is the table's, or c / (c + n) of the probabilities. Without a positive class there is no score.
 * @throws AppError `evaluation.invalid-table`
 */
export function evaluate(
  table: PredictionTable,
  { thresholds = [0.33, 0.5], seed = 0, resamples = 2000 }: EvaluateOptions = {},
): EvaluationReport {
  checkPredictionTable(table)
  const { classes, isPositive } = table
  const hasPositive = isPositive.includes(true)
  const rows = table.rows.map((row) => ({
    ...row,
    name: row.image,
    score: hasPositive
      ? (row.score ?? (row.probabilities && carcinomaScore(row.probabilities, isPositive)))
      : null,
  }))
  const truth = rows.map((row) => row.truth)
  const isRowPositive = truth.map((c) => at(isPositive, c))
  const scores = rows.flatMap(({ score }) => score ?? [])
  const probabilities = rows.flatMap((row) => (row.probabilities === null ? [] : [row.probabilities]))
  const folds = foldNames(rows.map(({ fold }) => fold))
  const foldOfRow = rows.map(({ fold }) => folds.indexOf(fold))

  const { members, caseOfRow } = groupByCase(rows)
  const imagesWithoutCase = members.filter(([first]) => first?.caseName === null).length
  const hasCases = imagesWithoutCase < members.length
  const auc = aucByWeight(scores, isRowPositive)
  const isRight = rows.map((row) => row.predicted === row.truth)
  const rightCounts = isRight.map(Number)
  const [accuracyInterval, aucInterval] = bootstrapOverCases(
    caseOfRow,
    members.length,
    [
      (weights) => weightedMean(rightCounts, weights),
      (weights) => (scores.length === 0 ? null : auc(weights)),
    ],
    { resamples, seed },
  )
  const calibration: Calibration[] = []
  if (probabilities.length > 0) calibration.push(calibrate(probabilities, truth, foldOfRow, 'largest'))
  if (scores.length > 0) {
    const ofTwo = scores.map((score) => [1 - score, score])
    calibration.push(calibrate(ofTwo, isRowPositive.map(Number), foldOfRow, 'positive'))
  }
  const byCase = caseOutcomes(rows, isPositive)
  const isRightOfTwo =
    scores.length === 0
      ? []
      : zip(scores, isRowPositive).map(([score, isRowOne]) => score >= evenThreshold === isRowOne)

  return {
    images: rows.length,
    cases: hasCases ? members.length - imagesWithoutCase : null,
    imagesWithoutCase,
    casesAcrossFolds: members.filter((own) => own.some(({ fold }) => fold !== own[0]?.fold)).length,
    classes: [...classes],
    positive: classes.filter((_, c) => at(isPositive, c)),
    folds,
    ...byFold(isRight, foldOfRow, folds.length),
    ...figuresOf(rows, classes, isPositive, thresholds),
    twoClass: scores.length === 0 ? null : byFold(isRightOfTwo, foldOfRow, folds.length),
    bootstrap: {
      over: hasCases ? 'case' : 'image',
      resamples,
      seed,
      accuracy: accuracyInterval ?? { low: 0, high: 1 },
      auc: aucInterval ?? null,
    },
    calibration,
    conformal:
      probabilities.length === 0 || folds.length < 2
        ? []
        : conformalLevels.map((level) =>
            conformalSets(probabilities, truth, foldOfRow, classes.length, level),
          ),
    byCase: hasCases
      ? { ...figuresOf(byCase.outcomes, classes, isPositive, thresholds), mixed: byCase.mixed }
      : null,
  }
}

/** The different names in order: numerically if all are numbers, otherwise by character code. */
function foldNames(names: readonly string[]): string[] {
  const different = [...new Set(names)]
  return different.every((name) => Number.isFinite(Number(name)))
    ? different.sort((a, b) => Number(a) - Number(b))
    : different.sort()
}

/** The accuracy of each fold in percent, with mean and population standard deviation. */
function byFold(
  isRight: readonly boolean[],
  foldOfRow: readonly number[],
  foldCount: number,
): { perFold: number[]; mean: number; std: number } {
  const perFold = Array.from({ length: foldCount }, (_, fold) => {
    const own = zip(isRight, foldOfRow).filter(([, foldHere]) => foldHere === fold)
    return (100 * own.filter(([right]) => right).length) / own.length
  })
  return {
    perFold,
    mean: perFold.reduce((sum, value) => sum + value, 0) / foldCount,
    std: populationStd(perFold),
  }
}

/** Calibration before and after temperature scaling. The temperature of each fold comes from the other folds. */
function calibrate(
  probabilities: readonly (readonly number[])[],
  truth: readonly number[],
  foldOfRow: readonly number[],
  of: Calibration['of'],
): Calibration {
  const foldCount = Math.max(...new Set(foldOfRow)) + 1
  const temperaturePerFold =
    foldCount < 2
      ? null
      : Array.from({ length: foldCount }, (_, heldOut) => {
          const isOther = (_value: unknown, row: number): boolean => at(foldOfRow, row) !== heldOut
          return fitTemperature(probabilities.filter(isOther), truth.filter(isOther))
        })
  const scaled =
    temperaturePerFold &&
    zip(probabilities, foldOfRow).map(([row, fold]) => applyTemperature(row, at(temperaturePerFold, fold)))
  return {
    of,
    before: calibrationFigures(probabilities, truth, of),
    after: scaled && calibrationFigures(scaled, truth, of),
    temperaturePerFold,
    temperature: fitTemperature(probabilities, truth),
  }
}
