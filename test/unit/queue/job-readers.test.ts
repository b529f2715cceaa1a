import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError } from '../../../electron/contract/index.ts'
import {
  appendEvent,
  nameReader,
  openScratchStore,
  readEvents,
  type Store,
} from '../../../electron/store/index.ts'
import { FakeJobs, turn, type FakeWork } from './fake-jobs.ts'

let store: Store
let jobs: FakeJobs
/** Who is signed in. */
let signedIn: string | null
beforeEach(() => {
  store = openScratchStore()
  nameReader(store.database, () => signedIn)
  jobs = new FakeJobs(store.database)
})
afterEach(() => store.close())

/** Reader and state of each event of a job, and of what the work itself recorded. */
const trail = (): unknown[] =>
  readEvents(store.database, 0, 100)
    .filter(({ kind }) => kind === 'relink')
    .map(({ reader, after }) => [reader, (JSON.parse(after) as { state: string }).state])
const record = (state: string): void =>
  void appendEvent(store.database, {
    kind: 'relink',
    object: { type: 'job', id: null, name: null },
    after: { state },
  })
const report = { found: [], missing: [], failed: [] }
const endless: FakeWork = (job) =>
  new Promise((_resolve, reject) =>
    job.signal.addEventListener('abort', () => {
      reject(new AppError('job.cancelled', {}))
    }),
  )

it('a job and all that it records belong to who submitted it, also when another user is signed in later', async () => {
  signedIn = 'tom'
  let goOn = (): void => undefined
  const waits = new Promise<void>((resolve) => (goOn = resolve))
  jobs.submit('relink', 'first', async () => {
    await waits
    record('by its work')
    return report
  })
  jobs.submit('relink', 'second', () => Promise.resolve(report))
  await turn()
  signedIn = 'ada'
  record('beside it')
  goOn()
  await jobs.queue.idle()
  expect(trail()).toEqual([
    ['tom', 'running'],
    ['ada', 'beside it'],
    ['tom', 'by its work'],
    ['tom', 'done'],
    ['tom', 'running'],
    ['tom', 'done'],
  ])
})

it('a stop belongs to who stopped it', async () => {
  signedIn = 'tom'
  const { id } = jobs.submit('relink', 'endless', endless)
  await turn()
  signedIn = 'ada'
  jobs.queue.cancel(id)
  signedIn = null
  await jobs.queue.idle()
  expect(trail()).toEqual([
    ['tom', 'running'],
    ['ada', 'cancelled'],
  ])
})
