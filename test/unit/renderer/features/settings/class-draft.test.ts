import { describe, expect, it } from 'vitest'
import { classSchemeSchema, parseClassScheme } from '../../../../../electron/contract/index.ts'
import {
  colourGroups,
  isSameScheme,
  problemsOf,
  rowsOf,
  schemeOf,
  withMoved,
  withNewClass,
} from '../../../../../renderer/features/settings/class-draft.ts'

const scheme = parseClassScheme('Normal,Benign,InSitu*,Invasive*')

describe('the class editor', () => {
  it('returns unchanged classes unchanged', () => {
    expect(isSameScheme(schemeOf(rowsOf(scheme)), scheme)).toBe(true)
    expect(isSameScheme(schemeOf(rowsOf(scheme).toReversed()), scheme)).toBe(false)
    expect(problemsOf(rowsOf(scheme)).isUsable).toBe(true)
  })

  it('allows twenty classes with different keys, and different colours as long as there are colours', () => {
    let rows = rowsOf(scheme)
    while (rows.length < 20) rows = withNewClass(rows, `class ${rows.length + 1}`)
    expect(classSchemeSchema.safeParse(schemeOf(rows)).success).toBe(true)
    expect(new Set(rows.map(({ colour }) => colour)).size).toBe(colourGroups.flat().length)
    expect(problemsOf(rows)).toMatchObject({ isUsable: true })
    expect(problemsOf(rows).sameColour.size).toBeGreaterThan(0)
  })

  it('moves a class, and not beyond the ends', () => {
    const names = (by: -1 | 1, id: number): string[] =>
      withMoved(rowsOf(scheme), id, by).map(({ name }) => name)
    expect(names(1, 1)).toEqual(['Benign', 'Normal', 'InSitu', 'Invasive'])
    expect(names(-1, 4)).toEqual(['Normal', 'Benign', 'Invasive', 'InSitu'])
    expect(names(-1, 1)).toEqual(['Normal', 'Benign', 'InSitu', 'Invasive'])
    expect(names(1, 4)).toEqual(['Normal', 'Benign', 'InSitu', 'Invasive'])
  })

  it.each([
    [{ name: ' ' }, 'name', 'empty'],
    [{ name: 'INVASIVE' }, 'name', 'same'],
    [{ name: 'a/b' }, 'name', 'letters'],
    [{ name: 'x'.repeat(61) }, 'name', 'long'],
    [{ name: 'none' }, 'name', 'reserved'],
    [{ name: '-' }, 'name', 'signs'],
    [{ name: '\u3164' }, 'name', 'empty'],
    [{ name: 'N\u043ermal' }, 'name', 'alphabets'],
    [{ key: '' }, 'key', 'empty'],
    [{ key: 'u' }, 'key', 'taken'],
    [{ key: '4' }, 'key', 'same'],
  ] as const)('says what is wrong with %j', (change, field, problem) => {
    const rows = rowsOf(scheme).map((row) => (row.id === 1 ? { ...row, ...change } : row))
    const problems = problemsOf(rows)
    expect(problems[field].get(1)).toBe(problem)
    expect(problems.isUsable).toBe(false)
  })
})
