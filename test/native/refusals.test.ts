import { describe, expect, test } from 'vitest'
import {
  Booster,
  Dataset,
  type MatrixDescription,
  type Parameters,
} from '../../electron/engine/boosting/index.ts'
import { makeData, smallParameters } from './golden-data.ts'

const data = makeData(11, 120, 8)
const whole: MatrixDescription = { ...data, parameters: smallParameters }
const make = (changes: Partial<MatrixDescription>, matrix: Float32Array | Float64Array = data.matrix) =>
  Dataset.fromMatrix(matrix, { ...whole, ...changes })
const invalid = (reason: RegExp) => ({
  code: 'boosting.invalid-input',
  details: { reason: expect.stringMatching(reason) as string },
})

describe('a dataset is refused', () => {
  const labelsWith = (value: number) =>
    Float32Array.from(data.labels, (label, i) => (i === 7 ? value : label))
  test.each<[string, Partial<MatrixDescription>, RegExp]>([
    ['no rows', { rows: 0 }, /^rows is 0/],
    ['a negative number of columns', { columns: -8 }, /^columns is -8/],
    ['half a row', { rows: 1.5 }, /^rows is 1.5/],
    ['a wrong product of rows and columns', { rows: 121 }, /has 968 values, not 960/],
    ['more rows than LightGBM counts', { rows: 2 ** 31 }, /^rows is 2147483648/],
    ['a product beyond exact integers', { rows: 2 ** 30, columns: 2 ** 30 }, /not 960/],
    ['too few labels', { labels: data.labels.subarray(1) }, /119 labels were given for 120 rows/],
    ['a label that is not a number', { labels: labelsWith(Number.NaN) }, /label of row 7 is NaN/],
    ['an infinite label', { labels: labelsWith(Infinity) }, /label of row 7 is Infinity/],
    ['a label beyond float32', { labels: Array.from(data.labels, () => 1e300) }, /label of row 0 is 1e\+300/],
    ['too many weights', { weights: new Float32Array(121) }, /121 weights/],
    ['a negative weight', { weights: Array.from(data.labels, (_, i) => 3 - i) }, /weight of row 4 is -1/],
    ['no weight at all', { weights: new Float32Array(120) }, /all weights are 0/],
  ])('%s', async (_name, changes, reason) => {
    await expect(make(changes)).rejects.toMatchObject(invalid(reason))
  })

  test('a matrix of another type, or one whose memory may be freed', async () => {
    await expect(make({}, new Int32Array(960) as never)).rejects.toMatchObject(invalid(/Float32Array/))
    const resizable = new Float32Array(new ArrayBuffer(3840, { maxByteLength: 8000 }))
    await expect(make({}, resizable)).rejects.toMatchObject(invalid(/resizable/))
    const gone = Float32Array.from(data.matrix)
    structuredClone(gone, { transfer: [gone.buffer] })
    await expect(make({}, gone)).rejects.toMatchObject(invalid(/not 0/))
  })

  test('a reference with other columns', async () => {
    using narrow = await Dataset.fromMatrix(data.matrix.subarray(0, 120 * 4), { ...whole, columns: 4 })
    await expect(make({ reference: narrow })).rejects.toMatchObject(invalid(/reference has 4 columns/))
  })

  test.each<[string, number[], RegExp]>([
    ['of no rows', [], /no rows/],
    ['beyond the end', [0, 120], /row 120/],
    ['before the start', [-1, 0], /row -1/],
    ['between two rows', [0.5], /row 0.5/],
    ['that descends', [5, 4], /do not ascend/],
    ['of NaN', [Number.NaN], /row NaN/],
  ])('a subset %s', async (_name, rows, reason) => {
    using dataset = await make({})
    await expect(dataset.subset(rows)).rejects.toMatchObject(invalid(reason))
  })
})

describe('a parameter is refused', () => {
  test.each<[string, Parameters, RegExp]>([
    ['unknown to LightGBM', { num_leafs: 7 }, /has no parameter "num_leafs"/],
    ['inherited by every object', { constructor: 'x' }, /has no parameter "constructor"/],
    ['given twice', { num_leaves: 7, max_leaves: 8 }, /"num_leaves" is given twice/],
    ['that reads files', { forcedsplits_filename: 'x.json' }, /not offered/],
    ['that opens the network', { machines: '10.0.0.1:1' }, /not offered/],
    ['that is an option', { n_estimators: 5 }, /"n_estimators" is not offered: it is the option "rounds"/],
    ['for rankings', { metric: ['multi_logloss', 'ndcg'] }, /ranking "ndcg"/],
    ['smuggled in a value', { num_leaves: '7 machines=10.0.0.1:1' }, /has the value/],
    ['of NaN', { learning_rate: Number.NaN }, /has the value "NaN"/],
    ['of a million classes', { num_class: 1e6 }, /at most 1000/],
  ])('%s', async (_name, parameters, reason) => {
    await expect(make({ parameters })).rejects.toMatchObject(invalid(reason))
    using dataset = await make({})
    await expect(Booster.train(dataset, parameters, { rounds: 1 })).rejects.toMatchObject(invalid(reason))
  })
})

describe('a training is refused', () => {
  test.each<[string, Parameters, object]>([
    [
      'LightGBM does not take a value',
      { num_leaves: 1 },
      { reason: expect.stringContaining('(num_leaves) > (1) at src/io/') as string },
    ],
    [
      'LightGBM does not take a type',
      { learning_rate: 'fast' },
      { reason: expect.stringContaining('fast') as string },
    ],
    [
      'the objective is unknown',
      { objective: 'guess', num_class: 1 },
      { reason: expect.stringContaining('guess') as string },
    ],
    ['there is no objective', { objective: 'none', num_class: 1, metric: 'l2' }, {}],
    ['the bins would change', { max_bin: 63 }, { reason: expect.stringContaining('max_bin') as string }],
  ])('%s', async (_name, parameters, details) => {
    using dataset = await make({})
    await expect(Booster.train(dataset, parameters, { rounds: 1 })).rejects.toMatchObject({
      code: 'boosting.failed',
      details,
    })
  })

  test.each<[string, number, Parameters]>([
    ['beyond the classes', 4, {}],
    ['below the classes', -1, {}],
    ['between two classes', 0.5, {}],
    ['beyond the classes, one against all', 4, { objective: 'ova' }],
    ['beyond two classes', 2, { objective: 'binary', num_class: 1 }],
  ])('a label is %s', async (_name, label, parameters) => {
    const labels = data.labels.map((value, i) => (i === 3 ? label : Math.min(value, 1)))
    using dataset = await make({ labels })
    using sound = await make({ reference: dataset })
    const refusal = expect.stringMatching(/label of row 3 is/) as string
    const rejected = { code: 'boosting.invalid-input', details: { reason: refusal } }
    await expect(Booster.train(dataset, parameters, { rounds: 1 })).rejects.toMatchObject(rejected)
    if (parameters['objective'] === 'binary') return
    const options = { rounds: 1, validation: dataset }
    await expect(Booster.train(sound, parameters, options)).rejects.toMatchObject(rejected)
  })

  test('the validation data have other bins, or the rounds are not a count', async () => {
    using dataset = await make({})
    const scaled = data.matrix.map((value) => value * 7)
    using other = await make({}, scaled)
    await expect(Booster.train(dataset, {}, { rounds: 1, validation: other })).rejects.toMatchObject({
      code: 'boosting.failed',
      details: { reason: expect.stringContaining('different bin mappers') as string },
    })
    for (const rounds of [0, -1, 1.5, Number.NaN, 1e9]) {
      await expect(Booster.train(dataset, {}, { rounds })).rejects.toMatchObject(invalid(/^rounds is/))
    }
  })
})

describe('hostile but valid data', () => {
  test.each<[string, number, number, (i: number) => number, (row: number) => number]>([
    ['one row', 1, 8, (i) => i, () => 0],
    ['one column', 50, 1, (i) => i, (row) => row % 4],
    ['constant columns', 50, 8, () => 3, (row) => row % 4],
    ['nothing but missing values', 50, 8, () => Number.NaN, (row) => row % 4],
    ['infinities', 50, 8, (i) => [Infinity, -Infinity, i][i % 3] ?? 0, (row) => row % 4],
    ['the ends of float32', 50, 8, (i) => (i % 2 ? 3.4e38 : 1e-45), (row) => row % 4],
    ['a single class', 50, 8, (i) => i, () => 2],
  ])('%s: trains, and gives probabilities', async (_name, rows, columns, value, label) => {
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => value(i))
    const labels = Array.from({ length: rows }, (_, row) => label(row))
    const parameters = { ...smallParameters, min_data_in_leaf: 1, min_data_in_bin: 1 }
    using dataset = await Dataset.fromMatrix(matrix, { rows, columns, labels, parameters })
    using booster = await Booster.train(dataset, {}, { rounds: 3 })
    const probabilities = await booster.predict(matrix, { rows, kind: 'probability' })
    for (let row = 0; row < rows; row++) {
      const sum = probabilities.subarray(row * 4, row * 4 + 4).reduce((a, b) => a + b)
      // Four roundings of numbers below one.
      expect(sum).toBeCloseTo(1, 14)
    }
  })
})

describe('a prediction is refused', () => {
  test('wrong shapes and missing rounds', async () => {
    using dataset = await make({})
    using booster = await Booster.train(dataset, {}, { rounds: 3 })
    const ask = (options: object, matrix = data.matrix) =>
      booster.predict(matrix, { rows: 120, kind: 'raw', ...options })
    await expect(ask({ rows: 0 })).rejects.toMatchObject(invalid(/^rows is 0/))
    await expect(ask({ rows: 119 })).rejects.toMatchObject(invalid(/952 values, not 960/))
    await expect(ask({}, data.matrix.subarray(1))).rejects.toMatchObject(invalid(/not 959/))
    await expect(ask({ startRound: 3 })).rejects.toMatchObject(invalid(/^startRound is 3/))
    await expect(ask({ startRound: -1 })).rejects.toMatchObject(invalid(/^startRound is -1/))
    await expect(ask({ startRound: 1, rounds: 3 })).rejects.toMatchObject(invalid(/^rounds is 3/))
    await expect(ask({ rounds: 0 })).rejects.toMatchObject(invalid(/^rounds is 0/))
  })
})
