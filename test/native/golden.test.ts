import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Booster, Dataset, type Matrix } from '../../electron/engine/boosting/index.ts'
import { draws, makeData, pickRows } from './golden-data.ts'

interface Golden {
  readonly probability: number[]
  readonly raw: number[]
  readonly rawOfRounds2to4: number[]
  readonly leaf: number[]
  readonly contribution: number[]
  readonly gain: number[]
  readonly split: number[]
  readonly validation?: number[]
}

const folder = path.resolve(import.meta.dirname, '..', 'references', 'boosting')
const goldenText = (name: string) =>
  gunzipSync(readFileSync(path.join(folder, `${name}.txt.gz`))).toString('ascii')
/** Python adds one line to what LightGBM writes. */
const asPython = (text: string) => `${text}\npandas_categorical:null\n`
const goldenAnswers = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'ascii')) as Golden

/** docs/pipeline.md, section 9 for seed 0 and fold 0, as in make-golden.py. */
const paperParameters = {
  objective: 'multiclass',
  num_class: 4,
  learning_rate: 0.1,
  num_leaves: 191,
  max_depth: 7,
  feature_fraction: 0.46,
  bagging_fraction: 0.69,
  bagging_freq: 0,
  feature_fraction_seed: 1,
  bagging_seed: 2,
  num_threads: 1,
  deterministic: true,
  verbosity: -1,
}
const binaryParameters = {
  objective: 'binary',
  metric: ['auc', 'binary_logloss'],
  num_leaves: 15,
  bagging_fraction: 0.5,
  bagging_freq: 1,
  lambda_l2: 0.5,
  seed: 7,
  num_threads: 1,
  deterministic: true,
  verbosity: -1,
}

const validationData = makeData(1000, 100, 300)
const binaryData = makeData(2, 600, 25)
const oddRows = Array.from({ length: 40 }, (_, i) => 2 * i + 1)

/** Every result of the booster equals Python's to the bit, except where floating-point libraries may differ. */
async function expectGolden(booster: Booster, matrix: Matrix, golden: Golden) {
  const rows = matrix.length / booster.columns
  const few = { matrix: matrix.subarray(0, 2 * booster.columns), rows: 2 }
  const close = (actual: ArrayLike<number>, expected: number[], name: string) => {
    expect(actual.length, name).toBe(expected.length)
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? NaN))), 0)
    // exp and log of different C libraries differ in their last bits.
    expect(worst, name).toBeLessThanOrEqual(1e-12)
  }
  close(await booster.predict(matrix, { rows, kind: 'probability' }), golden.probability, 'probability')
  close(await booster.predict(matrix, { rows, kind: 'raw' }), golden.raw, 'raw')
  const middle = { rows: 2, kind: 'raw', startRound: 2, rounds: 3 } as const
  close(await booster.predict(few.matrix, middle), golden.rawOfRounds2to4, 'raw of rounds 2 to 4')
  const leaves = await booster.predict(few.matrix, { rows: 2, kind: 'leaf' })
  expect([...leaves]).toEqual(golden.leaf)
  const contributions = await booster.predict(few.matrix, { rows: 2, kind: 'contribution' })
  close(contributions, golden.contribution, 'contribution')
  expect([...(await booster.featureImportance('split'))]).toEqual(golden.split)
  expect([...(await booster.featureImportance('gain'))]).toEqual(golden.gain)
}

describe('the official Python package, LightGBM 4.6.0', () => {
  test('trains the same trees with the parameters of the paper, and reports the same metrics', async () => {
    const data = makeData(1, 2000, 300)
    const golden = goldenAnswers('paper')
    using dataset = await Dataset.fromMatrix(data.matrix, { ...data, parameters: paperParameters })
    using validation = await Dataset.fromMatrix(validationData.matrix, {
      ...validationData,
      parameters: paperParameters,
      reference: dataset,
    })
    const history: number[] = []
    using booster = await Booster.train(dataset, paperParameters, {
      rounds: 70,
      validation,
      onRound: ({ validation: metrics }) => history.push(metrics['multi_logloss'] ?? Number.NaN),
    })
    expect(asPython(await booster.toModelText())).toBe(goldenText('paper'))
    await expectGolden(booster, validationData.matrix, golden)
    expect(history).toHaveLength(70)
    history.forEach((value, i) => expect(value).toBeCloseTo(golden.validation?.[i] ?? Number.NaN, 12))
    expect(booster.evaluate().validation['multi_logloss']).toBe(history.at(-1))
  })

  test('trains the same trees on a weighted, bagged subset of float64 rows', async () => {
    using whole = await Dataset.fromMatrix(Float64Array.from(binaryData.matrix), {
      ...binaryData,
      labels: binaryData.labels.map((label) => (label >= 2 ? 1 : 0)),
      weights: draws(3, 600).map((draw) => 1 + (draw >> 22)),
      parameters: binaryParameters,
    })
    using dataset = await whole.subset(Array.from({ length: 300 }, (_, i) => 2 * i))
    using booster = await Booster.train(dataset, {}, { rounds: 12 })
    expect(asPython(await booster.toModelText())).toBe(goldenText('binary'))
    await expectGolden(booster, pickRows(binaryData, oddRows), goldenAnswers('binary'))
    expect(Object.keys(booster.evaluate().training)).toEqual(['auc', 'binary_logloss'])
  })

  test.each(['paper', 'binary'])(
    'its %s model text is read, predicts the same and is written again',
    async (name) => {
      using booster = await Booster.fromModelText(goldenText(name))
      const matrix = name === 'paper' ? validationData.matrix : pickRows(binaryData, oddRows)
      await expectGolden(booster, matrix, goldenAnswers(name))
      expect(asPython(await booster.toModelText())).toBe(goldenText(name))
      expect(booster.evaluate()).toEqual({ training: {}, validation: {} })
    },
  )
})
