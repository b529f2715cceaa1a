import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  AppError,
  parseClassScheme,
  type AnyEvent,
  type ClassifyReport,
  type JobView,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertPromotion,
  type Writable,
} from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { boosterRecord, newImage, newModel } from '../../../support/rows.ts'

/** A batch from the page's first call to its end; only the computation is a stub. */
let root: string
let workspace: string
let application: Application
let events: AnyEvent[]
/** What the next predictions do, by file name. */
let broken: Set<string>
let asked: string[]
let hold: () => Promise<void> | null

const classes = parseClassScheme('Benign,Malignant*')
const sha256 = (n: number): string => n.toString(16).padStart(64, '0')

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-batch-'))
  workspace = join(root, 'w')
  const store = createWorkspace(workspace, classes, 'test')
  for (let n = 1; n <= 6; n++) addImage(store.database, n)
  const model = newModel(classes, { boosters: [boosterRecord(sha256(9))] })
  insertPromotion(store.database, insertModel(store.database, model))
  store.close()
  broken = new Set()
  asked = []
  hold = () => null
  application = start()
  await application.handlers['workspace.open']({ path: workspace, handover: null })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

function addImage(database: Writable, n: number): void {
  const path = join(root, `${n}.png`)
  writeFileSync(path, String(n))
  insertImage(database, newImage(sha256(n), { path, widthPx: 4, heightPx: 3 }))
}

function start(): Application {
  events = []
  const compute = inProcessCompute({
    encoderRequire: () => Promise.resolve({ source: 'untrained', fingerprints: { resnet50: 'w' } }),
    predict: async ({ description: { image } }, { signal }) => {
      const name = image.path.slice(root.length + 1)
      asked.push(name)
      await hold()
      if (signal.aborted) throw new AppError('job.cancelled', {})
      if (broken.has(name)) throw new AppError('image.truncated', { path: image.path, reason: 'cut' })
      return {
        prediction: {
          probabilities: [0.25, 0.75],
          boosters: 1,
          augmentations: 1,
          byConstituent: [[0.25, 0.75]],
          spread: { boosters: null, augmentations: null },
        },
        effort: { asked: 'full', augmentations: 1, of: 1 },
        flags: [],
        backends: [],
        likeness: { unknown: 'no-reference' },
      } as never
    },
  })
  const made = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: compute.launch,
    door: { tiles: '', choose: null },
  })
  made.onEvent((event) => events.push(event))
  return made
}

const job = async (jobId: number): Promise<JobView> => application.handlers['job.get']({ jobId })
/** Whether a handler returns at once or later. */
const call = (work: () => unknown): Promise<unknown> => Promise.resolve().then(work)
const reach = (jobId: number, state: JobView['state']): Promise<unknown> =>
  expect.poll(async () => (await job(jobId)).state, { interval: 5 }).toBe(state)
const classify = async (): Promise<number> => {
  const input = { imageIds: [1, 2, 3, 4, 5, 6], model: null, effort: 'full' } as const
  return (await application.handlers['model.classify']({ ...input, imageIds: [...input.imageIds] })).jobId
}
const imagesOf = async (jobId: number): Promise<number[] | null> =>
  (await application.handlers['job.images']({ jobId })).imageIds
const told = (): number[] =>
  events.flatMap((event) => (event.name === 'images.changed' ? (event.payload.imageIds ?? [0]) : []))

/** Lets `count` predictions through and holds those after them until it is released. */
function holdAfter(count: number): () => void {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  hold = () => (asked.length > count ? held : null)
  return release
}

it('states the images of a job: all, some, or none if it is not a classification', async () => {
  const { jobId } = await application.handlers['model.classify']({
    imageIds: null,
    model: null,
    effort: 'full',
  })
  expect(await imagesOf(jobId)).toBeNull()
  const check = await application.handlers['workspace.check']({})
  await application.handlers['job.cancel']({ jobId: check.jobId })
  expect(await imagesOf(check.jobId)).toEqual([])
  await expect(call(() => imagesOf(99))).rejects.toThrow('99')
})

it('announces each image whose prediction is ready, and never all of them', async () => {
  const jobId = await classify()
  await reach(jobId, 'done')
  expect((await job(jobId)).report).toMatchObject({ modelName: 'm', classified: 6, failed: [] })
  expect(told().sort()).toEqual([1, 2, 3, 4, 5, 6])
})

it('continues after a pause with images without a prediction', async () => {
  const release = holdAfter(2)
  const jobId = await classify()
  await expect.poll(() => asked.length, { interval: 5 }).toBeGreaterThanOrEqual(3)
  await application.handlers['job.pause']({ jobId })
  release()
  await reach(jobId, 'paused')
  const before = asked.length
  await application.handlers['job.resume']({ jobId })
  await reach(jobId, 'done')
  expect((await job(jobId)).report).toMatchObject({ classified: 6, failed: [] })
  // The two finished ones are not repeated.
  expect(asked.slice(before)).not.toContain('1.png')
  expect(asked.slice(before)).not.toContain('2.png')
  expect(new Set(asked).size).toBe(6)
})

it('resumes in another session what the end of the program interrupted', async () => {
  const release = holdAfter(3)
  const jobId = await classify()
  await expect.poll(() => asked.length, { interval: 5 }).toBeGreaterThanOrEqual(4)
  const closing = application.close()
  release()
  await closing
  asked = []
  application = start()
  await application.handlers['workspace.open']({ path: workspace, handover: null })
  expect(await job(jobId)).toMatchObject({ state: 'interrupted', title: 'Classify with m' })
  await application.handlers['job.resume']({ jobId })
  await reach(jobId, 'done')
  expect((await job(jobId)).report).toMatchObject({ classified: 6 })
  for (const name of ['1.png', '2.png', '3.png']) expect(asked).not.toContain(name)
})

it('retries only failures, and refuses if there are none', async () => {
  broken = new Set(['2.png', '5.png'])
  const jobId = await classify()
  await reach(jobId, 'done')
  const { failed } = (await job(jobId)).report as ClassifyReport
  expect(failed.map(({ imageId, code }) => [imageId, code])).toEqual([
    [2, 'image.truncated'],
    [5, 'image.truncated'],
  ])
  broken = new Set(['5.png'])
  asked = []
  const again = (await application.handlers['job.retry']({ jobId })).jobId
  await reach(again, 'done')
  expect(asked).toEqual(['2.png', '5.png'])
  // What a page marks as waiting after a reload.
  expect(await imagesOf(jobId)).toEqual([1, 2, 3, 4, 5, 6])
  expect(await imagesOf(again)).toEqual([2, 5])
  expect(await job(again)).toMatchObject({ title: 'Classify with m, again', report: { classified: 1 } })
  broken = new Set()
  const last = (await application.handlers['job.retry']({ jobId: again })).jobId
  await reach(last, 'done')
  expect(await job(last)).toMatchObject({
    title: 'Classify with m, again',
    report: { classified: 1, failed: [] },
  })
  await expect(call(() => application.handlers['job.retry']({ jobId: last }))).rejects.toThrow(
    /has no failures to retry/,
  )
  await expect(call(() => application.handlers['job.pause']({ jobId: last }))).rejects.toThrow(
    /is done and cannot be paused/,
  )
  await expect(call(() => application.handlers['job.resume']({ jobId: 99 }))).rejects.toThrow(/no job 99/)
})
