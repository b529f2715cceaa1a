import { expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import {
  accuracyInUse,
  mondayOf,
  type JudgedSuggestion,
} from '../../../../electron/engine/evaluation/accuracy-in-use.ts'
import { bootstrapOverCases, weightedMean } from '../../../../electron/engine/evaluation/bootstrap.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { normalQuantile } from '../../../../electron/engine/random/normal.ts'

/** Images of one case: which suggestions were right. */
const ofCase = (
  caseName: string | null,
  rights: readonly boolean[],
  more: Partial<JudgedSuggestion> = {},
): JudgedSuggestion[] =>
  rights.map((isRight) => ({
    caseName,
    labelledAt: '2026-10-14T08:00:00.000Z',
    isRight,
    isInSet: null,
    isBlind: false,
    ...more,
  }))
const yes = true
const no = false

it('counts by hand: 11 of 20, 1 of the 4 blind ones, in two weeks', () => {
  const rows = [
    ...ofCase('a', [yes, no, no, no], {
      isBlind: true,
      labelledAt: '2026-10-18T23:59:59.000Z',
      isInSet: yes,
    }),
    ...ofCase('b', [yes, yes, yes, no], { isInSet: no }),
    ...ofCase('c', [yes, yes, yes, no]),
    ...ofCase('d', [yes, yes, no, no], { labelledAt: '2026-10-19T00:00:00.000Z' }),
    ...ofCase(null, [yes, yes, no, no], { labelledAt: '2026-10-25T12:00:00.000Z' }),
  ]
  const found = atOnce(accuracyInUse(rows, { accuracy: 0.75, low: 0.6, high: 0.9 }, 0.9))
  expect(found).toMatchObject({
    since: '2026-10-14T08:00:00.000Z',
    // Four images without a case are four cases.
    all: { images: 20, cases: 8, right: 11, share: 0.55 },
    blind: { images: 4, cases: 1, right: 1, share: 0.25, interval: null },
    seen: { images: 16, cases: 7, right: 10, share: 0.625 },
    sets: { level: 0.9, images: 8, cases: 2, right: 4, share: 0.5, interval: null },
    weeks: [
      { monday: '2026-10-12', images: 12, cases: 3, right: 7 },
      { monday: '2026-10-19', images: 8, cases: 5, right: 4 },
    ],
    isBroken: false,
    areSetsBroken: false,
  })
})

it('has the interval of a bootstrap over cases, widened', () => {
  // Six cases, three of them wholly right and three wholly wrong: the number of right draws is binomial (6, 1/2), with
  // the 2.5 % and 97.5 % points at 1 and 5 of 6. Widened by t(5) / z * sqrt(6 / 5) = 2.570582 / 1.959964 * 1.095445.
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((name, i) =>
    ofCase(
      name,
      Array.from({ length: 4 }, () => i < 3),
    ),
  )
  const { interval } = atOnce(accuracyInUse(rows, null, null)).all
  const factor = (2.570582 / 1.959964) * 1.095445
  expect(interval?.low).toBeCloseTo(Math.max(0, 0.5 - factor / 3), 5)
  expect(interval?.high).toBeCloseTo(Math.min(1, 0.5 + factor / 3), 5)
})

it('breaks the promise only with the whole interval below it, from 20 labels of 5 cases', () => {
  const promise = { accuracy: 0.75, low: 0.6, high: 0.9 }
  const wrong = (cases: number, images: number, more = {}): JudgedSuggestion[] =>
    Array.from({ length: cases }, (_, i) =>
      ofCase(
        `case ${i}`,
        Array.from({ length: images }, (_image, j) => j === 0 && i % 2 === 0),
        more,
      ),
    ).flat()
  expect(atOnce(accuracyInUse(wrong(5, 4), promise, null)).isBroken).toBe(true)
  expect(atOnce(accuracyInUse(wrong(5, 4), null, null)).isBroken).toBe(false)
  expect(atOnce(accuracyInUse(wrong(5, 4), { ...promise, low: 0.2 }, null)).isBroken).toBe(false)
  expect(atOnce(accuracyInUse(wrong(4, 9), promise, null)).isBroken).toBe(false)
  expect(atOnce(accuracyInUse(wrong(6, 3), promise, null)).isBroken).toBe(false)
  // Labels given with the suggestion in view agree with it; those given blind do not.
  const agreed = Array.from({ length: 20 }, (_, i) => ofCase(`seen ${i}`, [yes, yes, yes, yes])).flat()
  const blind = atOnce(accuracyInUse([...agreed, ...wrong(5, 4, { isBlind: true })], promise, null))
  expect(blind.all.interval?.high).toBeGreaterThan(0.6)
  expect(blind.isBroken).toBe(true)
})

it('compares the coverage of prediction sets with their level', () => {
  const rows = Array.from({ length: 10 }, (_, i) =>
    [yes, yes, no].flatMap((isInSet) => ofCase(`case ${i}`, [yes], { isInSet })),
  ).flat()
  expect(atOnce(accuracyInUse(rows, null, 0.9))).toMatchObject({ areSetsBroken: true, isBroken: false })
  expect(atOnce(accuracyInUse(rows, null, 0.6)).areSetsBroken).toBe(false)
})

it('is empty without suggestions', () => {
  const none = { images: 0, cases: 0, right: 0, share: null, interval: null }
  expect(atOnce(accuracyInUse([], null, null))).toEqual({
    since: null,
    all: none,
    blind: none,
    seen: none,
    sets: null,
    weeks: [],
    promised: null,
    isBroken: false,
    areSetsBroken: false,
  })
})

it.each([
  ['2026-10-12T00:00:00.000Z', '2026-10-12'],
  ['2026-10-18T23:59:59.999Z', '2026-10-12'],
  ['2027-01-01T00:00:00.000Z', '2026-12-28'],
])('%s is in the week of Monday %s', (time, monday) => expect(mondayOf(time)).toBe(monday))

interface World {
  accuracy: number
  /** Correlation of the images of a case, 0..1. */
  shared: number
  trained: number
  used: number
  imagesPerCase: number
}

/**
 * Models that keep their promise: the suggestions of an image are right with the same probability in training and in use.
 * A case has an effect of its own, which its images share.
 */
function wrongWarnings({ accuracy, shared, trained, used, imagesPerCase }: World): {
  accuracy: number
  sets: number
} {
  const generator = keyedGenerator('accuracy-in-use', 1)
  const normal = (): number => normalQuantile((generator.nextInteger(2 ** 30) + 0.5) / 2 ** 30)
  const limit = normalQuantile(accuracy)
  const setLimit = normalQuantile(0.9)
  const draw = (cases: number): JudgedSuggestion[] =>
    Array.from({ length: cases }, (_, c) => {
      const effect = normal()
      return Array.from({ length: imagesPerCase }, () => {
        const ease = Math.sqrt(shared) * effect + Math.sqrt(1 - shared) * normal()
        const row = ofCase(`case ${c}`, [ease < limit], { isBlind: c % 2 === 0, isInSet: ease < setLimit })
        return row
      }).flat()
    }).flat()
  const repetitions = 2000
  let broken = 0
  let sets = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const rights = draw(trained).map(({ isRight }) => Number(isRight))
    const [interval] = bootstrapOverCases(
      rights.map((_, row) => Math.floor(row / imagesPerCase)),
      trained,
      [(weights) => weightedMean(rights, weights)],
      { resamples: 300, seed: repetition },
    )
    const promise = {
      accuracy: rights.reduce((a, b) => a + b, 0) / rights.length,
      ...(interval ?? { low: 0, high: 1 }),
    }
    const { isBroken, areSetsBroken } = atOnce(accuracyInUse(draw(used), promise, 0.9, 300))
    if (isBroken) broken++
    if (areSetsBroken) sets++
  }
  return { accuracy: broken / repetitions, sets: sets / repetitions }
}

// The stated limit is 2.5 %. The seeds are fixed; the highest that was seen here is 1.5 %.
it.each<World>([
  { accuracy: 0.75, shared: 0.5, trained: 12, used: 8, imagesPerCase: 5 },
  { accuracy: 0.75, shared: 0.95, trained: 20, used: 5, imagesPerCase: 4 },
  { accuracy: 0.6, shared: 0.95, trained: 40, used: 10, imagesPerCase: 4 },
  { accuracy: 0.95, shared: 0.5, trained: 30, used: 30, imagesPerCase: 1 },
])('warns of at most 2.5 %% of models that keep their promise: %o', (world) => {
  const { accuracy, sets } = wrongWarnings(world)
  expect(accuracy).toBeLessThanOrEqual(0.025)
  expect(sets).toBeLessThanOrEqual(0.025)
})
