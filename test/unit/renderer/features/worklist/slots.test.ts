import { expect, it } from 'vitest'
import { Slots } from '../../../../../renderer/features/worklist/slots.ts'

it('keeps the slot of what stays, and gives a slot that was left to what is new', () => {
  const slots = new Slots()
  expect([...slots.of(['a', 'b', 'c'])]).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ])
  expect([...slots.of(['c', 'd', 'e', 'f'])]).toEqual([
    ['c', 2],
    ['d', 0],
    ['e', 1],
    ['f', 3],
  ])
})

it('gives slots to at most so many new things at once, the first ones, and to all that had one', () => {
  const slots = new Slots()
  expect([...slots.of([1, 2, 3], 2).keys()]).toEqual([1, 2])
  expect([...slots.of([4, 5, 2, 3], 1).keys()]).toEqual([4, 2])
  expect([...slots.of([4, 5, 2, 3], 2).keys()]).toEqual([4, 5, 2, 3])
})

it('never gives one slot to two things, nor more slots than things that were there at once', () => {
  // A list of a thousand lines that is scrolled to and fro; numbers by a linear congruence, so that a failure repeats.
  let seed = 1
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed % below
  }
  const slots = new Slots()
  for (let round = 0; round < 500; round++) {
    const begin = random(1000)
    const keys = Array.from({ length: 1 + random(20) }, (_, index) => begin + index)
    const taken = slots.of(keys, random(30))
    expect(new Set(taken.values()).size).toBe(taken.size)
    expect(Math.max(-1, ...taken.values())).toBeLessThan(20)
  }
})
