import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError, type JobView } from '../../../electron/contract/index.ts'
import { JobQueue, throwIfCancelled } from '../../../electron/jobs/queue.ts'
import { openScratchStore, type Store } from '../../../electron/store/index.ts'

let store: Store
let seen: JobView[]
let queue: JobQueue
beforeEach(() => {
  store = openScratchStore()
  seen = []
  queue = new JobQueue(store, (job) => seen.push(job))
})
afterEach(() => store.close())

const states = (id: number): string[] => seen.filter((job) => job.id === id).map((job) => job.state)
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
const demo = { directory: '/x', images: 1 }

it('runs one after the other and keeps what they answered', async () => {
  const order: string[] = []
  const first = queue.submit('demo', 'first', {}, async () => {
    await settle()
    order.push('first')
    return demo
  })
  const second = queue.submit('demo', 'second', {}, () => {
    order.push('second')
    return Promise.resolve(demo)
  })
  expect(queue.active()?.title).toBe('first')
  await settle()
  await settle()
  expect(order).toEqual(['first', 'second'])
  expect(states(first.id)).toEqual(['queued', 'running', 'done'])
  expect(queue.get(second.id).report).toEqual(demo)
  expect(queue.active()).toBeNull()
})

it('goes on after a failure, which keeps its code', async () => {
  const bad = queue.submit('demo', 'bad', {}, () => Promise.reject(new AppError('model.none', {})))
  const good = queue.submit('demo', 'good', {}, () => Promise.resolve(demo))
  await settle()
  expect(queue.get(bad.id)).toMatchObject({ state: 'failed', error: { code: 'model.none' } })
  expect(queue.get(good.id).state).toBe('done')
})

it('cancels what runs and what waits, and says so as a state', async () => {
  const running = queue.submit('demo', 'running', {}, async ({ signal }) => {
    while (!signal.aborted) await settle()
    throwIfCancelled(signal)
    return demo
  })
  const waiting = queue.submit('demo', 'waiting', {}, () => Promise.reject(new Error('must not run')))
  await settle()
  await queue.close()
  expect(states(running.id)).toEqual(['queued', 'running', 'cancelling', 'cancelled'])
  expect(states(waiting.id)).toEqual(['queued', 'cancelled'])
  expect(queue.get(running.id).error).toBeNull()
  queue.cancel(running.id)
  expect(() => queue.cancel(99)).toThrow(/no job 99/)
})
