import { describe, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import {
  studyFigures,
  weightedQuantile,
  type LookedAgain,
  type StudyReading,
} from '../../../../electron/engine/evaluation/reader-study.ts'
import { timeReadings, type TrailEntry } from '../../../../electron/engine/evaluation/reading-times.ts'

const start = Date.parse('2026-11-02T09:00:00.000Z')
/** An entry so many seconds after the beginning. */
const entry = (seconds: number, reader: string | null, imageId: number, rest: Partial<TrailEntry> = {}) => ({
  reader,
  imageId,
  at: new Date(start + 1000 * seconds).toISOString(),
  isDecision: true,
  isTogether: false,
  ...rest,
})
const timesOf = (entries: readonly TrailEntry[]): unknown[] =>
  timeReadings(entries).map(({ entry: { reader, imageId }, seconds }) => [reader, imageId, seconds])

describe('time per image', () => {
  it('is from the label of another image to the first label of this one', () => {
    expect(
      timesOf([
        entry(0, 'ada', 1),
        entry(12, 'ada', 2),
        // A second thought on the second image: the third one was read from here on.
        entry(20, 'ada', 2),
        entry(25.5, 'ada', 3),
        // Back to the first image, which was decided on before.
        entry(30, 'ada', 1),
        entry(34, 'ada', 4),
      ]),
    ).toEqual([
      ['ada', 1, 'first'],
      ['ada', 2, 12],
      ['ada', 3, 5.5],
      ['ada', 4, 4],
    ])
  })

  it('is not counted over pauses, for steps of several images, and where it is too short', () => {
    expect(
      timesOf([
        entry(0, 'ada', 1),
        entry(300, 'ada', 2),
        entry(600.001, 'ada', 3),
        entry(601, 'ada', 4, { isTogether: true }),
        entry(601.002, 'ada', 5, { isTogether: true }),
        entry(610, 'ada', 6),
        entry(610.4, 'ada', 7),
        // The clock was set back.
        entry(500, 'ada', 8),
        entry(500.5, 'ada', 9),
      ]),
    ).toEqual([
      ['ada', 1, 'first'],
      ['ada', 2, 300],
      ['ada', 3, 'pauses'],
      ['ada', 4, 'together'],
      ['ada', 5, 'together'],
      ['ada', 6, 8.998],
      ['ada', 7, 'short'],
      ['ada', 8, 'short'],
      ['ada', 9, 0.5],
    ])
  })

  it('begins again after another reader and after an import', () => {
    expect(
      timesOf([
        entry(0, 'ada', 1),
        entry(5, 'ben', 1),
        entry(9, 'ben', 2),
        entry(14, 'ada', 2),
        entry(20, null, 9),
        entry(26, 'ada', 3),
        entry(29, 'ada', 4),
      ]),
    ).toEqual([
      ['ada', 1, 'first'],
      ['ben', 1, 'first'],
      ['ben', 2, 4],
      ['ada', 2, 'first'],
      ['ada', 3, 'first'],
      ['ada', 4, 3],
    ])
  })

  it('counts what the reader undid on an image as time of that image', () => {
    const undo = { isDecision: false }
    expect(
      timesOf([
        entry(0, 'ada', 1),
        entry(10, 'ada', 1, undo),
        entry(16, 'ada', 2),
        entry(18, 'ada', 2, undo),
        entry(19, 'ada', 2),
        entry(22, 'ada', 3, undo),
        entry(24, 'ada', 3),
      ]),
    ).toEqual([
      ['ada', 1, 'first'],
      ['ada', 2, 6],
      ['ada', 3, 5],
    ])
  })
})

describe('quantiles', () => {
  it('interpolate between ranks as NumPy does', () => {
    const quantileOf = (values: number[], share: number): number =>
      weightedQuantile(values, () => 1, values.length, share)
    // numpy.quantile([1, 2, 4, 8], [0, 0.25, 0.5, 0.75, 1]) = 1, 1.75, 3, 5, 8
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantileOf([1, 2, 4, 8], share))).toEqual([
      1, 1.75, 3, 5, 8,
    ])
    expect(quantileOf([7], 0.25)).toBe(7)
  })

  it('count a value as often as it was drawn', () => {
    // numpy.quantile([2, 2, 2, 8], 0.5) = 2, and 0.75: 3.5
    const weights = [0, 3, 0, 1]
    const quantileOf = (share: number): number =>
      weightedQuantile([1, 2, 4, 8], (place) => weights[place] ?? 0, 4, share)
    expect(quantileOf(0.5)).toBe(2)
    expect(quantileOf(0.75)).toBe(3.5)
    expect(() => weightedQuantile([1], () => 0, 1, 0.5)).toThrow(RangeError)
  })
})

const again = (caseName: string, suggested: string, before: string, after: string): LookedAgain => ({
  caseName,
  suggested,
  before,
  after,
})
const aided = (caseName: string, isOverride: boolean) => ({ caseName, isOverride })

it('counts overrides, and labels before and after the suggestion', () => {
  const { overrides, secondLook } = atOnce(
    studyFigures(
      [],
      [aided('a', true), aided('a', false), aided('b', false), aided('b', false)],
      [
        again('a', 'Benign', 'Benign', 'Benign'),
        again('a', 'Benign', 'Malignant', 'Benign'),
        again('b', 'Malignant', 'InSitu', 'Malignant'),
        again('b', 'Malignant', 'Malignant', 'Benign'),
        again('c', 'Malignant', 'Benign', 'InSitu'),
        again('c', 'Malignant', 'Benign', 'Benign'),
      ],
      2,
    ),
  )
  expect(overrides).toEqual({ images: 4, cases: 2, hits: 1, share: 0.25, interval: null })
  expect(secondLook).toMatchObject({
    before: { images: 6, cases: 3, hits: 2 },
    after: { images: 6, hits: 3 },
    kept: { hits: 2 },
    towards: 2,
    away: 1,
    between: 1,
    unsure: 2,
  })
  // 3 of 6 after and 2 of 6 before; three cases are too few for an interval.
  expect(secondLook.difference?.value).toBeCloseTo(1 / 6, 15)
  expect(secondLook.difference?.interval).toBeNull()
})

it('has intervals by case from five cases on: images of a case count together', () => {
  const five = ['a', 'b', 'c', 'd', 'e']
  const reading = (caseName: string, seconds: number): StudyReading => ({
    caseName,
    seconds,
    condition: 'aided',
  })
  const rows = five.flatMap((name, place) => [reading(name, 10 + place), reading(name, 20 + place)])
  const { times, readings, untimed } = atOnce(
    studyFigures(
      [...rows, { ...reading('f', 1), condition: 'blind' }, { ...reading('f', 1), seconds: 'pauses' }],
      [],
      five.map((name) => again(name, 'Benign', 'Malignant', 'Benign')),
      0,
    ),
  )
  expect(readings).toBe(12)
  expect(untimed).toEqual({ first: 0, pauses: 1, together: 0, short: 0 })
  // 10..14 and 20..24: the median is between 14 and 20.
  expect(times.aided).toMatchObject({ images: 10, cases: 5, median: 17 })
  expect(times.aided.quartiles).toEqual({ low: 12.25, high: 21.75 })
  expect(times.aided.interval?.low).toBeLessThan(17)
  expect(times.aided.interval?.high).toBeGreaterThan(17)
  expect(times.blind).toMatchObject({ images: 1, median: 1, interval: null })
  expect(times.unaided).toEqual({ images: 0, cases: 0, median: null, quartiles: null, interval: null })
  const { secondLook } = atOnce(
    studyFigures(
      [],
      [],
      [...five.map((name) => again(name, 'Benign', 'Malignant', 'Benign')), again('e', 'B', 'B', 'A')],
      0,
    ),
  )
  // Four cases gain one of one image, the fifth nothing: 4/6.
  expect(secondLook.difference?.value).toBeCloseTo(4 / 6, 15)
  expect(secondLook.difference?.interval?.high).toBe(1)
  expect(secondLook.difference?.interval?.low).toBeLessThan(4 / 6)
  expect(secondLook.before.interval).not.toBeNull()
})
