import { expect, it } from 'vitest'
import {
  headlineOf,
  listedProbabilities,
  shownProbabilities,
  type VerdictDetails,
} from '../../../electron/contract/index.ts'
import { reportWords } from '../../../electron/report/words.ts'

const raw = { Normal: 0.003, Benign: 0.993, InSitu: 0.002, Invasive: 0.002 }
const details = (classes: string[]): VerdictDetails => ({
  calibrated: { Normal: 0.05, Benign: 0.667, InSitu: 0.1, Invasive: 0.183 },
  predictionSet: { level: 0.9, classes },
  spread: { boosters: null, augmentations: null },
  byEncoder: {},
  augmentations: 2,
  operatingPoint: null,
})
const headline = (classes: string[]): ReturnType<typeof headlineOf> =>
  headlineOf({ suggested: 'Benign', probabilities: raw, details: details(classes) })

it('the calibrated probability comes first, not the raw one', () => {
  expect(headline(['Benign'])).toEqual({ probability: 0.667, classes: ['Benign'] })
  expect(shownProbabilities({ probabilities: raw, details: null })).toBe(raw)
  expect(headlineOf({ suggested: 'Benign', probabilities: raw, details: null }).probability).toBe(0.993)
})

it('lists them in the order of the scheme, also where a class is called by a whole number', () => {
  const probabilities = { Normal: 0.25, 2: 0.5, Other: 0.125, Benign: 0.125 }
  expect(Object.keys(probabilities)[0]).toBe('2')
  const listed = listedProbabilities({ probabilities, details: null }, ['Normal', 'Benign', '2'])
  expect(listed).toEqual([
    ['Normal', 0.25],
    ['Benign', 0.125],
    ['2', 0.5],
    ['Other', 0.125],
  ])
})

it('a set of several classes leaves the suggestion open, the suggested class first', () => {
  expect(headline(['InSitu', 'Benign', 'Invasive']).classes).toEqual(['Benign', 'Invasive', 'InSitu'])
  expect(headline(['Invasive']).classes).toEqual(['Benign', 'Invasive'])
  expect(headline([]).classes).toEqual(['Benign'])
})

it('says it in words', () => {
  expect(reportWords.result(['Benign'])).toBe('Benign')
  expect(reportWords.result(['Benign', 'Invasive'])).toBe('Undecided: Benign or Invasive')
  expect(reportWords.result(['Benign', 'Invasive', 'InSitu'])).toBe('Undecided: Benign, Invasive or InSitu')
  // Two decimals of a spread below 0.005 would read as certainty.
  expect(reportWords.spread.text(0.004, (value) => value.toFixed(2))).toBe('< 0.01')
  expect(reportWords.spread.text(0.043, (value) => value.toFixed(2))).toBe('0.04')
})
