import { describe, expect, it } from 'vitest'
import { fitLogistic } from '../../../../electron/engine/classifiers/fit-logistic.ts'
import { LogisticRegression } from '../../../../electron/engine/classifiers/logistic-regression.ts'
import {
  isLogisticText,
  logisticText,
  readLogisticText,
} from '../../../../electron/engine/classifiers/logistic-text.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { goldenRows } from './golden-rows.ts'

const data = goldenRows({ seed: 21, rows: 30, columns: 12, classes: 3, shift: 0.2 })
const model = await fitLogistic(data, 3, 0.1, () => undefined)
const text = logisticText(model)

describe('the text of a logistic regression', () => {
  it('is read back to the bit', () => {
    expect(isLogisticText(text)).toBe(true)
    const read = readLogisticText(text)
    if (typeof read === 'string') throw new Error(read)
    expect(read).toEqual(model)
    expect(new LogisticRegression(read).predict(data.values, 30)).toEqual(
      new LogisticRegression(model).predict(data.values, 30),
    )
  })

  it.each<[string, string, RegExp]>([
    ['another version', text.replace('regression 1', 'regression 2'), /first line/],
    ['too many columns', text.replace('columns=12', 'columns=99999999'), /too large/],
    [
      'too many weights',
      text.replace('classes=3', 'classes=999').replace('columns=12', 'columns=99999'),
      /more than/,
    ],
    ['a missing number', text.replace(/(\nscale=)\S+ /, '$1'), /scaling/],
    ['a number too many', text.replace('\nscale=', '\nscale=1 '), /scaling/],
    ['a scale of 0', text.replace(/(\nscale=)\S+/, '$10'), /scale/],
    ['a negative scale', text.replace(/(\nscale=)\S+/, '$1-1'), /scale/],
    ['no number', text.replace(/(\nweights=)\S+/, '$1NaN'), /class 1/],
    ['an infinite number', text.replace(/(\nweights=)\S+/, '$1Infinity'), /class 1/],
    ['a number beyond all sense', text.replace(/(\nweights=)\S+/, '$11e300'), /class 1/],
    ['another way to write a number', text.replace('C=0.1', 'C=1e-1'), /as Lobule writes it/],
    ['a negative penalty', text.replace('C=0.1', 'C=-1'), /C is -1/],
    ['something behind its end', `${text}x`, /as Lobule writes it/],
    ['a carriage return', text.replaceAll('\n', '\r\n'), /first line/],
    ['nothing', '', /first line/],
  ])('is refused with %s', (_what, changed, reason) => {
    expect(changed).not.toBe(text)
    expect(readLogisticText(changed)).toMatch(reason)
  })

  it('is refused, or gives probabilities, however it is changed', () => {
    const random = keyedGenerator('mutate-logistic')
    const signs = '0123456789.e+- =\nNaInfinity'
    let refused = 0
    for (let round = 0; round < 3000; round++) {
      const place = random.nextInteger(text.length)
      const length = random.nextInteger(4)
      const put = Array.from(
        { length: random.nextInteger(3) },
        () => signs[random.nextInteger(signs.length)],
      ).join('')
      const changed = text.slice(0, place) + put + text.slice(place + length)
      const read = readLogisticText(changed)
      if (typeof read === 'string') {
        refused++
        continue
      }
      for (const p of new LogisticRegression(read).predict(data.values, 30))
        expect(p >= 0 && p <= 1).toBe(true)
    }
    expect(refused).toBeGreaterThan(1000)
  })
})
