import { expect, it } from 'vitest'
import { maxSubgroups } from '../../../../electron/contract/index.ts'
import { intervalByCase, subgroupsOf } from '../../../../electron/engine/evaluation/subgroups.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { subgroupSentence } from '../../../../electron/report/model/subgroups.ts'

const row = (caseName: string | null, value: string | null, isRight: boolean) => ({
  caseName,
  value,
  isRight,
})

it('counts images and cases of each group, the largest first, those without a value last', () => {
  const { groups, further } = subgroupsOf([
    row('a', 'north', true),
    row('a', 'north', false),
    row('b', 'north', true),
    row('c', 'south', true),
    row(null, null, true),
    row(null, null, true),
    row(null, null, false),
    row(null, null, false),
  ])
  expect(groups.map(({ value, images, cases }) => [value, images, cases])).toEqual([
    ['north', 3, 2],
    ['south', 1, 1],
    [null, 4, 4],
  ])
  expect(groups.map(({ accuracy }) => accuracy)).toEqual([2 / 3, 1, 0.5])
  // One case that is right: Wilson, 1 / (1 + z²) to 1.
  expect(groups[1]?.low).toBeCloseTo(1 / (1 + 1.959964 ** 2), 6)
  expect(groups[1]?.high).toBeCloseTo(1, 12)
  expect(further).toBe(0)
})

it('lists the largest groups only', () => {
  const rows = Array.from({ length: maxSubgroups + 3 }, (_, n) => row(`case ${n}`, `site ${n}`, true))
  const { groups, further } = subgroupsOf(rows)
  expect([groups.length, further]).toEqual([maxSubgroups, 3])
})

it('never has an interval of width zero, or beyond 0 and 1', () => {
  for (const cases of [1, 2, 5, 50]) {
    for (const accuracy of [0, 0.5, 1]) {
      const { low, high } = intervalByCase(accuracy, { low: accuracy, high: accuracy }, cases)
      expect(high - low).toBeGreaterThan(0)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
    }
  }
  expect(intervalByCase(0.9, { low: 0.7, high: 1 }, 5).high).toBe(1)
})

it('says that a group is worse only if enough cases and no overlap show it', () => {
  const groups = (wrong: number, cases: number) =>
    subgroupsOf(
      Array.from({ length: cases * 2 }, (_, n) =>
        row(`case ${n}`, n < cases ? 'north' : 'south', n < cases || n - cases >= wrong),
      ),
    )
  const sentence = (wrong: number, cases: number): string =>
    subgroupSentence({ model: 'm', column: 'site', ...groups(wrong, cases) }, fileFormat)
  expect(sentence(20, 30)).toMatch(/^The model does worse on south than on north/)
  expect(sentence(2, 30)).toMatch(/^The intervals overlap/)
  expect(sentence(5, 5)).toMatch(/^Fewer than two groups have 10 cases/)
})
