import { describe, expect, it } from 'vitest'
import { cohenKappa, fleissKappa } from '../../../../electron/engine/evaluation/agreement.ts'
import { bootstrapOverCases } from '../../../../electron/engine/evaluation/bootstrap.ts'
import {
  calibrationFigures,
  expectedCalibrationError,
  logLoss,
  reliabilityCurve,
} from '../../../../electron/engine/evaluation/calibration.ts'
import {
  conformalSets,
  minimumProbabilities,
  predictionSet,
} from '../../../../electron/engine/evaluation/conformal.ts'
import { wilsonInterval } from '../../../../electron/engine/evaluation/intervals.ts'
import {
  aucByWeight,
  areaUnderRoc,
  operatingPoint,
  rocCurve,
} from '../../../../electron/engine/evaluation/roc.ts'
import { applyTemperature, fitTemperature } from '../../../../electron/engine/evaluation/temperature.ts'
import { keyedGenerator, type KeyedGenerator } from '../../../../electron/engine/random/index.ts'

const drawn = (seed: number): KeyedGenerator => keyedGenerator('evaluation test', seed)

/** Rows whose truth is drawn from their own probabilities, sharpened by 1 / temperature. */
function calibratedRows(
  count: number,
  temperature: number,
): { probabilities: number[][]; truth: number[]; folds: number[] } {
  const generator = drawn(count)
  const rows = Array.from({ length: count }, (_, i) => {
    const powers = Array.from({ length: 3 }, () => Math.exp(2 * generator.nextNormal()))
    const total = powers.reduce((sum, power) => sum + power, 0)
    const said = powers.map((power) => power / total)
    const u = generator.nextFloat()
    const [p0 = 0, p1 = 0] = said
    return {
      said: applyTemperature(said, 1 / temperature),
      truth: u < p0 ? 0 : u < p0 + p1 ? 1 : 2,
      fold: i % 5,
    }
  })
  return {
    probabilities: rows.map(({ said }) => said),
    truth: rows.map(({ truth }) => truth),
    folds: rows.map(({ fold }) => fold),
  }
}

describe('ROC', () => {
  // Positives 0.8, 0.4; negatives 0.4, 0.2: three of four pairs won, one tied.
  const scores = [0.8, 0.4, 0.4, 0.2]
  const isPositive = [true, true, false, false]

  it('is worked by hand; a tie counts one half', () => {
    expect(areaUnderRoc(scores, isPositive)).toBe(3.5 / 4)
    expect(rocCurve(scores, isPositive)).toEqual([
      { threshold: null, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 0.8, falsePositiveRate: 0, truePositiveRate: 0.5 },
      { threshold: 0.4, falsePositiveRate: 0.5, truePositiveRate: 1 },
      { threshold: 0.2, falsePositiveRate: 1, truePositiveRate: 1 },
    ])
  })

  it('counts a score at the threshold as positive', () => {
    expect(operatingPoint(scores, isPositive, 0.4)).toMatchObject({
      sensitivity: 1,
      specificity: 0.5,
      ppv: 2 / 3,
      npv: 1,
      accuracy: 0.75,
      truePositives: 2,
      falseNegatives: 0,
      trueNegatives: 1,
      falsePositives: 1,
    })
  })

  it('gives null for a share of nothing', () => {
    expect(areaUnderRoc([0.1, 0.9], [true, true])).toBeNull()
    expect(rocCurve([0.1], [false])).toBeNull()
    expect(operatingPoint([0.9], [true], 0.95)).toMatchObject({
      specificity: null,
      ppv: null,
      sensitivity: 0,
    })
  })

  it('does not change with a monotone change of scores, and is 1 minus itself with kinds swapped', () => {
    const generator = drawn(1)
    const some = Array.from({ length: 60 }, () => Math.round(generator.nextFloat() * 20) / 20)
    const kinds = some.map((score) => generator.nextFloat() < score)
    const area = areaUnderRoc(some, kinds) ?? NaN
    expect(areaUnderRoc(some.map(Math.exp), kinds)).toBe(area)
    const swapped = areaUnderRoc(
      some,
      kinds.map((kind) => !kind),
    )
    expect(swapped).toBeCloseTo(1 - area, 14)
  })

  it('counts a row of weight n as n rows', () => {
    const weighted = aucByWeight(scores, isPositive)([2, 0, 3, 1])
    expect(weighted).toBe(
      areaUnderRoc([0.8, 0.8, 0.4, 0.4, 0.4, 0.2], [true, true, false, false, false, false]),
    )
  })
})

describe('intervals', () => {
  it('Wilson contains the share, is exact at both ends, is symmetric and narrows', () => {
    for (const [successes, trials] of [
      [0, 7],
      [3, 7],
      [7, 7],
    ] as const) {
      const { low, high } = wilsonInterval(successes, trials)
      const mirrored = wilsonInterval(trials - successes, trials)
      expect(low).toBeLessThanOrEqual(successes / trials)
      expect(high).toBeGreaterThanOrEqual(successes / trials)
      expect(low).toBeCloseTo(1 - mirrored.high, 14)
      expect(wilsonInterval(successes * 9, trials * 9).low).toBeGreaterThanOrEqual(low)
    }
    expect(wilsonInterval(0, 5).low).toBe(0)
    expect(wilsonInterval(5, 5).high).toBe(1)
  })

  const meanOf =
    (values: readonly number[]) =>
    (weights: Uint32Array): number => {
      const all = weights.reduce((sum, weight) => sum + weight, 0)
      return values.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0) / all
    }

  it('the bootstrap agrees with the normal interval of a mean', () => {
    const generator = drawn(2)
    const values = Array.from({ length: 200 }, () => generator.nextNormal())
    const rows = values.map((_, row) => row)
    const options = { resamples: 2000, seed: 3 }
    const [interval] = bootstrapOverCases(rows, rows.length, [meanOf(values)], options)
    const mean = values.reduce((sum, value) => sum + value, 0) / 200
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 200
    // The ends of 2000 resamples have a Monte Carlo error of about 0.05 standard errors; four of those.
    expect(Math.abs((interval?.low ?? NaN) - (mean - 1.96 * error))).toBeLessThan(0.2 * error)
    expect(Math.abs((interval?.high ?? NaN) - (mean + 1.96 * error))).toBeLessThan(0.2 * error)
    expect(bootstrapOverCases(rows, rows.length, [meanOf(values)], options)).toEqual([interval])
    expect(bootstrapOverCases(rows, rows.length, [meanOf(values)], { ...options, seed: 4 })).not.toEqual([
      interval,
    ])
  })

  it('the bootstrap over cases is not fooled by copies of an image', () => {
    const values = Array.from({ length: 40 }, (_, i) => i % 2)
    const caseOfCopy = Array.from({ length: 400 }, (_, row) => row % 40)
    const copies = caseOfCopy.map((index) => values[index] ?? 0)
    const options = { resamples: 500, seed: 0 }
    const once = bootstrapOverCases(
      values.map((_, row) => row),
      40,
      [meanOf(values)],
      options,
    )
    expect(bootstrapOverCases(caseOfCopy, 40, [meanOf(copies)], options)).toEqual(once)
  })

  it('the bootstrap leaves out resamples without a value', () => {
    const statistic = (weights: Uint32Array): number | null => ((weights[0] ?? 0) > 0 ? 1 : null)
    const options = { resamples: 20, seed: 0 }
    expect(bootstrapOverCases([0, 1], 2, [statistic, () => null], options)).toEqual([
      { low: 1, high: 1 },
      null,
    ])
  })
})

describe('calibration', () => {
  it('is worked by hand', () => {
    // Bins (0, 0.5] and (0.5, 1]; 0.5 is in the first.
    const bins = reliabilityCurve([0.2, 0.5, 0.9, 1, 0], [false, true, true, true, false], 2)
    expect(bins).toEqual([
      { low: 0, high: 0.5, count: 3, predicted: 0.7 / 3, observed: 1 / 3 },
      { low: 0.5, high: 1, count: 2, predicted: 0.95, observed: 1 },
    ])
    expect(expectedCalibrationError(bins)).toBeCloseTo((1 - 0.7 + 2 - 1.9) / 5, 15)
    expect(calibrationFigures([[0.3, 0.7]], [1], 'positive').brier).toBeCloseTo(0.09, 15)
    expect(calibrationFigures([[0.3, 0.7]], [1], 'largest').brier).toBeCloseTo(0.18, 15)
    expect(logLoss([[1, 0]], [1])).toBeCloseTo(12 * Math.log(10), 12)
  })

  it('recovers the temperature that made the probabilities too sharp', () => {
    const { probabilities, truth } = calibratedRows(4000, 2.5)
    // The estimate's own standard error is about 2 % at 4000 rows.
    const temperature = fitTemperature(probabilities, truth)
    const scaled = probabilities.map((row) => applyTemperature(row, temperature))
    expect(Math.abs(temperature / 2.5 - 1)).toBeLessThan(0.08)
    expect(fitTemperature(scaled, truth)).toBeCloseTo(1, 10)
    expect(logLoss(scaled, truth)).toBeLessThan(logLoss(probabilities, truth))
    expect(calibrationFigures(scaled, truth, 'largest').expectedCalibrationError).toBeLessThan(
      calibrationFigures(probabilities, truth, 'largest').expectedCalibrationError,
    )
  })

  it('stops at its limits, and at 1 if every temperature is equally good', () => {
    expect(fitTemperature([[0.9, 0.1]], [0])).toBe(0.05)
    expect(fitTemperature([[1, 0]], [0])).toBe(0.05)
    expect(fitTemperature([[0.9, 0.1]], [1])).toBe(20)
    expect(fitTemperature([[0.5, 0.5]], [1])).toBe(1)
  })

  it('keeps the order of classes and adds up to 1', () => {
    const scaled = applyTemperature([0.7, 0.2, 0.1, 0], 3)
    expect(scaled).toEqual(scaled.toSorted((a, b) => b - a))
    expect(scaled.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 15)
    expect(applyTemperature([0.7, 0.2, 0.1], 1)[0]).toBeCloseTo(0.7, 14)
  })
})

describe('conformal sets', () => {
  it('are worked by hand', () => {
    // Class 0 has 9 rows with 0.1 ... 0.9: rank ceil(10 x 0.9) = 9 of 9 from the top, so 0.1.
    const probabilities = Array.from({ length: 9 }, (_, i) => [(i + 1) / 10, (9 - i) / 10])
    const truth = new Array<number>(9).fill(0)
    expect(minimumProbabilities(probabilities, truth, 2, 0.9)).toEqual([0.1, 0])
    // One more is needed than there are: the class is in every set.
    expect(minimumProbabilities(probabilities, truth, 2, 0.95)).toEqual([0, 0])
    expect(minimumProbabilities(probabilities, truth, 2, 0.5)).toEqual([0.5, 0])
    expect(predictionSet([0.5, 0.5], [0.6, 0.5])).toEqual([1])
    expect(predictionSet([0.5, 0.5], [0.6, 0.7])).toEqual([])
  })

  it('cover every class at the requested rate, and larger sets cover more', () => {
    const { probabilities, truth, folds } = calibratedRows(3000, 1)
    const [at90, at95] = [0.9, 0.95].map((level) => conformalSets(probabilities, truth, folds, 3, level))
    for (const conformal of [at90, at95]) {
      // Binomial spread of 1000 rows a class: 0.0095 at 90 %; three of those.
      for (const coverage of conformal?.coveragePerClass ?? []) {
        expect(Math.abs((coverage ?? NaN) - (conformal?.level ?? NaN))).toBeLessThan(0.0285)
      }
      expect(conformal?.setSizes.reduce((sum, n) => sum + n, 0)).toBe(3000)
    }
    expect(at95?.coverage).toBeGreaterThan(at90?.coverage ?? NaN)
  })

  it('never calibrate a fold on itself', () => {
    // Fold 1's rows would need 0.2; calibrated on fold 0 they need 0.9 and are not covered.
    const probabilities = [0.9, 0.9, 0.2, 0.2].map((p) => [p, 1 - p])
    const { coverage, coveragePerClass } = conformalSets(probabilities, [0, 0, 0, 0], [0, 0, 1, 1], 2, 0.5)
    expect(coverage).toBe(0.5)
    expect(coveragePerClass).toEqual([0.5, null])
  })
})

describe('kappa', () => {
  it("Cohen's is worked by hand", () => {
    // Agreement 35 of 50, chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5.
    const { kappa, interval } = cohenKappa([
      [20, 5],
      [10, 15],
    ])
    expect(kappa).toBeCloseTo(0.4, 15)
    expect(interval?.low).toBeLessThan(0.4)
    expect(interval?.high).toBeGreaterThan(0.4)
  })

  it("Fleiss' is worked by hand", () => {
    // Two readers: agreement 3 of 4; shares 1/2 and 1/2.
    const readings = [
      [2, 0],
      [0, 2],
      [1, 1],
      [2, 0],
      [0, 2],
      [1, 1],
      [2, 0],
      [0, 2],
    ]
    expect(fleissKappa(readings).kappa).toBeCloseTo((0.75 - 0.5) / 0.5, 15)
    // An image that only one reader saw does not count.
    expect(fleissKappa([...readings, [1, 0]])).toEqual(fleissKappa(readings))
  })

  it('is 1 without error if all agree, and null if only one class was chosen', () => {
    const full = { kappa: 1, standardError: 0, interval: { low: 1, high: 1 } }
    expect(
      cohenKappa([
        [3, 0],
        [0, 4],
      ]),
    ).toEqual(full)
    expect(
      fleissKappa([
        [3, 0],
        [0, 3],
      ]),
    ).toEqual(full)
    const none = { kappa: null, standardError: null, interval: null }
    expect(
      cohenKappa([
        [5, 0],
        [0, 0],
      ]),
    ).toEqual(none)
    expect(fleissKappa([[3, 0]])).toEqual(none)
    expect(fleissKappa([])).toEqual(none)
    expect(fleissKappa([[1, 2]])).toMatchObject({ standardError: null, interval: null })
  })

  it("Cohen's does not change with the readers swapped or the classes renamed", () => {
    const table = [
      [7, 2, 1],
      [0, 9, 3],
      [4, 1, 8],
    ]
    const swapped = table.map((_, c) => table.map((line) => line[c] ?? 0))
    const renamed = [2, 0, 1].map((r) => [2, 0, 1].map((c) => table[r]?.[c] ?? 0))
    const { kappa, standardError } = cohenKappa(table)
    for (const other of [swapped, renamed]) {
      expect(cohenKappa(other).kappa).toBeCloseTo(kappa ?? NaN, 14)
      expect(cohenKappa(other).standardError).toBeCloseTo(standardError ?? NaN, 14)
    }
  })
})
