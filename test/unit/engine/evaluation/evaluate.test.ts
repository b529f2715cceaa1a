import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { evaluationReportSchema, hasCode, type ErrorCode } from '../../../../electron/contract/index.ts'
import { evaluate } from '../../../../electron/engine/evaluation/evaluate.ts'
import { caseOutcomes } from '../../../../electron/engine/evaluation/figures.ts'
import { readPredictionTable } from '../../../../electron/engine/evaluation/prediction-table.ts'
import { evaluateTable } from '../../../../electron/engine/evaluation/evaluate-table.ts'
import { sharedPath } from '../../../shared-data.ts'

type Row = Record<string, unknown>

const row = (image: string, fold: number, truth: string, predicted: string, more: Row = {}): Row => ({
  image,
  fold,
  truth,
  predicted,
  ...more,
})

/** Two folds, two cases and an image without a case; one carcinoma missed at 0.50. */
const small = [
  row('a', 1, 'Benign', 'Benign', { case: 'P1', Benign: 0.8, Invasive: 0.2 }),
  row('b', 1, 'Invasive', 'Benign', { case: 'P1', Benign: 0.6, Invasive: 0.4 }),
  row('c', 2, 'Invasive', 'Invasive', { case: 'P2', Benign: 0.1, Invasive: 0.9 }),
  row('d', 2, 'Invasive', 'Invasive', { case: 'P2', Benign: 0.3, Invasive: 0.7 }),
  row('e', 2, 'Benign', 'Invasive', { Benign: 0.45, Invasive: 0.55 }),
]

const throwing = (work: () => unknown, code: ErrorCode, message: RegExp): void => {
  expect(work).toThrow(message)
  expect(work).toThrow(expect.toSatisfy((error) => hasCode(error, code)))
}

describe('the published predictions', () => {
  const directory = sharedPath('reference/rakhlin2018')

  it.skipIf(directory === null)('give the numbers of the paper, to the last printed digit', async () => {
    const path = join(directory ?? '', 'published_predictions.json')
    const expected = JSON.parse(readFileSync(join(directory ?? '', 'expected_report.json'), 'utf8')) as {
      accuracy_4class: number
      accuracy_4class_per_fold: number[]
      mean: number
      std_population: number
      confusion_rows_truth_cols_predicted: number[][]
      class_order: string[]
      auc_carcinoma: number
      operating_points: Record<string, Record<string, number>>
      carcinomas_missed_at_0_50: Record<string, number>
    }
    const report = await evaluateTable({ path, positive: null, thresholds: [0.33, 0.5] })
    expect(evaluationReportSchema.parse(report)).toEqual(report)
    expect(report.classes).toEqual(expected.class_order)
    expect(report.accuracy).toBe(expected.accuracy_4class)
    expect(report.perFold).toEqual(expected.accuracy_4class_per_fold)
    expect(report.mean).toBe(expected.mean)
    expect(Number(report.std.toFixed(2))).toBe(expected.std_population)
    expect(report.confusion).toEqual(expected.confusion_rows_truth_cols_predicted)
    expect(report.auc).toBe(expected.auc_carcinoma)
    expect(report.operatingPoints).toMatchObject([
      { threshold: 0.33, ...expected.operating_points['0.33'] },
      { threshold: 0.5, ...expected.operating_points['0.50'] },
    ])
    expect(report.missed).toEqual(expected.carcinomas_missed_at_0_50)
    expect(report.misses).toHaveLength(51)
    expect(report.misses.filter(({ missedPositive }) => missedPositive)).toHaveLength(14)
    // The paper: 93.8 +- 2.3 %.
    expect(report.twoClass?.mean).toBe(93.75)
    expect(report.twoClass?.std.toFixed(1)).toBe('2.3')
    expect(report.folds).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(report).toMatchObject({ images: 400, cases: null, byCase: null, conformal: [] })
    expect(report.bootstrap.auc?.low).toBeLessThan(0.973375)
    expect(report.bootstrap.auc?.high).toBeGreaterThan(0.973375)
    expect(report.calibration).toHaveLength(1)
  })

  it.skipIf(directory === null)(
    'cannot distinguish >= from >: no score is exactly at an operating point',
    () => {
      const rows = JSON.parse(readFileSync(join(directory ?? '', 'published_predictions.json'), 'utf8')) as {
        carcinoma_score: number
      }[]
      expect(rows.filter((r) => r.carcinoma_score === 0.33 || r.carcinoma_score === 0.5)).toEqual([])
    },
  )
})

describe('evaluate', () => {
  const report = evaluate(readPredictionTable(small), { resamples: 200 })

  it('is worked by hand', () => {
    expect(report).toMatchObject({
      images: 5,
      cases: 2,
      imagesWithoutCase: 1,
      casesAcrossFolds: 0,
      classes: ['Benign', 'Invasive'],
      positive: ['Invasive'],
      folds: ['1', '2'],
      accuracy: 0.6,
      perFold: [50, 200 / 3],
      confusion: [
        [1, 1],
        [1, 2],
      ],
      // Pairs won: 0.4 over 0.2; 0.9 and 0.7 over both; 0.4 loses to 0.55.
      auc: 5 / 6,
      missed: { Invasive: 1 },
      misses: [
        { name: 'b', truth: 'Invasive', predicted: 'Benign', score: 0.4, missedPositive: true },
        { name: 'e', truth: 'Benign', predicted: 'Invasive', score: 0.55, missedPositive: false },
      ],
      bootstrap: { over: 'case', resamples: 200, seed: 0 },
    })
    expect(report.mean).toBeCloseTo(175 / 3, 12)
    expect(report.std).toBeCloseTo(25 / 3, 12)
    expect(report.calibration.map(({ of }) => of)).toEqual(['largest', 'positive'])
    expect(report.conformal.map(({ level }) => level)).toEqual([0.9, 0.95])
    expect(evaluationReportSchema.parse(report)).toEqual(report)
  })

  it('joins the images of a case: mean score, worst class', () => {
    // P1: score 0.3, truth Invasive, predicted Benign; P2: 0.8; the lone image: 0.55.
    expect(report.byCase).toMatchObject({
      mixed: 1,
      confusion: [
        [0, 1],
        [1, 1],
      ],
      auc: 0.5,
      missed: { Invasive: 1 },
    })
    expect(report.byCase?.misses.map(({ name }) => name)).toEqual(['P1', 'e'])
    expect(report.byCase?.misses[0]?.score).toBeCloseTo(0.3, 15)
  })

  it('uses the majority of a case’s images if there are no probabilities', () => {
    const image = (predicted: number, truth: number): Parameters<typeof caseOutcomes>[0][number] => ({
      name: 'x',
      caseName: 'P',
      truth,
      predicted,
      score: null,
      probabilities: null,
    })
    const { outcomes, mixed } = caseOutcomes([image(2, 1), image(0, 2), image(2, 1)], [false, true, false])
    expect(outcomes).toEqual([{ name: 'P', truth: 1, predicted: 2, score: null }])
    expect(mixed).toBe(1)
  })

  it('prefers a given score to that of the probabilities', () => {
    const scored = small.map((r, i) => ({ ...r, carcinoma_score: i / 10 }))
    expect(evaluate(readPredictionTable(scored), { resamples: 10 }).auc).toBe(0.5)
  })

  it('works without folds, scores and carcinoma as far as possible', () => {
    const rows = [row('a', 1, 'cat', 'cat'), row('b', 1, 'dog', 'cat', { carcinoma_score: '' })]
    expect(evaluate(readPredictionTable(rows), { resamples: 10 })).toMatchObject({
      perFold: [50],
      std: 0,
      auc: null,
      roc: null,
      operatingPoints: [],
      missed: null,
      twoClass: null,
      calibration: [],
      conformal: [],
    })
    const named = evaluate(readPredictionTable(rows, ['dog']), { resamples: 10 })
    expect(named).toMatchObject({ positive: ['dog'], auc: null, missed: { dog: 1 } })
  })

  it('gives null for the AUC if all images are of one kind', () => {
    const rows = [row('a', 1, 'Invasive', 'Invasive', { carcinoma_score: 0.9 })]
    const one = evaluate(readPredictionTable(rows), { resamples: 10 })
    expect(one).toMatchObject({ auc: null, roc: null, bootstrap: { auc: null }, missed: { Invasive: 0 } })
    expect(one.operatingPoints[0]).toMatchObject({ sensitivity: 1, specificity: null, npv: null })
    expect(one.calibration[0]).toMatchObject({ after: null, temperaturePerFold: null })
  })

  it('warns of a case in several folds', () => {
    const rows = small.map((r, i) => ({ ...r, fold: i }))
    expect(evaluate(readPredictionTable(rows), { resamples: 10 }).casesAcrossFolds).toBe(2)
  })

  it('gives the same bits every time, and changes no input', () => {
    const table = readPredictionTable(small)
    const before = structuredClone(table)
    expect(evaluate(table, { resamples: 200 })).toEqual(report)
    expect(table).toEqual(before)
  })

  it('does not depend on the order of rows, except for the list of errors and the draws', () => {
    const {
      misses: _misses,
      bootstrap: _bootstrap,
      byCase: _byCase,
      ...turned
    } = evaluate(readPredictionTable(small.toReversed()), { resamples: 10 })
    const close = (text: string, value: unknown): unknown =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : [text, value][1]
    expect(report).toMatchObject({ ...turned, calibration: expect.anything() as unknown })
    // Sums in another order differ in the last bit.
    expect(JSON.stringify(turned.calibration, close)).toBe(JSON.stringify(report.calibration, close))
  })
})

describe('classes', () => {
  it('have the order of the default scheme, otherwise alphabetical order', () => {
    const of = (...names: string[]): readonly string[] =>
      readPredictionTable(names.map((name) => row(name, 1, name, name))).classes
    expect(of('Invasive', 'Normal', 'InSitu')).toEqual(['Normal', 'InSitu', 'Invasive'])
    expect(of('malignant', 'benign', 'Invasive')).toEqual(['Invasive', 'benign', 'malignant'])
  })

  it('can be known from their column of probabilities alone', () => {
    const rows = [
      row('a', 1, 'x', 'x', { p_x: 0.5, p_y: 0.5 }),
      row('b', 1, 'x', 'x', { probabilities: { x: 1, y: 0 } }),
    ]
    expect(readPredictionTable(rows).classes).toEqual(['x', 'y'])
    expect(readPredictionTable(rows).rows[1]?.probabilities).toEqual([1, 0])
  })
})

describe('a table is refused', () => {
  const bad = (rows: unknown, message: RegExp): void => {
    throwing(() => readPredictionTable(rows), 'evaluation.invalid-table', message)
  }
  const withFirst = (change: Row): Row[] => [{ ...small[0], ...change }, ...small.slice(1)]

  it('that is not a table', () => {
    bad({}, /not a list of rows/)
    bad([], /it has no rows/)
    bad([1], /row 1 is not a record/)
    bad([[]], /row 1 is not a record/)
  })

  it.each([
    [{ truth: '' }, /row 1 has no truth/],
    [{ truth: undefined }, /row 1 has no truth/],
    [{ fold: null }, /row 1 has no fold/],
    [{ predicted: ['x'] }, /the predicted of row 1 is not text/],
    [{ Benign: 'NaN' }, /the Benign of row 1 is not a number/],
    [{ Benign: '' }, /row 1 has no Benign/],
    [{ Benign: 0.7 }, /the probabilities of row 1 add up to 0\.8999999999999999, not 1/],
    [{ Benign: 1.2, Invasive: -0.2 }, /row 1 has a probability of 1\.2, not 0 to 1/],
    [{ truth: 'Normal' }, /class Normal has no column of probabilities/],
    [{ image: 'b' }, /image b is in row 1 and again in row 2/],
    [{ carcinoma_score: 0.5 }, /row 2 has no carcinoma_score/],
  ])('with %j', (change, message) => {
    bad(withFirst(change), message)
  })

  it('with a score that is not a number', () => {
    const scored = (score: unknown): Row[] => [
      row('a', 1, 'Invasive', 'Invasive', { carcinoma_score: score }),
    ]
    bad(scored('high'), /the carcinoma_score of row 1 is not a number/)
    bad(scored(Infinity), /the carcinoma_score of row 1 is not a number/)
    bad(scored(1.5), /the score of row 1 is 1.5, not 0 to 1/)
  })

  it('whose classes are not valid', () => {
    bad(
      Array.from({ length: 101 }, (_, i) => row(`${i}`, 1, `${i}`, '0')),
      /contain 101 classes; the maximum is 100/,
    )
  })

  it('where a positive class is not one of its classes', () => {
    throwing(() => readPredictionTable(small, ['Malignant']), 'classes.unknown', /Unknown class "Malignant"/)
  })

  it('by evaluate itself, whatever its source', () => {
    const table = readPredictionTable(small)
    const [first, ...rest] = table.rows
    const change = (more: object): (() => unknown) => {
      const rows = first === undefined ? [] : [{ ...first, ...more }, ...rest]
      return () => evaluate({ ...table, rows })
    }
    throwing(change({ truth: 2 }), 'evaluation.invalid-table', /row 1 has an unknown class/)
    throwing(change({ score: NaN }), 'evaluation.invalid-table', /score of row 1 is NaN/)
    throwing(change({ probabilities: [NaN, 1] }), 'evaluation.invalid-table', /probability of NaN/)
    throwing(change({ probabilities: [1] }), 'evaluation.invalid-table', /1 probabilities for 2 classes/)
    throwing(
      change({ probabilities: null }),
      'evaluation.invalid-table',
      /row 2 has probabilities, unlike row 1/,
    )
    throwing(
      () => evaluate({ ...table, isPositive: [] }),
      'evaluation.invalid-table',
      /classes must be different/,
    )
  })
})

describe('evaluateTable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-evaluate-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const ask = (path: string): ReturnType<typeof evaluateTable> =>
    evaluateTable({ path, positive: null, thresholds: [0.5] })
  const failing = async (path: string, code: ErrorCode): Promise<void> => {
    await expect(ask(path)).rejects.toSatisfy((error) => hasCode(error, code))
  }

  it('gives the same for a CSV file and a JSON file', async () => {
    const columns = ['image', 'fold', 'truth', 'predicted', 'case', 'Benign', 'Invasive']
    const cells = [
      columns,
      ...small.map((r) => columns.map((column) => (r[column] ?? '') as string | number)),
    ]
    const csv = cells.map((line) => line.join(',')).join('\r\n')
    expect(await ask(file('table.CSV', `\uFEFF${csv}`))).toEqual(
      await ask(file('table.json', JSON.stringify(small))),
    )
  })

  it('reports what is wrong with a file', async () => {
    await failing(join(folder, 'nothing.json'), 'path.not-found')
    await failing(folder, 'path.unreadable')
    await failing(file('broken.json', '[{'), 'evaluation.invalid-table')
    await failing(file('empty.csv', ''), 'evaluation.invalid-table')
  })
})
