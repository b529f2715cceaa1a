import { afterEach, beforeEach, expect, it } from 'vitest'
import type { JobKind } from '../../../electron/contract/index.ts'
import { allJobs } from '../../../electron/application/all-jobs.ts'
import { openScratchStore, type Store } from '../../../electron/store/index.ts'
import { FakeJobs, turn } from './fake-jobs.ts'

let store: Store
let jobs: FakeJobs
/** Running jobs in order of their start; `title*` if another job ran at that moment. */
let running: string[]
/** Lets a running job end. */
let release: Map<string, () => void>
beforeEach(() => {
  store = openScratchStore()
  jobs = new FakeJobs(store.database)
  running = []
  release = new Map()
})
afterEach(() => store.close())

/** Queues a job that runs until it is released or stopped. */
const submit = (kind: JobKind, title: string, input: Record<string, unknown> = {}): number =>
  jobs.submit(
    kind,
    title,
    async (job, isBeside) => {
      running.push(isBeside ? `${title}*` : title)
      await new Promise<void>((resolve) => {
        release.set(title, resolve)
        job.signal.addEventListener('abort', () => resolve())
      })
      running = running.filter((other) => other.replace('*', '') !== title)
      job.throwIfCancelled()
      return {}
    },
    input,
  ).id
async function end(title: string): Promise<void> {
  release.get(title)?.()
  await turn()
}

it('recognises interactive jobs', () => {
  const isInteractive = (kind: JobKind, input: unknown): boolean =>
    allJobs[kind].isInteractive?.(input) ?? false
  expect(isInteractive('explain', {})).toBe(true)
  expect(isInteractive('classify', { imageIds: [1, 2, 3, 4] })).toBe(true)
  expect(isInteractive('classify', { imageIds: [1, 2, 3, 4, 5] })).toBe(false)
  expect(isInteractive('classify', { imageIds: null })).toBe(false)
  expect(isInteractive('train', { imageIds: [1] })).toBe(false)
  const alone: JobKind[] = ['encoders', 'relink', 'check', 'import-model', 'export-model', 'explain']
  expect(alone.filter((kind) => allJobs[kind].runsBeside)).toEqual([])
})

it('runs an interactive job beside a training, before queued jobs, and no second one beside it', async () => {
  submit('train', 'training')
  submit('classify', 'batch', { imageIds: null })
  submit('explain', 'first map')
  submit('explain', 'second map')
  submit('classify', 'few', { imageIds: [1] })
  await turn()
  expect(running).toEqual(['training', 'first map*'])
  await end('first map')
  expect(running).toEqual(['training', 'second map*'])
  await end('second map')
  expect(running).toEqual(['training', 'few*'])
  await end('few')
  expect(running).toEqual(['training'])
  await end('training')
  expect(running).toEqual(['batch'])
})

it('starts no long job beside an interactive one, in any order of their ends', async () => {
  submit('train', 'training')
  submit('import', 'import')
  submit('explain', 'map')
  await turn()
  await end('training')
  expect(running).toEqual(['map*'])
  await end('map')
  expect(running).toEqual(['import'])
  await end('import')
  submit('explain', 'alone')
  submit('train', 'next training')
  await turn()
  expect(running).toEqual(['alone'])
  await end('alone')
  expect(running).toEqual(['next training'])
})

it('keeps an interactive job waiting for a job that changes the files it reads', async () => {
  submit('encoders', 'download')
  submit('explain', 'map')
  await turn()
  expect(running).toEqual(['download'])
  await end('download')
  expect(running).toEqual(['map'])
})

it('stops both at the end of the program, and both can be resumed', async () => {
  const training = submit('train', 'training')
  const map = submit('explain', 'map')
  const waiting = submit('train', 'waiting')
  await turn()
  await jobs.queue.close()
  expect(running).toEqual([])
  expect([training, map, waiting].map((id) => jobs.queue.get(id).state)).toEqual([
    'interrupted',
    'interrupted',
    'interrupted',
  ])
})

it('cancels an interactive job and leaves the training alone', async () => {
  const training = submit('train', 'training')
  const map = submit('explain', 'map')
  await turn()
  jobs.queue.cancel(map)
  await turn()
  expect([training, map].map((id) => jobs.queue.get(id).state)).toEqual(['running', 'cancelled'])
  expect(running).toEqual(['training'])
})
