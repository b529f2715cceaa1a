import { expect, test } from 'vitest'
import { slidesMsOn } from '../../../electron/contract/index.ts'

test('of blocks every machine opens every slide; whole slides are opened by one', () => {
  // 10 slides that open in 1 s, 40 blocks of 2 s.
  const work = { slides: 10, blocks: 40, openMs: 1000 }
  const on = (machines: number, unit: 'block' | 'slide'): number =>
    slidesMsOn(machines, { ...work, unit }, 80_000)
  expect([1, 4, 40, 1000].map((machines) => on(machines, 'block'))).toEqual([90_000, 30_000, 12_000, 12_000])
  // 9 s a slide: 10, 3, 1.
  expect([1, 4, 40].map((machines) => on(machines, 'slide'))).toEqual([90_000, 27_000, 9000])
})

test('slides without a place take the time of opening them, and no slides take none', () => {
  const empty = { slides: 3, blocks: 0, openMs: 1000 }
  expect(slidesMsOn(2, { ...empty, unit: 'block' }, 0)).toBe(3000)
  expect(slidesMsOn(2, { ...empty, slides: 0, unit: 'slide' }, 0)).toBe(0)
})
