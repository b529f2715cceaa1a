import { expect, test } from 'vitest'
import { Jobs, canPause, canResume, isPending, reportOf } from '../../../renderer/state/jobs.svelte.ts'
import { job } from '../support/views.ts'
import { deferred, stubClient } from '../support/stub-client.ts'
import type { JobView } from '../../../electron/contract/index.ts'

const idsOf = (jobs: readonly JobView[]): number[] => jobs.map(({ id }) => id)
const withoutCalls = (): Jobs => new Jobs(stubClient({}).client)

test('all jobs are listed newest first, active ones also separately', async () => {
  const { client } = stubClient({ 'job.list': () => [job(1, { state: 'done' }), job(3), job(2)] })
  const jobs = new Jobs(client)
  await jobs.load()
  expect(idsOf(jobs.all)).toEqual([3, 2, 1])
  expect(idsOf(jobs.active)).toEqual([3, 2])
  expect(jobs.find(2)?.id).toBe(2)
  expect(jobs.find(9)).toBeUndefined()
})

test('an update replaces the job', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1, { title: 'before' }))
  jobs.receive(job(1, { title: 'after' }))
  expect(jobs.all).toHaveLength(1)
  expect(jobs.find(1)?.title).toBe('after')
})

test('an answer after the end of its job changes nothing; a resumed job runs again', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1, { state: 'done' }))
  jobs.put(job(1, { state: 'running' }))
  expect(jobs.find(1)?.state).toBe('done')
  jobs.receive(job(1, { state: 'running' }))
  expect(jobs.find(1)?.state).toBe('running')
})

test('the strip shows running jobs in order, then those that can be resumed, then finished ones', () => {
  const jobs = withoutCalls()
  for (const [id, state] of [
    [1, 'running'],
    [2, 'queued'],
    [3, 'running'],
    [4, 'paused'],
  ] as const)
    jobs.receive(job(id, { state }))
  jobs.receive(job(3, { state: 'failed' }))
  expect(idsOf(jobs.shown)).toEqual([1, 2, 4, 3])
})

test('an end that this page did not see stays off the strip', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1, { state: 'done' }))
  expect(jobs.shown).toEqual([])
})

test('an ended job leaves the strip when it is dismissed, and stays in the list', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1))
  jobs.receive(job(1, { state: 'failed' }))
  jobs.dismiss(1)
  expect(jobs.shown).toEqual([])
  expect(idsOf(jobs.all)).toEqual([1])
})

test('a new job replaces a success on the strip, never a failure', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1))
  jobs.receive(job(2))
  jobs.receive(job(1, { state: 'done' }))
  jobs.receive(job(2, { state: 'failed' }))
  jobs.receive(job(3))
  expect(idsOf(jobs.shown)).toEqual([3, 2])
})

test('ten heat maps leave nothing on the strip; one that failed stays', () => {
  const jobs = withoutCalls()
  for (let id = 1; id <= 10; id++) {
    jobs.receive(job(id, { kind: 'explain' }))
    expect(jobs.shown).toEqual([])
    jobs.receive(job(id, { kind: 'explain', state: 'done' }))
  }
  expect(jobs.shown).toEqual([])
  jobs.receive(job(11, { kind: 'explain' }))
  jobs.receive(job(11, { kind: 'explain', state: 'failed' }))
  expect(idsOf(jobs.shown)).toEqual([11])
})

test('the end of a job can be awaited, by push or by the answer', async () => {
  const answer = deferred<JobView>()
  const jobs = new Jobs(stubClient({ 'job.get': () => answer.promise }).client)
  const pushed = jobs.end(1)
  answer.resolve(job(1))
  jobs.receive(job(1, { state: 'cancelled' }))
  expect((await pushed).state).toBe('cancelled')

  const early = new Jobs(stubClient({ 'job.get': () => job(2, { state: 'done' }) }).client)
  expect((await early.end(2)).state).toBe('done')
})

test('a pause is not an end', async () => {
  const jobs = new Jobs(stubClient({ 'job.get': () => job(1) }).client)
  let ended: JobView | null = null
  const end = jobs.end(1).then((view) => (ended = view))
  jobs.receive(job(1, { state: 'paused' }))
  await Promise.resolve()
  expect(ended).toBeNull()
  jobs.receive(job(1, { state: 'done' }))
  await end
  expect(ended).toMatchObject({ state: 'done' })
})

test('cancel, pause, resume and retry act on that job', async () => {
  const { client, asked } = stubClient({
    'job.cancel': () => ({}) as never,
    'job.pause': () => ({}) as never,
    'job.resume': () => ({}) as never,
    'job.retry': () => ({ jobId: 8 }),
  })
  const jobs = new Jobs(client)
  await jobs.cancel(7)
  await jobs.pause(7)
  await jobs.resume(7)
  expect(await jobs.retry(7)).toBe(8)
  expect(asked).toEqual([
    ['job.cancel', { jobId: 7 }],
    ['job.pause', { jobId: 7 }],
    ['job.resume', { jobId: 7 }],
    ['job.retry', { jobId: 7 }],
  ])
})

test.each([
  ['running', 'classify', { pause: true, pending: false, resume: false }],
  ['paused', 'classify', { pause: false, pending: true, resume: true }],
  ['interrupted', 'classify', { pause: false, pending: true, resume: true }],
  ['failed', 'classify', { pause: false, pending: false, resume: true }],
  ['cancelled', 'classify', { pause: false, pending: false, resume: true }],
  ['done', 'classify', { pause: false, pending: false, resume: false }],
] as const)('what can be done with a job that is %s (%s)', (state, kind, can) => {
  const one = job(1, { state, kind })
  expect({ pause: canPause(one), pending: isPending(one), resume: canResume(one) }).toEqual(can)
})

test('a report belongs to a finished job of its kind', () => {
  const done = job(1, { state: 'done', report: { failed: [] } })
  expect(reportOf(done, 'classify')).toEqual({ failed: [] })
  expect(reportOf(done, 'import')).toBeNull()
  expect(reportOf({ ...done, state: 'running' }, 'classify')).toBeNull()
})

test('another workspace begins with no jobs', () => {
  const jobs = withoutCalls()
  jobs.receive(job(1))
  jobs.clear()
  expect(jobs).toMatchObject({ all: [], active: [], shown: [] })
})
