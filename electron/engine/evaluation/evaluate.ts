import type { Calibration, EvaluationReport } from '../../contract/index.ts'
import { carcinomaScore } from '../prediction/carcinoma-score.ts'
import { bootstrapOverCases } from './bootstrap.ts'
import { calibrationFigures } from './calibration.ts'
import { conformalSets } from './conformal.ts'
import { caseAnswers, evenThreshold, figuresOf, groupByCase } from './figures.ts'
import { populationStd } from './folds.ts'
import { checkPredictionTable, type PredictionTable } from './prediction-table.ts'
import { aucByWeight } from './roc.ts'
import { applyTemperature, fitTemperature } from './temperature.ts'

export interface EvaluateOptions {
  /** Of the operating points, 0..1. Default: the set points of the published system, 0.33 and 0.50. */
  thresholds?: readonly number[]
  /** Seeds the bootstrap. Default 0. */
  seed?: number
  /** Of the bootstrap. Default 2000. */
  resamples?: number
}

/** Asked coverages of the prediction sets. */
const conformalLevels = [0.9, 0.95]

/**
 * Everything that out-of-fold predictions say of a model. Pure: the same table gives the same report to the
 * bit.
 *
 * Figures as docs/pipeline.md, sections 11 and 12 and the paper's Table 1 and Fig. 4. The two-class score is the
 * table's, or c / (c + n) of the probabilities; without a positive class there is none.
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
  const isRowPositive = truth.map((c) => isPositive[c] === true)
  const scores = rows.flatMap(({ score }) => score ?? [])
  const probabilities = rows.flatMap((row) => (row.probabilities === null ? [] : [row.probabilities]))
  const folds = foldNames(rows.map(({ fold }) => fold))
  const foldOfRow = rows.map(({ fold }) => folds.indexOf(fold))

  const { members, caseOfRow } = groupByCase(rows)
  const imagesWithoutCase = rows.filter(({ caseName }) => caseName === null).length
  const hasCases = imagesWithoutCase < rows.length
  const auc = aucByWeight(scores, isRowPositive)
  const isRight = rows.map((row) => row.predicted === row.truth)
  const [accuracyInterval, aucInterval] = bootstrapOverCases(
    caseOfRow,
    members.length,
    [(weights) => weightedShare(isRight, weights), (weights) => (scores.length === 0 ? null : auc(weights))],
    { resamples, seed },
  )
  const calibration: Calibration[] = []
  if (probabilities.length > 0) calibration.push(calibrate(probabilities, truth, foldOfRow, 'largest'))
  if (scores.length > 0) {
    const ofTwo = scores.map((score) => [1 - score, score])
    calibration.push(calibrate(ofTwo, isRowPositive.map(Number), foldOfRow, 'positive'))
  }
  const byCase = caseAnswers(rows, isPositive)
  const isRightOfTwo = scores.map((score, i) => score >= evenThreshold === isRowPositive[i])

  return {
    images: rows.length,
    cases: hasCases ? members.length - imagesWithoutCase : null,
    imagesWithoutCase,
    casesAcrossFolds: members.filter((own) => own.some(({ fold }) => fold !== own[0]?.fold)).length,
    classes: [...classes],
    positive: classes.filter((_, c) => isPositive[c] === true),
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
      ? { ...figuresOf(byCase.answers, classes, isPositive, thresholds), mixed: byCase.mixed }
      : null,
  }
}

/** Different names in order: as numbers where all are numbers, otherwise by character code. */
function foldNames(names: readonly string[]): string[] {
  const different = [...new Set(names)]
  return different.every((name) => Number.isFinite(Number(name)))
    ? different.sort((a, b) => Number(a) - Number(b))
    : different.sort()
}

/** Share of right rows of each fold in percent, their mean and population standard deviation. */
function byFold(
  isRight: readonly boolean[],
  foldOfRow: readonly number[],
  foldCount: number,
): { perFold: number[]; mean: number; std: number } {
  const perFold = Array.from({ length: foldCount }, (_, fold) => {
    const own = isRight.filter((_right, row) => foldOfRow[row] === fold)
    return (100 * own.filter(Boolean).length) / own.length
  })
  return {
    perFold,
    mean: perFold.reduce((sum, value) => sum + value, 0) / foldCount,
    std: populationStd(perFold),
  }
}

function weightedShare(isRight: readonly boolean[], weights: Uint32Array): number {
  let right = 0
  let all = 0
  weights.forEach((weight, row) => {
    all += weight
    if (isRight[row] === true) right += weight
  })
  return right / all
}

/** Calibration before and after temperature scaling, each fold scaled by what the others say. */
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
      : Array.from({ length: foldCount }, (_, held) => {
          const isOther = (_value: unknown, row: number): boolean => foldOfRow[row] !== held
          return fitTemperature(probabilities.filter(isOther), truth.filter(isOther))
        })
  const scaled =
    temperaturePerFold &&
    probabilities.map((row, i) => applyTemperature(row, temperaturePerFold[foldOfRow[i] ?? 0] ?? 1))
  return {
    of,
    before: calibrationFigures(probabilities, truth, of),
    after: scaled && calibrationFigures(scaled, truth, of),
    temperaturePerFold,
    temperature: fitTemperature(probabilities, truth),
  }
}
