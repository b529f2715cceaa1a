import { describe, expect, test } from 'vitest'
import { qualityFlagCodes, worklistColumnIds } from '../../../../electron/contract/index.ts'
import { noFilter, shows } from '../../../../renderer/state/filters.ts'
import { isSameList, queryOf, viewOf, type ListView } from '../../../../renderer/state/list-address.ts'

const classes = ['Benign', 'In Situ & more', 'Invasive']
const classNameOf = (name: string): string | null =>
  name === 'DCIS' ? 'In Situ & more' : (classes.find((one) => one === name) ?? null)
const usual = viewOf('', classNameOf, false)
const everything: ListView = {
  filter: {
    show: 'differs',
    label: 'In Situ & more',
    suggested: 'Benign',
    caseName: 'Fall 7/ä',
    assignedTo: 'Ada B',
    flag: 'out-of-focus',
    importedFrom: '2026-12-01T14:30:00.000Z',
    search: 'a=b&c',
  },
  sorting: { id: 'score', direction: 'descending' },
  isGrouped: true,
  cursorId: 12,
}

describe('the query of a view', () => {
  test('names only what differs from the usual view', () => {
    expect(queryOf(usual, false)).toBe('')
    expect(queryOf({ ...usual, cursorId: 3 }, false)).toBe('at=3')
    expect(queryOf({ ...usual, sorting: { id: 'file', direction: 'descending' } }, false)).toBe('sort=-file')
    expect(queryOf(everything, false)).toBe(
      'show=differs&label=In+Situ+%26+more&suggested=Benign&flag=out-of-focus&assigned=Ada+B&case=Fall+7%2F%C3%A4&from=2026-12-01T14%3A30%3A00.000Z&q=a%3Db%26c&sort=-score&group=case&at=12',
    )
  })

  test('of a blind reader names no case and no search, nor does one that is read', () => {
    expect(queryOf(everything, true)).not.toMatch(/Fall|a%3Db|2026/)
    expect(viewOf(queryOf(everything, false), classNameOf, true).filter).toMatchObject({
      caseName: null,
      importedFrom: null,
      search: '',
    })
  })

  test('that would be too long for an address is left out', () => {
    const caseName = 'ä'.repeat(1000)
    expect(queryOf({ ...usual, filter: { ...noFilter, caseName } }, false)).toBe('')
  })
})

const texts = ['a', ' ', '100%', 'a+b', 'ä/ö?#', '乳腺 №3', '"><img src=x>', '😀', 'q=1&show=all']
const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T

/** Views in which each part takes each of its values; the numbers of values have no common divisor with the steps. */
const views = Array.from({ length: 500 }, (_, n): ListView => ({
  filter: {
    show: pick(shows, n),
    label: pick([null, ...classes], n),
    suggested: pick([...classes, null], n * 3),
    caseName: pick([null, ...texts], n * 7),
    assignedTo: pick([...texts, null], n * 3),
    flag: pick([null, ...qualityFlagCodes], n),
    importedFrom: pick([null, '2026-12-01T14:30:00.000Z'], n),
    search: pick(['', ...texts], n * 3),
  },
  sorting:
    n % 5 === 0
      ? pick(['label-next', 'import'] as const, n)
      : { id: pick(worklistColumnIds, n), direction: pick(['ascending', 'descending'] as const, n * 3) },
  isGrouped: n % 3 === 0,
  cursorId: pick([null, 1, 17, Number.MAX_SAFE_INTEGER], n),
}))

test('every view comes back from its address', () => {
  for (const view of views) expect(viewOf(queryOf(view, false), classNameOf, false)).toEqual(view)
})

test('any part of an address is read as a view that has an address', () => {
  const broken = views.flatMap((view, n) => {
    const query = queryOf(view, false)
    return [
      query.slice(n % 40),
      query.slice(0, -(n % 40) - 1),
      query.replaceAll('=', '%'),
      query.toUpperCase(),
    ]
  })
  for (const query of broken) {
    const read = viewOf(query, classNameOf, false)
    expect(viewOf(queryOf(read, false), classNameOf, false)).toEqual(read)
  }
})

test.each([
  'show=constructor',
  'label=Adenosis',
  'suggested=__proto__',
  'flag=none',
  'case=a%00b',
  'sort=-',
  'sort=--file',
  'sort=toString',
  'group=yes',
  'at=0',
  'at=1e3',
  'at=-1',
  'at=99999999999999999',
])('what is wrong in "%s" counts as not given', (query) => {
  expect(viewOf(query, classNameOf, false)).toEqual(usual)
})

test('so do texts and addresses that are too long', () => {
  expect(viewOf(`q=${'a'.repeat(201)}`, classNameOf, false)).toEqual(usual)
  expect(viewOf(`show=labelled&q=${'%20'.repeat(800)}`, classNameOf, false)).toEqual(usual)
})

test('a former name of a class is read as its present one', () => {
  const { filter } = viewOf('label=DCIS&suggested=Benign', classNameOf, false)
  expect(filter).toEqual({ ...noFilter, label: 'In Situ & more', suggested: 'Benign' })
  expect(viewOf('suggested=DCIS', classNameOf, false).filter.suggested).toBe('In Situ & more')
})

test('a search and a place do not make another list', () => {
  expect(isSameList('show=labelled', 'show=labelled&q=a&at=3')).toBe(true)
  expect(isSameList('show=labelled', 'show=labelled&sort=-file')).toBe(false)
})
