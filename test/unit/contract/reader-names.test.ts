import { expect, it } from 'vitest'
import { isSameReader, looksLikeReader } from '../../../electron/contract/index.ts'

it.each([
  ['Anna', 'ANNA'],
  ['José', 'Jose\u0301'],
  ['Anna', ' Anna '],
  ['Anna B', 'Anna  B'],
  ['Anna', '\uFF21nna'],
  ['Anna', 'An\u200Bna'],
])('%s and %s are one reader', (a, b) => {
  expect(isSameReader(a, b)).toBe(true)
  expect(looksLikeReader(a, b)).toBe(true)
})

it.each([
  ['BEA', 'BEA\u0301'],
  ['Bea', '\u0412\u0435\u0430'],
  ['Paul 0', 'Paul O'],
  ['Carl', 'Car1'],
  ['Dr. Li', 'Dr Li'],
  ['Anna-Lena', 'Anna Lena'],
  ['Łucja', 'Lucja'],
])('%s looks like %s, but is another reader', (a, b) => {
  expect(isSameReader(a, b)).toBe(false)
  expect(looksLikeReader(a, b)).toBe(true)
})

it.each([
  ['Anna', 'Anne'],
  ['reader 1', 'reader 2'],
  ['Anna Lena', 'Annalena'],
  ['A', 'AA'],
])('%s does not look like %s', (a, b) => {
  expect(looksLikeReader(a, b)).toBe(false)
})
