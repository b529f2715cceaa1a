import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  AppError,
  calls,
  fromErrorView,
  type AuditKind,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../../electron/contract/index.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { folds, quickCompute, quickPrediction } from './quick-compute.ts'
import type { Tasks } from '../../../../electron/compute/tasks.ts'
import type { Audited } from './scenario.ts'
import { scenariosOf } from './scenarios.ts'

let root: string
let application: Application

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await dispatch(application.handlers, name, input)
  if (!answer.ok) throw fromErrorView(answer.error)
  return answer.value as CallOutput<N>
}

async function finish({ jobId }: { jobId: number }): Promise<void> {
  for (;;) {
    const job = await call('job.get', { jobId })
    if (hasEnded(job)) {
      expect(job).toMatchObject({ state: 'done', error: null })
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const images = (): string => join(root, 'images')
const file = (name: string): string => join(root, name)
const scenarios = scenariosOf({
  call,
  finish,
  hasEnded: async (jobId) => hasEnded(await call('job.get', { jobId })),
  file: (name) => file(name),
})

/** Only the image that trained no model can be read. */
const predictTested: Tasks['predict'] = ({ description }) =>
  description.image.path.endsWith('tested.png')
    ? Promise.resolve(quickPrediction)
    : Promise.reject(new AppError('image.truncated', { path: 'a.png', reason: 'cut' }))

/** Calls that leave no event, with their arguments here. */
const silent: { [N in Exclude<CallName, Audited>]?: CallInput<N> } = {
  'app.info': {},
  'app.policy': {},
  'app.supportBundle': {},
  'app.acknowledge': {},
  'audit.list': {},
  'audit.state': {},
  'audit.verify': {},
  'backup.state': {},
  'checklist.answered': { checklist: 'tripod-ai' },
  'checklist.fill': { checklist: 'tripod-ai', model: null },
  'encoder.list': {},
  'image.get': { imageId: 1 },
  'image.list': {},
  'image.preview': { paths: ['/nowhere'], labels: 'none', casesPattern: null },
  'image.verdicts': { imageId: 1 },
  'job.list': {},
  'label.list': {},
  'model.accuracyInUse': { model: null },
  'model.list': {},
  'model.promotions': {},
  'model.report': { model: 'first' },
  'reader.list': {},
  'reading.agreement': {},
  'reading.study': {},
  'recipe.list': {},
  'region.history': { imageId: 1 },
  'region.list': { imageId: 1 },
  'storage.clean': {},
  'testSet.list': {},
  'testSet.opening': { openingId: 1 },
  'workspace.current': {},
  'workspace.info': {},
  'workspace.recent': {},
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-effects-'))
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(images(), name), { recursive: true })
    for (let n = 0; n < folds; n++) {
      const create = {
        width: 16,
        height: 12,
        channels: 3,
        background: { r: 20 * n, g: 90 * c, b: 99 },
      } as const
      await sharp({ create })
        .png()
        .toFile(join(images(), name, `${n}.png`))
    }
  }
  mkdirSync(join(root, 'tested', 'Benign'), { recursive: true })
  await sharp({ create: { width: 16, height: 13, channels: 3, background: { r: 1, g: 2, b: 3 } } })
    .png()
    .toFile(join(root, 'tested', 'Benign', 'tested.png'))
  application = createApplication({
    homeDirectory: file('home'),
    version: '0.0.0',
    launchCompute: quickCompute({ predict: predictTested }).launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

const eventCount = async (): Promise<number> =>
  (await call('workspace.current', {})) === null ? 0 : (await call('audit.list', { limit: 1 })).total

for (const [name, { before, run: work, leaves, after }] of Object.entries(scenarios)) {
  it(`${name} leaves ${leaves.length > 6 ? `${leaves.length} events` : leaves.join(', ')}`, async () => {
    await before?.()
    const count = await eventCount()
    await work()
    const added = (await eventCount()) - count
    const { events } = await call('audit.list', { limit: 1000 })
    expect(
      events
        .slice(0, added)
        .map(({ kind }) => kind)
        .reverse(),
    ).toEqual(leaves)
    const declared: readonly string[] = calls[name as Audited].audit
    for (const kind of leaves) expect(declared).toContain(kind)
    await after?.()
  })
}

it('every call that leaves events was tested', () => {
  const audited = Object.entries(calls).filter(([, { audit }]) => typeof audit === 'object')
  expect(Object.keys(scenarios).toSorted()).toEqual(audited.map(([name]) => name).toSorted())
})

it('every other call leaves none', async () => {
  const count = await eventCount()
  for (const [name, input] of Object.entries(silent)) {
    const answer = await dispatch(application.handlers, name, input)
    expect(answer, name).toMatchObject({ ok: true })
    expect(await eventCount(), name).toBe(count)
  }
})

it('a call that fails leaves none', async () => {
  const count = await eventCount()
  const failing: [CallName, unknown][] = [
    ['image.label', { imageIds: [1, 999], className: 'Benign' }],
    ['image.label', { imageIds: [1], className: 'Nothing' }],
    ['label.undo', { imageIds: [10, 999] }],
    ['classes.set', { classes: [] }],
    ['model.promote', { model: 'unknown' }],
    ['model.setOperatingPoint', { model: 'unknown', threshold: 0.5 }],
    ['label.export', { path: file('x.txt') }],
    ['case.report', { caseName: 'none', path: file('x.html') }],
    ['case.report', { imageIds: [1], path: file('x.pdf') }],
    ['worklist.export', { imageIds: [999], path: file('x.csv') }],
    ['audit.export', { path: file('x.txt') }],
    ['reader.add', { name: 'ben' }],
  ]
  for (const [name, input] of failing) {
    expect(await dispatch(application.handlers, name, input), name).toMatchObject({ ok: false })
    expect(await eventCount(), name).toBe(count)
  }
})

it('the trail is intact after all of it, with readers, reasons, and values before', async () => {
  expect(await call('audit.verify', {})).toMatchObject({ whole: true, problems: [] })
  const { events } = await call('audit.list', { limit: 1000 })
  const last = (kind: AuditKind): unknown => events.find((event) => event.kind === kind)
  expect(last('promotion')).toMatchObject({
    reader: 'ben',
    reason: 'It is the first one.',
    object: { type: 'model', id: 1, name: 'first' },
    before: { inUse: 'first' },
    after: { inUse: 'first', promotion: 2 },
  })
  expect(last('operating-point')).toMatchObject({ after: { threshold: 0.33 } })
  expect(last('undo')).toMatchObject({
    reader: 'ben',
    object: { type: 'image', id: 1 },
    before: { class: 'Malignant', reader: 'ben' },
    after: { class: 'Benign' },
  })
  const report = { imported: 2 * folds, labelled: 2 * folds, images: 2 * folds }
  expect(events.filter(({ kind }) => kind === 'import')).toContainEqual(
    expect.objectContaining({
      object: expect.objectContaining({ type: 'job', name: 'Import images' }) as unknown,
      after: expect.objectContaining({
        state: 'done',
        report: expect.objectContaining(report) as unknown,
      }) as unknown,
    }),
  )
  const written = readFileSync(file('worklist.csv'))
  const csv = createHash('sha256').update(written).digest('hex')
  const exported = events.filter(({ kind }) => kind === 'export')
  expect(exported).toContainEqual(
    expect.objectContaining({ after: { what: 'worklist', images: 2 * folds, sha256: csv } }),
  )
})
