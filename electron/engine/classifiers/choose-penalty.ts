import { at } from '../../base/arrays.ts'
import { argmax } from '../evaluation/accuracy.ts'
import { logLoss } from '../evaluation/calibration.ts'
import { stratifiedGroupKFold } from '../evaluation/folds.ts'
import { fitInSpan, modelOf, prepareRows } from './fit-logistic.ts'
import { chooseRows, type LabelledRows } from './labelled-rows.ts'
import { LogisticRegression } from './logistic-regression.ts'
import type { Pause } from './pause.ts'

/** The values of C that are tried: half decades. */
export const penaltyGrid: readonly number[] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10]

/** C unless another value is better by more than chance, or where no split is possible. */
const defaultPenalty = 0.01

const maxSplits = 5

/** Length of the gradient in the search, relative to that at weights of 0: the log loss is exact to more digits than C needs. */
const searchTolerance = 1e-6

/** Rows, each of a case, given by a number. */
export interface CaseRows extends LabelledRows {
  readonly groups: readonly number[]
}

interface PenaltyChoice {
  readonly penalty: number
  /** Of the held-out rows, with each value of the grid; null: no split is possible. */
  readonly scores: readonly PenaltyScore[] | null
}

interface PenaltyScore {
  /** Mean over classes of the share of rows that get their class. */
  readonly balancedAccuracy: number
  readonly logLoss: number
}

/**
 * Chooses C by cross-validation over cases: all rows of a case are in one of up to five folds, and the scaling of
 * the columns leaves the held-out fold out. C is 0.01 unless the balanced accuracy of the held-out rows is better with
 * another value by more than two standard errors, taken over cases. Of several such values the best one wins; of equal ones
 * that with the smallest log loss, then the smallest.
 *
 * Why not simply the best value: with few cases it is a matter of chance, and folds with different values give
 * probabilities that cannot be compared (docs/pipeline.md, section 9).
 */
export async function choosePenalty(
  rows: CaseRows,
  classCount: number,
  { pause, report }: { pause: Pause; report: (share: number) => void },
): Promise<PenaltyChoice> {
  const folds = innerFolds(rows)
  if (folds === null) return { penalty: defaultPenalty, scores: null }
  const splits = Math.max(...folds) + 1
  const predicted = penaltyGrid.map(() => rows.classes.map((): Float64Array => new Float64Array(0)))
  for (let fold = 0; fold < splits; fold++) {
    const indexes = rows.classes.map((_, i) => i)
    const held = indexes.filter((i) => folds[i] === fold)
    const prepared = await prepareRows(
      chooseRows(
        rows,
        indexes.filter((i) => folds[i] !== fold),
      ),
      pause,
    )
    const { values } = chooseRows(rows, held)
    let start: Float64Array | undefined
    for (const [index, penalty] of penaltyGrid.entries()) {
      if (prepared.present.length > 1) {
        const fit = await fitInSpan(prepared, penalty, { start, tolerance: searchTolerance, pause })
        start = fit.parameters
      }
      const model = modelOf(
        prepared,
        start ?? new Float64Array(prepared.span.coordinates.columns + 1),
        penalty,
        classCount,
      )
      const probabilities = new LogisticRegression(model).predict(values, held.length)
      held.forEach((row, i) => {
        at(predicted, index)[row] = probabilities.subarray(i * classCount, (i + 1) * classCount)
      })
      report((fold + (index + 1) / penaltyGrid.length) / splits)
    }
  }
  const scores = predicted.map((ofPenalty) => ({
    balancedAccuracy: balancedAccuracy(ofPenalty, rows.classes),
    logLoss: logLoss(ofPenalty, rows.classes),
  }))
  const usual = penaltyGrid.indexOf(defaultPenalty)
  const best = scores.reduce((chosen, score, i) => {
    const isClear = isClearlyBetter(at(predicted, i), at(predicted, usual), rows)
    return isClear && (chosen === usual || isBetter(score, at(scores, chosen))) ? i : chosen
  }, usual)
  return { penalty: at(penaltyGrid, best), scores }
}

/** Whether the balanced accuracy of some predictions is above that of others by more than two standard errors over cases. */
function isClearlyBetter(
  some: readonly Float64Array[],
  others: readonly Float64Array[],
  { classes, groups }: CaseRows,
): boolean {
  const sizes = new Map<number, number>()
  for (const classIndex of classes) sizes.set(classIndex, (sizes.get(classIndex) ?? 0) + 1)
  const gains = new Map(groups.map((group) => [group, 0]))
  classes.forEach((classIndex, row) => {
    const [own, other] = [some, others].map((rows) => (argmax(at(rows, row)) === classIndex ? 1 : 0))
    const group = at(groups, row)
    const gain = ((own ?? 0) - (other ?? 0)) / (sizes.get(classIndex) ?? 1) / sizes.size
    gains.set(group, (gains.get(group) ?? 0) + gain)
  })
  const each = [...gains.values()]
  const total = each.reduce((sum, gain) => sum + gain, 0)
  const squares = each.reduce((sum, gain) => sum + (gain - total / each.length) ** 2, 0)
  // The standard error of a sum over cases.
  return total > 2 * Math.sqrt((squares * each.length) / (each.length - 1))
}

/** Sums of the same shares in another order differ by rounding. */
const isBetter = (a: PenaltyScore, b: PenaltyScore): boolean =>
  Math.abs(a.balancedAccuracy - b.balancedAccuracy) < 1e-12
    ? a.logLoss < b.logLoss
    : a.balancedAccuracy > b.balancedAccuracy

function balancedAccuracy(probabilities: readonly Float64Array[], classes: readonly number[]): number {
  const shares = [...new Set(classes)]
    .toSorted((a, b) => a - b)
    .map((classIndex) => {
      const own = probabilities.filter((_, row) => classes[row] === classIndex)
      return own.filter((row) => argmax(row) === classIndex).length / own.length
    })
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** The fold of each row; null if a class has a single case. */
function innerFolds({ classes, groups }: CaseRows): number[] | null {
  const present = [...new Set(classes)].toSorted((a, b) => a - b)
  const ofClass = classes.map((classIndex) => present.indexOf(classIndex))
  const cases = present.map((_, k) => new Set(groups.filter((_group, i) => ofClass[i] === k)).size)
  const nSplits = Math.min(maxSplits, ...cases)
  if (nSplits < 2 || present.length < 2) return null
  return stratifiedGroupKFold(ofClass, groups, present.map(String), { nSplits, randomState: null })
}
