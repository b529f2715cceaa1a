import { expect, it } from 'vitest'
import { recipes, type Progress, type Recipe } from '../../../electron/contract/index.ts'
import { missingDone } from '../../../electron/features/encoders/count-missing.ts'
import { ProgressMeter, type Stage } from '../../../electron/queue/progress.ts'
import { classifiersMs } from '../../../electron/features/models/training-time.ts'

interface Seen extends Progress {
  at: number
}

/** A meter with a clock that is set by hand, and all its reports. */
function meterOf(stages: readonly Stage[]): { clock: { now: number }; seen: Seen[]; meter: ProgressMeter } {
  const clock = { now: 0 }
  const seen: Seen[] = []
  const meter = new ProgressMeter(
    stages,
    (progress) => seen.push({ ...progress, at: clock.now }),
    () => clock.now,
  )
  return { clock, seen, meter }
}

/**
 * The reports of a meter when the units of each stage are done after these times, in ms since the previous stage.
 */
function play(stages: readonly (Stage & { units: readonly number[] })[]): { seen: Seen[]; endMs: number } {
  const { clock, seen, meter } = meterOf(stages)
  for (const { name, units } of stages) {
    const startedAt = clock.now
    meter.report(name, 0, units.length)
    units.forEach((at, i) => {
      clock.now = startedAt + at
      meter.report(name, i + 1, units.length)
    })
  }
  return { seen, endMs: clock.now }
}

it('says how many units are done in a second where a stage asks for it', () => {
  for (const showsRate of [true, false]) {
    const { clock, seen, meter } = meterOf([{ name: 'a', unit: 'places', weight: 1, showsRate }])
    meter.begin('a', 0, 40)
    for (const [now, done] of [
      [1000, 4],
      [2000, 8],
      [4000, 16],
    ] as const) {
      clock.now = now
      meter.report('a', done, 40)
    }
    // 4 a second since the first report.
    expect(seen.map(({ perSecond }) => perSecond)).toEqual(
      showsRate ? [undefined, 4, 4, 4] : [undefined, undefined, undefined, undefined],
    )
    clock.now = 9000
    meter.report('a', 40, 40)
    expect(seen.at(-1)?.perSecond).toBeUndefined()
  }
})

/** After the first tenth of the time, progress and end are right within this share of the whole. */
const right = 0.2
function expectRight({ seen, endMs }: ReturnType<typeof play>): void {
  const later = seen.filter(({ at }) => at >= endMs / 10)
  expect(later.length).toBeGreaterThan(5)
  for (const { at, fraction, etaMs } of later) {
    expect(Math.abs(at + (etaMs ?? Infinity) - endMs) / endMs, `end as seen at ${at}`).toBeLessThan(right)
    expect(Math.abs(fraction - at / endMs), `fraction at ${at}`).toBeLessThan(right)
  }
  seen.forEach(({ fraction }, i) => expect(fraction).toBeGreaterThanOrEqual(seen[i - 1]?.fraction ?? 0))
  expect(seen.at(-1)).toMatchObject({ fraction: 1, etaMs: 0 })
}

const evenly = (count: number, eachMs: number, firstMs = eachMs): number[] =>
  Array.from({ length: count }, (_, i) => firstMs + i * eachMs)

it('adds weighted stages, estimates from the pace, and reports at most ten times a second', () => {
  const stages = [
    { name: 'a', unit: 'images', weight: 3 },
    { name: 'b', unit: 'boosters', weight: 1 },
  ]
  const { clock, seen, meter } = meterOf(stages)
  meter.report('a', 0, 10)
  clock.now = 50
  meter.report('a', 0.1, 10)
  clock.now = 3000
  meter.report('a', 5, 10)
  clock.now = 3001
  meter.report('a', 10, 10)
  meter.report('b', 1, 1)
  // 3 s for 5 of 10, and a third of all that for b: 3 of 8 s.
  expect(seen.map(({ fraction }) => fraction)).toEqual([0, 0.375, 0.75, 1])
  expect(seen[0]?.etaMs).toBeNull()
  expect(seen[1]?.etaMs).toBeCloseTo(5000, 6)
  expect(seen[3]?.etaMs).toBe(0)
  expect(() => meter.report('c', 1, 1)).toThrow(/no stage c/)
})

it('gives no estimate before anything is done, however long that takes', () => {
  const stages = [
    { name: 'a', unit: 'images', weight: 1 },
    { name: 'b', unit: 'boosters', weight: 1 },
  ]
  const { clock, seen, meter } = meterOf(stages)
  for (clock.now of [70, 900, 9000]) meter.report('a', 0, 10)
  expect(seen.map(({ fraction, etaMs }) => [fraction, etaMs])).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ])
})

it('is right after the first tenth, although the first image waits for one-time loading', () => {
  const encoding = { name: 'encode', unit: 'images', weight: 95, units: evenly(60, 1000, 4000) }
  const boosting = { name: 'boost', unit: 'boosters', weight: 5, units: evenly(10, 300) }
  expectRight(play([encoding, boosting]))
})

it('measures the pace within the first image from the end of loading', () => {
  const { clock, seen, meter } = meterOf([{ name: 'encode', unit: 'images', weight: 1 }])
  // 20 s of loading, then 16 images of 4 augmentations, 2 s each: 148 s.
  meter.report('encode', 0, 16)
  clock.now = 20_000
  meter.report('encode', 0, 16)
  for (let done = 1; done <= 64; done++) {
    clock.now = 20_000 + 2000 * done
    meter.report('encode', done / 4, 16)
  }
  // 2 s for a quarter of the first image: 126 s for the other 15.75.
  expect(seen[2]).toMatchObject({ at: 22_000, etaMs: 126_000 })
  const [loading, loaded, ...working] = seen
  expect([loading?.etaMs, loaded?.etaMs]).toEqual([null, null])
  expect(working).toHaveLength(64)
  for (const { at, etaMs } of working) expect(at + (etaMs ?? Infinity)).toBeCloseTo(148_000, 3)
})

it('measures no pace from two reports close together', () => {
  const { clock, seen, meter } = meterOf([{ name: 'boost', unit: 'boosters', weight: 1 }])
  meter.report('boost', 0, 10)
  clock.now = 1000
  meter.report('boost', 1, 10)
  clock.now = 1100
  meter.report('boost', 1.001, 10)
  clock.now = 1500
  meter.report('boost', 1.5, 10)
  // 1.1 s for 1.001: not 0.1 s for a thousandth, which would make 900 s. Then half a second for half a one.
  expect(seen[2]?.etaMs).toBeCloseTo((1100 * 8.999) / 1.001, 6)
  expect(seen[3]?.etaMs).toBeCloseTo(8500, 6)
})

it('is right if boosters take a third of the time and the estimate is a third too high or too low', () => {
  for (const wrong of [0.67, 1, 1.33]) {
    const encoding = { name: 'encode', unit: 'images', weight: 95, units: evenly(100, 2000, 4000) }
    const boosting = { name: 'boost', unit: 'boosters', weight: 5, units: evenly(50, 2000) }
    expectRight(play([encoding, { ...boosting, expectedMs: wrong * 100_000 }]))
  }
})

it('is right if everything is already encoded, or the pace changes', () => {
  const nothing = { name: 'encode', unit: 'images', weight: 95, units: [] }
  const boosting = { name: 'boost', unit: 'boosters', weight: 5, units: evenly(40, 1500), expectedMs: 40_000 }
  expectRight(play([nothing, boosting]))
  const slower = [...evenly(50, 1000), ...evenly(50, 1300).map((at) => at + 50_000)]
  expectRight(play([{ name: 'encode', unit: 'images', weight: 1, units: slower }]))
})

it('does not count earlier encodings as progress', () => {
  // Of five images the first, second and fourth are present.
  const missing = [0, 0, 0, 1, 1, 2]
  expect([0, 1.5, 2, 2.5, 3, 4, 4.25, 5].map((done) => missingDone(missing, done))).toEqual([
    0, 0, 0, 0.5, 1, 1, 1.25, 2,
  ])
})

it('expects boosters to take longer the more there are, of more columns and leaves, and less on more cores', () => {
  const quick = recipes['quick'] as Recipe
  const standard = recipes['standard']
  const ms = (recipe: Recipe, images = 400, cores = 2): number => classifiersMs(images, 4, recipe, cores)
  expect(ms(standard)).toBeGreaterThan(50 * ms(quick))
  expect(ms(standard, 400, 16)).toBeCloseTo(ms(standard) / 8, 6)
  // Five boosters use no more than five cores.
  expect(ms(quick, 400, 64)).toBe(ms(quick, 400, 5))
  expect(ms({ ...quick, seeds: 3 })).toBeCloseTo(3 * ms(quick), 6)
  expect(ms(quick, 4000)).toBeGreaterThan(ms(quick))
})

it('estimates the measured times of boosters within a third', () => {
  // One booster while another trains beside it, 70 rounds, 2048 columns: rows that trained it, classes, and ms
  // (docs/performance.md). To be kept on the disk it takes some 30 more.
  const measured = [
    [48, 2, 136],
    [48, 4, 146],
    [96, 2, 218],
    [96, 4, 298],
    [192, 2, 420],
    [192, 4, 755],
    [480, 2, 1888],
    [480, 4, 2890],
    [668, 2, 2157],
    [668, 4, 4133],
  ] as const
  const quick = recipes['quick'] as Recipe
  for (const [rows, classes, ms] of measured) {
    const recipe = { ...quick, augmentation: { ...quick.augmentation, count: 1 }, folds: 10 }
    const one = classifiersMs(rows / 0.9, classes, recipe, 1) / 10 - 30
    expect(one / ms, `${rows} rows, ${classes} classes`).toBeGreaterThan(2 / 3)
    expect(one / ms, `${rows} rows, ${classes} classes`).toBeLessThan(4 / 3)
  }
  // 20 boosters on 18 000 rows of 2048 columns took two cores 167.5 s.
  const bench = { ...quick, augmentation: { ...quick.augmentation, count: 50 }, folds: 10, seeds: 2 }
  expect(Math.abs(classifiersMs(360, 4, bench, 2) - 167_500)).toBeLessThan(167_500 / 5)
})

it('expects no trees if there are too few rows to split, only their set-up', () => {
  const quick = recipes['quick'] as Recipe
  const few = { ...quick, augmentation: { ...quick.augmentation, count: 2 } }
  // 25 images of 2 augmentations, 40 rows of 50, and one image fewer.
  const [some, none] = [classifiersMs(25, 4, few, 1), classifiersMs(24, 4, few, 1)]
  expect(none).toBeGreaterThan(0)
  const more = { ...few, boosting: { ...few.boosting, rounds: 2 * few.boosting.rounds } }
  expect(classifiersMs(24, 4, more, 1)).toBe(none)
  expect(classifiersMs(25, 4, more, 1)).toBeGreaterThan(some)
})

it('uses the expected time of a stage until a unit or a tenth of it is done', () => {
  const { clock, seen, meter } = meterOf([{ name: 'boost', unit: 'boosters', weight: 1, expectedMs: 60_000 }])
  meter.report('boost', 0, 20)
  // Two seconds for the set-up; each unit then takes a tenth of that.
  clock.now = 2000
  meter.report('boost', 0.01, 20)
  clock.now = 7000
  meter.report('boost', 0.9, 20)
  clock.now = 12_000
  meter.report('boost', 4, 20)
  // Then 7 s for nine tenths of one, 12 s for four.
  const expected = [null, 58_000, (7000 * 19.1) / 0.9, 48_000]
  expect(seen.map(({ etaMs }) => etaMs && Math.round(etaMs))).toEqual(
    expected.map((ms) => ms && Math.round(ms)),
  )
})

it('measures the pace of a resumed job from its resumption', () => {
  const { clock, seen, meter } = meterOf([{ name: 'a', unit: 'images', weight: 1 }])
  meter.begin('a', 50, 100)
  clock.now = 2000
  meter.report('a', 60, 100)
  expect(seen.map(({ fraction, etaMs }) => [fraction, etaMs])).toEqual([
    [0.5, null],
    // 2 s for 10: 8 s for the other 40.
    [0.6, expect.closeTo(8000, 6)],
  ])
})
