import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cohenKappa, crossTable, fleissKappa } from '../../../../electron/engine/evaluation/agreement.ts'
import {
  brierScore,
  calibrationFigures,
  logLoss,
  reliabilityCurve,
} from '../../../../electron/engine/evaluation/calibration.ts'
import { minimumProbabilities } from '../../../../electron/engine/evaluation/conformal.ts'
import { wilsonInterval } from '../../../../electron/engine/evaluation/intervals.ts'
import { areaUnderRoc, operatingPoint, rocCurve } from '../../../../electron/engine/evaluation/roc.ts'
import { fitTemperature } from '../../../../electron/engine/evaluation/temperature.ts'

interface Golden {
  twoClass: {
    truth: boolean[]
    scores: number[]
    auc: number
    roc: { falsePositiveRate: number[]; truePositiveRate: number[]; thresholds: number[] }
    points: Record<'threshold' | 'sensitivity' | 'specificity' | 'ppv' | 'npv' | 'accuracy', number>[]
    reliability: { observed: number[]; predicted: number[] }
    brier: number
  }[]
  multiClass: {
    truth: number[]
    probabilities: number[][]
    predicted: number[]
    confusion: number[][]
    accuracy: number
    brier: number
    logLoss: number
    temperature: number
    minimumProbabilities: Record<string, number[]>
  }[]
  twoReaders: { table: number[][]; kappa: number; standardError: number; low: number; high: number }[]
  manyReaders: { counts: number[][]; kappa: number }[]
  wilson: { successes: number; trials: number; interval: [number, number] }[]
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../references/evaluation/${name}`, import.meta.url), 'utf8'))
const golden = read('metrics.json') as Golden

/** 1e-12, absolute and relative: both sides add up to some hundred doubles in different orders. */
function expectClose(actual: readonly (number | null)[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? NaN) - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)))
  })
}

describe('scikit-learn, two classes', () => {
  it.each(golden.twoClass.map((g, seed) => ({ ...g, seed })))('case $seed', (g) => {
    expectClose([areaUnderRoc(g.scores, g.truth)], [g.auc])
    const roc = rocCurve(g.scores, g.truth) ?? []
    expectClose(
      roc.map((point) => point.falsePositiveRate),
      g.roc.falsePositiveRate,
    )
    expectClose(
      roc.map((point) => point.truePositiveRate),
      g.roc.truePositiveRate,
    )
    expect(roc.slice(1).map((point) => point.threshold)).toEqual(g.roc.thresholds)
    for (const point of g.points) {
      const actual = operatingPoint(g.scores, g.truth, point.threshold)
      const keys = ['sensitivity', 'specificity', 'ppv', 'npv', 'accuracy'] as const
      expectClose(
        keys.map((key) => actual[key]),
        keys.map((key) => point[key]),
      )
    }
    const bins = reliabilityCurve(g.scores, g.truth, 10)
    expectClose(
      bins.map((bin) => bin.observed),
      g.reliability.observed,
    )
    expectClose(
      bins.map((bin) => bin.predicted),
      g.reliability.predicted,
    )
    const ofTwo = g.scores.map((score) => [1 - score, score])
    expectClose([calibrationFigures(ofTwo, g.truth.map(Number), 'positive').brier], [g.brier])
  })
})

describe('scikit-learn and SciPy, more classes', () => {
  it.each(golden.multiClass.map((g, seed) => ({ ...g, seed })))('case $seed', (g) => {
    const k = g.confusion.length
    expect(crossTable(g.truth, g.predicted, k)).toEqual(g.confusion)
    expectClose([brierScore(g.probabilities, g.truth)], [g.brier])
    expectClose([logLoss(g.probabilities, g.truth)], [g.logLoss])
    expectClose([fitTemperature(g.probabilities, g.truth)], [g.temperature])
    for (const [level, expected] of Object.entries(g.minimumProbabilities)) {
      expectClose(minimumProbabilities(g.probabilities, g.truth, k, Number(level)), expected)
    }
  })
})

describe('agreement', () => {
  it.each(golden.twoReaders)(
    "Cohen's kappa as in scikit-learn, its interval as in statsmodels ($kappa)",
    (g) => {
      const { kappa, standardError, interval } = cohenKappa(g.table)
      // statsmodels does not clip the interval at 1.
      expectClose(
        [kappa, standardError, interval?.low ?? null, interval?.high ?? null],
        [g.kappa, g.standardError, Math.max(-1, g.low), Math.min(1, g.high)],
      )
    },
  )

  it.each(golden.manyReaders)("Fleiss' kappa as statsmodels ($kappa)", (g) => {
    expectClose([fleissKappa(g.counts).kappa], [g.kappa])
  })

  const errors = read('fleiss-errors.json') as { counts: number[][]; kappa: number; standardError: number }[]
  it.each(errors)("Fleiss' kappa and its error as in irrCAC, also with missing readings ($kappa)", (g) => {
    const { kappa, standardError } = fleissKappa(g.counts)
    expectClose([kappa, standardError], [g.kappa, g.standardError])
  })
})

it.each(golden.wilson)('Wilson as statsmodels: $successes of $trials', ({ successes, trials, interval }) => {
  const { low, high } = wilsonInterval(successes, trials)
  expectClose([low, high], interval)
})
