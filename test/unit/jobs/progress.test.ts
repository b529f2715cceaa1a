import { expect, it } from 'vitest'
import type { Progress } from '../../../electron/contract/index.ts'
import { ProgressMeter } from '../../../electron/jobs/progress.ts'

it('adds weighted stages, estimates by the pace, and reports at most ten times a second', () => {
  let now = 0
  const seen: Progress[] = []
  const stages = [
    { name: 'a', unit: 'images', weight: 3 },
    { name: 'b', unit: 'boosters', weight: 1 },
  ]
  const meter = new ProgressMeter(
    stages,
    (progress) => seen.push(progress),
    () => now,
  )
  meter.report('a', 0, 10)
  now = 50
  meter.report('a', 1, 10)
  now = 3000
  meter.report('a', 5, 10)
  now = 3001
  meter.report('a', 10, 10)
  meter.report('b', 1, 1)
  expect(seen.map(({ fraction }) => fraction)).toEqual([0, 0.375, 0.75, 1])
  expect(seen[0]?.etaMs).toBeNull()
  // 3 s for 37.5 %: 5 s for the rest.
  expect(seen[1]?.etaMs).toBeCloseTo(5000, 6)
  expect(seen[3]?.etaMs).toBe(0)
})

it('takes the pace of a job that was taken up again from what it did since', () => {
  let now = 1000
  const seen: Progress[] = []
  const meter = new ProgressMeter(
    [{ name: 'a', unit: 'images', weight: 1 }],
    (progress) => seen.push(progress),
    () => now,
  )
  meter.begin('a', 50, 100)
  now = 3000
  meter.report('a', 60, 100)
  expect(seen.map(({ fraction, etaMs }) => [fraction, etaMs])).toEqual([
    [0.5, null],
    // 2 s for 10: 8 s for the other 40.
    [0.6, expect.closeTo(8000, 6)],
  ])
})
