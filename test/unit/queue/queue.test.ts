import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError } from '../../../electron/contract/index.ts'
import type { JobRun } from '../../../electron/queue/job-run.ts'
import {
  insertJob,
  listJobs,
  openScratchStore,
  updateJob,
  type Store,
} from '../../../electron/store/index.ts'
import { FakeJobs, turn, type FakeWork } from './fake-jobs.ts'

let store: Store
let jobs: FakeJobs
beforeEach(() => {
  store = openScratchStore()
  jobs = new FakeJobs(store.database)
})
afterEach(() => store.close())

const demo = { directory: '/x', images: 1 }
const ends: FakeWork = () => Promise.resolve(demo)
const mustNotRun: FakeWork = () => Promise.reject(new Error('must not run'))

it('runs jobs one after the other and keeps their reports', async () => {
  const { queue } = jobs
  const order: string[] = []
  const first = jobs.submit('demo', 'first', async () => {
    await turn()
    order.push('first')
    return demo
  })
  const second = jobs.submit('demo', 'second', () => {
    order.push('second')
    return Promise.resolve(demo)
  })
  expect(queue.active()?.title).toBe('first')
  await queue.idle()
  expect(order).toEqual(['first', 'second'])
  expect(jobs.states(first.id)).toEqual(['queued', 'running', 'done'])
  expect(queue.get(second.id).report).toEqual(demo)
  expect(queue.active()).toBeNull()
})

it('continues after a failure, which keeps its code', async () => {
  const { queue } = jobs
  const bad = jobs.submit('demo', 'bad', () => Promise.reject(new AppError('model.none', {})))
  const good = jobs.submit('demo', 'good', ends)
  await queue.idle()
  expect(queue.get(bad.id)).toMatchObject({ state: 'failed', error: { code: 'model.none' } })
  expect(queue.get(good.id).state).toBe('done')
})

/** Runs until it is stopped. */
const endless = async (job: JobRun): Promise<typeof demo> => {
  await new Promise<void>((resolve) => job.signal.addEventListener('abort', () => resolve()))
  job.throwIfCancelled()
  return demo
}

it('cancels running and queued jobs, and sets their state', async () => {
  const { queue } = jobs
  const running = jobs.submit('demo', 'running', endless)
  const waiting = jobs.submit('demo', 'waiting', mustNotRun)
  await turn()
  queue.cancel(waiting.id)
  queue.cancel(running.id)
  await queue.close()
  expect(jobs.states(running.id)).toEqual(['queued', 'running', 'cancelling', 'cancelled'])
  expect(jobs.states(waiting.id)).toEqual(['queued', 'cancelled'])
  expect(queue.get(running.id).error).toBeNull()
  queue.cancel(running.id)
  expect(() => queue.cancel(99)).toThrow(AppError)
})

it('marks jobs as interrupted that the end of the program stopped', async () => {
  const running = jobs.submit('demo', 'running', endless)
  const waiting = jobs.submit('demo', 'waiting', mustNotRun)
  await turn()
  await jobs.queue.close()
  expect(listJobs(store.database).map(({ id, state }) => [id, state])).toEqual([
    [waiting.id, 'interrupted'],
    [running.id, 'interrupted'],
  ])
})

it('pauses a job, lets the next one through, and resumes it with the same input', async () => {
  const { queue } = jobs
  const paused = jobs.submit(
    'demo',
    'paused',
    (job) => {
      job.progress.report('s', 3, 9)
      return endless(job)
    },
    { images: 9 },
  )
  const next = jobs.submit('demo', 'next', ends)
  await turn()
  queue.pause(paused.id)
  await queue.idle()
  expect(jobs.states(paused.id)).toEqual(['queued', 'running', 'running', 'pausing', 'paused'])
  expect(queue.get(next.id).state).toBe('done')
  expect(queue.active()).toBeNull()
  expect(listJobs(store.database).at(-1)).toMatchObject({
    state: 'paused',
    endedAt: null,
    progress: { stage: 's', done: 3, total: 9, unit: 'images' },
  })

  const asked: unknown[] = []
  jobs.works.set('paused', (job, _, input) => {
    asked.push(input, job.since)
    return Promise.resolve(demo)
  })
  queue.resume(paused.id)
  await queue.idle()
  expect(asked).toEqual([{ title: 'paused', images: 9 }, paused.createdAt])
  expect(queue.get(paused.id)).toMatchObject({ state: 'done', report: demo })
  expect(() => queue.pause(paused.id)).toThrow(/is done and cannot be paused/)
  expect(() => queue.resume(paused.id)).toThrow(/is done and cannot be resumed/)
})

it('pauses a queued job, and starts it once when it is resumed twice', async () => {
  const { queue } = jobs
  let begun = 0
  const first = jobs.submit('demo', 'first', endless)
  const waiting = jobs.submit('demo', 'waiting', mustNotRun)
  queue.pause(waiting.id)
  jobs.works.set('waiting', () => {
    begun++
    return Promise.resolve(demo)
  })
  queue.resume(waiting.id)
  await turn()
  queue.cancel(first.id)
  await queue.idle()
  expect(begun).toBe(1)
  expect(jobs.states(waiting.id)).toEqual(['queued', 'paused', 'queued', 'running', 'done'])
})

it('resumes interrupted jobs after a restart, ends cancelled ones, refuses others', async () => {
  const left = insertJob(store.database, 'classify', 'left', { title: 'left', imageIds: [4] })
  const given = insertJob(store.database, 'train', 'given up', {})
  const download = insertJob(store.database, 'encoders', 'download', {})
  const unreadable = insertJob(store.database, 'train', 'of another version', { name: 'x' })
  for (const job of [left, given, download, unreadable])
    updateJob(store.database, { ...job, state: 'interrupted' }, null)
  const { queue } = jobs
  queue.cancel(given.id)
  expect(queue.get(given.id).state).toBe('cancelled')
  expect(queue.get(download.id)).toMatchObject({ resumable: false })
  expect(() => queue.resume(download.id)).toThrow(expect.objectContaining({ code: 'job.not-resumable' }))
  expect(() => queue.resume(unreadable.id)).toThrow(expect.objectContaining({ code: 'job.not-resumable' }))
  const report = { modelName: 'm', classified: 1, failed: [] }
  jobs.works.set('left', (_job, _, input) => {
    expect(input).toEqual({ title: 'left', imageIds: [4] })
    return Promise.resolve(report)
  })
  expect(queue.get(left.id)).toMatchObject({ resumable: true })
  queue.resume(left.id)
  await queue.idle()
  expect(queue.get(left.id)).toMatchObject({ state: 'done', report })
})

it('marks jobs as interrupted that ran when the database was last closed', () => {
  const job = insertJob(store.database, 'train', 't', {})
  updateJob(store.database, { ...job, state: 'running' }, null)
  expect(new FakeJobs(store.database).queue.get(job.id).state).toBe('interrupted')
})

it('retries failures, and nothing if there are none', async () => {
  const { queue } = jobs
  const failed = [{ path: '/x.png', code: 'image.truncated', message: 'm' }]
  const report = { modelName: 'm', classified: 1, failed }
  const some = jobs.submit('classify', 'some', () => Promise.resolve(report), { imageIds: null })
  const none = jobs.submit('demo', 'none', ends)
  expect(queue.get(some.id)).toMatchObject({ retriable: false })
  await queue.idle()
  expect([queue.get(some.id).retriable, queue.get(none.id).retriable]).toEqual([true, false])
  expect(() => queue.retry(none.id)).toThrow(expect.objectContaining({ code: 'job.nothing-failed' }))
  const inputs: unknown[] = []
  jobs.works.set('some', (_job, _, input) => {
    inputs.push(input)
    return Promise.resolve({ ...report, failed: [] })
  })
  const again = queue.retry(some.id)
  expect(again).toMatchObject({ kind: 'classify', title: 'some, again', state: 'queued' })
  await queue.idle()
  expect(inputs).toEqual([{ title: 'some', imageIds: null, isRetried: true }])
  expect(() => queue.retry(again.id)).toThrow(expect.objectContaining({ code: 'job.nothing-failed' }))
})

it('lives on if nothing can be saved: the job fails with the reason, and the next one runs', async () => {
  const lost = new AppError('workspace.disk-full', { path: '/w' })
  let isFull = false
  const database = new Proxy(store.database, {
    get: (target, name) => {
      if (name === 'transaction' && isFull)
        return () => () => {
          throw lost
        }
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
  jobs = new FakeJobs(database)
  const { queue } = jobs
  const ended = jobs.submit('demo', 'ended', () => {
    isFull = true
    return Promise.resolve(demo)
  })
  await queue.idle()
  expect(queue.get(ended.id)).toMatchObject({
    state: 'failed',
    report: null,
    error: { code: 'workspace.disk-full' },
  })
  expect(jobs.states(ended.id)).toEqual(['queued', 'running', 'failed'])

  isFull = false
  const worked = jobs.submit('demo', 'worked', async (job) => {
    isFull = true
    // From an event, whose failure nothing catches.
    job.progress.report('s', 1, 2)
    await turn()
    job.throwIfCancelled()
    return demo
  })
  await queue.idle()
  expect(queue.get(worked.id)).toMatchObject({ state: 'failed', error: { code: 'workspace.disk-full' } })

  isFull = false
  const cancelled = jobs.submit('demo', 'cancelled', endless)
  await turn()
  isFull = true
  queue.cancel(cancelled.id)
  await queue.idle()
  expect(queue.get(cancelled.id).state).toBe('cancelled')
  isFull = false
  const last = jobs.submit('demo', 'last', ends)
  await queue.idle()
  expect(queue.get(last.id).state).toBe('done')
})
