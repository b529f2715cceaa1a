import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import {
  AppError,
  parseClassScheme,
  type Answer,
  type CallInput,
  type CallName,
  type CallOutput,
  type JobView,
} from '../../../electron/contract/index.ts'
import type { RunningServer } from '../../../electron/server/index.ts'
import type { Application } from '../../../electron/application/application.ts'
import { createApplication } from '../../../electron/application/create-application.ts'
import { createWorkspace, insertImage, insertModel } from '../../../electron/store/index.ts'
import { connect, logIn, serve } from '../../contract/running-server.ts'
import { inProcessCompute, type InProcessCompute } from '../../support/in-process-compute.ts'
import { boosterRecord, newImage, newModel } from '../../support/rows.ts'
import { setLabels } from '../../support/at-once.ts'

/** How long a page waits for the server during a training; only the computation is a stub. */
const images = 20
const classes = parseClassScheme('Benign,Malignant*')
const sha256 = (n: number): string => n.toString(16).padStart(64, '0')

let root: string
let application: Application
let server: RunningServer
let socket: WebSocket
let compute: InProcessCompute
let endTraining: () => void
let isTraining: boolean

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-beside-'))
  const workspace = join(root, 'w')
  const store = createWorkspace(workspace, classes, 'test')
  for (let n = 1; n <= images; n++) {
    const path = join(root, `${n}.png`)
    writeFileSync(path, String(n))
    const imageId = insertImage(store.database, newImage(sha256(n), { path, widthPx: 4, heightPx: 3 }))
    const className = n % 2 === 0 ? 'Benign' : 'Malignant'
    setLabels(store.database, [imageId], className, { reader: 'ada', comment: null })
  }
  insertModel(store.database, newModel(classes, { boosters: [boosterRecord(sha256(99))] }))
  store.close()
  isTraining = false
  compute = standIn()
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: compute.launch,
    door: { tiles: '', choose: null },
  })
  server = await serve(application)
  socket = await connect(server, await logIn(server))
  await call('workspace.open', { path: workspace })
})
afterEach(async () => {
  endTraining()
  socket.terminate()
  await server.close()
  await application.close()
  rmSync(root, { recursive: true })
})

function standIn(): InProcessCompute {
  const held = new Promise<void>((resolve) => (endTraining = resolve))
  const prediction = {
    probabilities: [0.25, 0.75],
    boosters: 1,
    augmentations: 1,
    byConstituent: [[0.25, 0.75]],
    spread: { boosters: null, augmentations: null },
  }
  return inProcessCompute({
    encoderRequire: () => Promise.resolve({ source: 'untrained', fingerprints: { resnet50: 'w' } }),
    describe: () => Promise.resolve({ files: ['a.npy'], flags: [], backends: [] }),
    train: async () => {
      isTraining = true
      await held
      isTraining = false
      throw new AppError('model.none', {})
    },
    predict: () =>
      Promise.resolve({
        prediction,
        effort: { asked: 'full', augmentations: 1, of: 1 },
        flags: [],
        backends: [],
        likeness: { unknown: 'no-reference' },
      } as never),
    heatMap: () =>
      Promise.resolve({
        widthPx: 4,
        heightPx: 3,
        boosters: 1,
        rows: 1,
        columns: 1,
        cellWidthPx: 4,
        cellHeightPx: 3,
        probabilities: [[[0.25]], [[0.75]]],
      }),
  })
}

let calls = 0
/** Calls as the page does, over its socket. */
function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const id = ++calls
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer): void => {
      const frame = JSON.parse(data.toString('utf8')) as { id?: number; answer?: Answer }
      if (frame.id !== id || frame.answer === undefined) return
      socket.off('message', hear)
      if (frame.answer.ok) resolve(frame.answer.value as CallOutput<N>)
      else reject(new Error(frame.answer.error.message))
    }
    socket.on('message', hear)
    socket.send(JSON.stringify({ id, name, input }))
  })
}

const stateOf = async (jobId: number): Promise<JobView['state']> => (await call('job.get', { jobId })).state
const reach = (jobId: number, state: JobView['state']): Promise<unknown> =>
  expect.poll(() => stateOf(jobId), { interval: 10 }).toBe(state)

it('makes a heat map and a few predictions during a training, in a separate process', async () => {
  const training = await call('model.train', { name: 'next', recipe: 'quick', groupBy: 'image' })
  await expect.poll(() => isTraining, { interval: 10 }).toBe(true)
  expect(compute.launches()).toBe(1)
  const batch = await call('model.classify', { imageIds: null, model: 'm' })

  const map = await call('explanation.create', { imageId: 1, model: 'm' })
  await reach(map.jobId, 'done')
  expect(await call('explanation.get', { imageId: 1, model: 'm' })).toMatchObject({ leading: 'Malignant' })
  const few = await call('model.classify', { imageIds: [2, 3], model: 'm' })
  await reach(few.jobId, 'done')
  expect((await call('image.get', { imageId: 2 })).verdict?.suggested).toBe('Malignant')

  expect([isTraining, await stateOf(training.jobId), await stateOf(batch.jobId)]).toEqual([
    true,
    'running',
    'queued',
  ])
  expect(compute.launches()).toBe(2)

  endTraining()
  await reach(training.jobId, 'failed')
  await reach(batch.jobId, 'done')
  // Alone, one process does all.
  const later = await call('explanation.create', { imageId: 4, model: 'm' })
  await reach(later.jobId, 'done')
  expect(compute.launches()).toBe(2)
})

it('keeps the workspace open while either runs', async () => {
  await call('model.train', { name: 'next', recipe: 'quick', groupBy: 'image' })
  await expect.poll(() => isTraining, { interval: 10 }).toBe(true)
  const map = await call('explanation.create', { imageId: 1, model: 'm' })
  await reach(map.jobId, 'done')
  await expect(call('workspace.close', {})).rejects.toThrow('Train next')
})
