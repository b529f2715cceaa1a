import { expect, it } from 'vitest'
import { matchCases, requirePattern } from '../../../../electron/engine/tables/cases-of-names.ts'

const casesOf = (names: string[], pattern: string): (string | null)[] =>
  matchCases({ names, pattern, limitMs: 200 })

it('are the first group, or the match, in the file name', () => {
  expect(casesOf(['SOB_B_A-14-29960CD-100-002.png', '1.png'], '-14-(\\d+)')).toEqual(['29960', null])
  expect(casesOf(['case07-1.png', '1.png'], 'case\\d+')).toEqual(['case07', null])
  expect(casesOf(['" 1.png'], '^\\S( )')).toEqual([null])
})

it('need a valid expression', () => {
  expect(() => requirePattern('(')).toThrow(/is not a valid regular expression/)
  expect(() => casesOf(['a'], '(')).toThrow(/is not a valid regular expression/)
})

it.each(['^(a+)+$', '(.*)*x'])('stop %s, which would never end, within the limit', (pattern) => {
  expect(() => casesOf([`${'a'.repeat(60)}!.png`], pattern)).toThrow(/takes longer than 0.2 s/)
})
