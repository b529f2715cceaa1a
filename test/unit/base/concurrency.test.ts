import { expect, it } from 'vitest'
import { throwIfCancelled } from '../../../electron/base/cancellation.ts'
import { mapWithConcurrency } from '../../../electron/base/concurrency.ts'

it('keeps the order of the items and the limit', async () => {
  let running = 0
  let highest = 0
  const results = await mapWithConcurrency([3, 1, 2, 0, 4], 2, async (turns) => {
    highest = Math.max(highest, ++running)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    running--
    return turns * 10
  })
  expect(results).toEqual([30, 10, 20, 0, 40])
  expect(highest).toBe(2)
})

it('after a failure starts nothing more and waits for running calls', async () => {
  const started: number[] = []
  const ended: number[] = []
  const work = mapWithConcurrency([0, 1, 2, 3], 2, async (item) => {
    started.push(item)
    if (item === 0) throw new Error('first')
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    ended.push(item)
  })
  await expect(work).rejects.toThrow('first')
  expect(started).toEqual([0, 1])
  expect(ended).toEqual([1])
})

it('throws job.cancelled only for an aborted signal', () => {
  const controller = new AbortController()
  throwIfCancelled(undefined)
  throwIfCancelled(controller.signal)
  controller.abort()
  expect(() => {
    throwIfCancelled(controller.signal)
  }).toThrow(expect.objectContaining({ code: 'job.cancelled' }) as Error)
})
