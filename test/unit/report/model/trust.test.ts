import { expect, it } from 'vitest'
import type { ModelReport } from '../../../../electron/contract/index.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { trustItems, type TrustItem } from '../../../../electron/report/model/trust.ts'
import { record } from '../../../support/evidence-record.ts'

const { report } = record
const [first] = report.predictions
const answerTo = (question: string, changed: Partial<ModelReport>): TrustItem | undefined =>
  trustItems({ ...report, ...changed }, fileFormat).find((item) => item.question === question)

/** Two folds of so many images, the second with this share correct, where guessing gives 50 %. */
function foldOf(images: number, share: number): TrustItem | undefined {
  if (first === undefined) throw new Error('the record has no predictions')
  const predictions = Array.from({ length: 2 * images }, (_, i) => ({ ...first, fold: i % 2 }))
  const { table, derived } = report
  const fusion = { ...table.fusion, perFold: [100, 100 * share] }
  const guessing = { ...derived.guessing, largestShare: 0.5 }
  const changed = { predictions, table: { ...table, fusion }, derived: { ...derived, guessing } }
  return answerTo('Worst fold?', changed)
}

it('calls the worst fold good only if it is clearly better than guessing', () => {
  expect(foldOf(30, 0.9)).toMatchObject({ answer: '90.0 %.', tone: 'good' })
  // 17 of 32: the whole interval reaches from 36 to 69 %.
  expect(foldOf(32, 17 / 32)).toMatchObject({
    answer: '53.1 %, not clearly better than always choosing the largest class (50.0 %).',
    tone: 'warning',
  })
  expect(foldOf(30, 0.4)).toMatchObject({
    answer: '40.0 %, no better than always choosing the largest class (50.0 %).',
    tone: 'warning',
  })
})

it('says whether prediction sets that held the label too rarely may have done so by chance', () => {
  const [set] = report.evaluation.conformal
  if (set === undefined) throw new Error('the record has no sets')
  const setsOf = (coverage: number, images: number): TrustItem | undefined =>
    answerTo('Do prediction sets hold?', {
      evaluation: { ...report.evaluation, images, conformal: [{ ...set, level: 0.9, coverage }] },
    })
  expect(setsOf(0.92, 100)).toMatchObject({ answer: expect.stringMatching(/images\.$/) as string })
  expect(setsOf(0.86, 100)).toMatchObject({
    answer: expect.stringContaining('; the difference may be chance.') as string,
    tone: 'good',
  })
  expect(setsOf(0.7, 100)).toMatchObject({
    answer: expect.stringContaining(': less than they promise.') as string,
    tone: 'warning',
  })
})

it('counts an image without a case as one case with its regions', () => {
  if (first === undefined) throw new Error('the record has no predictions')
  const predictions = ['0', '1', '2'].flatMap((digit) =>
    Array.from({ length: 5 }, (_, n) => ({
      ...first,
      image: `${digit}.png, region ${n}`,
      sha256: digit.repeat(64),
      caseName: null,
      truth: digit === '0' ? 'Benign' : 'Malignant',
    })),
  )
  expect(answerTo('Enough cases?', { predictions })?.answer).toContain('Fewest: Benign, 1 case.')
})
