import { describe, expect, it } from 'vitest'
import { cutName, formatDate, formatDateTime, formatProgress } from '../../../../renderer/words/format.ts'

describe('dates', () => {
  it('are complete, with the month by name, so that no reader takes it for the day', () => {
    const all = Array.from({ length: 12 }, (_, month) =>
      formatDateTime(`2026-${String(month + 1).padStart(2, '0')}-07T09:05:00Z`),
    )
    for (const text of all) expect(text).toMatch(/2026.*\d\d\D\d\d/)
    for (const text of all) expect(text).toMatch(/\p{L}{3}.*07|07.*\p{L}{3}/u)
  })

  it('of a week are those of UTC', () => {
    expect(formatDate('2026-11-29T23:59:59Z')).toMatch(/29.*2026/)
    expect(formatDate('2026-11-29T00:00:00Z')).toBe(formatDate('2026-11-29T23:59:59Z'))
  })
})

it.each([
  [0, '0%'],
  [0.29, '29%'],
  [0.996, '99%'],
  [1, '100%'],
])('says that a job is complete only at its end: %d', (fraction, text) => {
  expect(formatProgress(fraction)).toBe(text)
})

describe('a name that may be cut', () => {
  it('keeps its last 13 letters, in which the images of a case differ', () => {
    expect(cutName('SOB_B_A-14-22549AB-100-001.png')).toEqual(['SOB_B_A-14-22549A', 'B-100-001.png'])
  })

  it('keeps fewer in a narrow place', () => {
    expect(cutName('case01-field1', 7)).toEqual(['case01', '-field1'])
    expect(cutName('case01-field', 7)).toEqual(['case01-field', ''])
  })

  it('is one part if it is short', () => {
    expect(cutName('case01-field01.tif')).toEqual(['case01-field01.tif', ''])
    expect(cutName('')).toEqual(['', ''])
  })

  it.each(['乳腺組織の標本による長い名前の画像ファイル.png', '👩🏽‍🔬'.repeat(20), 'e\u0301'.repeat(30)])(
    'loses nothing and divides no character: %s',
    (name) => {
      const [start, end] = cutName(name)
      expect(start + end).toBe(name)
      const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)]
      expect([...letters.slice(-13)].map(({ segment }) => segment).join('')).toBe(end)
    },
  )
})
