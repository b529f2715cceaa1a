import { afterEach, beforeEach, expect, it } from 'vitest'
import { throwIfCancelled } from '../../../electron/base/cancellation.ts'
import { AppError, type JobView } from '../../../electron/contract/index.ts'
import { JobQueue, type JobContext } from '../../../electron/jobs/queue.ts'
import {
  insertJob,
  listJobs,
  openScratchStore,
  updateJob,
  type Store,
} from '../../../electron/store/index.ts'

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

/** Works until it is stopped. */
const endless = async ({ signal }: JobContext): Promise<typeof demo> => {
  while (!signal.aborted) await settle()
  throwIfCancelled(signal)
  return demo
}

it('cancels what runs and what waits, and says so as a state', async () => {
  const running = queue.submit('demo', 'running', {}, endless)
  const waiting = queue.submit('demo', 'waiting', {}, () => Promise.reject(new Error('must not run')))
  await settle()
  queue.cancel(waiting.id)
  queue.cancel(running.id)
  await queue.close()
  expect(states(running.id)).toEqual(['queued', 'running', 'cancelling', 'cancelled'])
  expect(states(waiting.id)).toEqual(['queued', 'cancelled'])
  expect(queue.get(running.id).error).toBeNull()
  queue.cancel(running.id)
  expect(() => queue.cancel(99)).toThrow(/no job 99/)
})

it('calls interrupted what the end of the program stopped', async () => {
  const running = queue.submit('demo', 'running', {}, endless)
  const waiting = queue.submit('demo', 'waiting', {}, () => Promise.reject(new Error('must not run')))
  await settle()
  await queue.close()
  expect(listJobs(store.database).map(({ id, state }) => [id, state])).toEqual([
    [waiting.id, 'interrupted'],
    [running.id, 'interrupted'],
  ])
})

it('pauses a job, lets the next one through, and takes it up again with the same input', async () => {
  const progress = { stage: 's', done: 3, total: 9, unit: 'images', fraction: 1 / 3, etaMs: null }
  const paused = queue.submit('demo', 'paused', { images: 9 }, (job) => {
    job.report(progress)
    return endless(job)
  })
  const next = queue.submit('demo', 'next', {}, () => Promise.resolve(demo))
  await settle()
  queue.pause(paused.id)
  await settle()
  await settle()
  expect(states(paused.id)).toEqual(['queued', 'running', 'running', 'pausing', 'paused'])
  expect(queue.get(next.id).state).toBe('done')
  expect(queue.active()).toBeNull()
  expect(listJobs(store.database).at(-1)).toMatchObject({ state: 'paused', endedAt: null, progress })

  const asked: unknown[] = []
  queue.resume(paused.id, (kind, input) => (_, since) => {
    asked.push(kind, input, since)
    return Promise.resolve(demo)
  })
  await settle()
  expect(asked).toEqual(['demo', { images: 9 }, paused.createdAt])
  expect(queue.get(paused.id)).toMatchObject({ state: 'done', report: demo })
  expect(() => queue.pause(paused.id)).toThrow(/is done and cannot be paused/)
  expect(() => queue.resume(paused.id, () => endless)).toThrow(/is done and cannot be resumed/)
})

it('pauses what waits before it begins, and begins it once when it is taken up twice as fast', async () => {
  let begun = 0
  const first = queue.submit('demo', 'first', {}, endless)
  const waiting = queue.submit('demo', 'waiting', {}, () => Promise.reject(new Error('must not run')))
  queue.pause(waiting.id)
  queue.resume(waiting.id, () => () => {
    begun++
    return Promise.resolve(demo)
  })
  await settle()
  queue.cancel(first.id)
  await settle()
  await settle()
  expect(begun).toBe(1)
  expect(states(waiting.id)).toEqual(['queued', 'paused', 'queued', 'running', 'done'])
})

it('takes up after a restart what was interrupted, gives up what is cancelled, refuses what it cannot', async () => {
  const left = insertJob(store.database, 'classify', 'left', { imageIds: [4] })
  const given = insertJob(store.database, 'train', 'given up', {})
  const download = insertJob(store.database, 'encoders', 'download', {})
  for (const job of [left, given, download]) updateJob(store.database, { ...job, state: 'interrupted' })
  queue.cancel(given.id)
  expect(queue.get(given.id).state).toBe('cancelled')
  expect(() => queue.resume(download.id, () => endless)).toThrow(/cannot be paused and resumed/)
  const report = { modelName: 'm', classified: 1, failed: [] }
  queue.resume(left.id, (_, input) => () => {
    expect(input).toEqual({ imageIds: [4] })
    return Promise.resolve(report)
  })
  await settle()
  expect(queue.get(left.id)).toMatchObject({ state: 'done', report })
})
