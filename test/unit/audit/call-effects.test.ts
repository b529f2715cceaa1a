import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  AppError,
  callEffects,
  calls,
  fromErrorView,
  type AuditKind,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../electron/contract/index.ts'
import type { PackRequest } from '../../../electron/engine/model-package/index.ts'
import { hasEnded } from '../../../electron/jobs/queue.ts'
import type { Application } from '../../../electron/services/application.ts'
import { createApplication } from '../../../electron/services/create-application.ts'
import { dispatch } from '../../../electron/services/dispatch.ts'
import { taskHandlers } from '../../../electron/workers/tasks.ts'
import { inProcessCompute } from '../../support/in-process-compute.ts'

/** Calls that leave events. */
type Audited = { [N in CallName]: (typeof callEffects)[N] extends readonly AuditKind[] ? N : never }[CallName]

let root: string
let application: Application
const folds = 5

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const packedAt = (path: string): PackRequest => JSON.parse(readFileSync(path, 'utf8')) as PackRequest
/** What takes minutes or a network is made up; everything else is what the compute process does. */
const compute = inProcessCompute({
  ...taskHandlers,
  encoderRequire: () => Promise.resolve({ source: 'demo', fingerprints: { resnet50: 'f' } }),
  encoderDemo: () => Promise.resolve({ installed: ['resnet50'] }),
  encoderFetch: () => Promise.resolve({ installed: ['resnet50'] }),
  encoderImport: ({ paths }) => Promise.resolve({ installed: paths, failed: [] }),
  describe: () => Promise.resolve({ files: ['a.npy'], flags: [], backends: [] }),
  train: ({ images, options: { directory } }) => {
    mkdirSync(directory, { recursive: true })
    const text = 'a booster'
    writeFileSync(join(directory, `${sha256(text)}.txt`), text)
    const outOfFold = images.map(({ classIndex }) => (classIndex === 0 ? [0.8, 0.2] : [0.4, 0.6]))
    const boosters = Array.from({ length: folds }, (_, fold) => ({
      constituent: 0,
      fold,
      seed: 0,
      textSha256: sha256(text),
    }))
    return Promise.resolve({ boosters, outOfFold, outOfFoldByConstituent: [outOfFold] })
  },
  predict: () => Promise.reject(new AppError('image.truncated', { path: 'a.png', reason: 'cut' })),
  packModel: (request) => {
    writeFileSync(request.path, JSON.stringify(request))
    return Promise.resolve({ bytes: 1, sha256: sha256('package') })
  },
  inspectPackage: ({ path }) => Promise.resolve({ ...packedAt(path).manifest, entries: [] }),
  unpackModel: ({ path, directory }) => {
    const { report, folds: table, texts } = packedAt(path)
    for (const text of texts) writeFileSync(join(directory, `${text.sha256}.txt`), 'a booster')
    const textSha256s = texts.map((text) => text.sha256)
    return Promise.resolve({ report, folds: table, textSha256s, sha256: sha256('package') })
  },
})

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
const run =
  <N extends CallName>(name: N, input: () => CallInput<N>) =>
  async (): Promise<void> =>
    finish((await call(name, input())) as { jobId: number })
const just =
  <N extends CallName>(name: N, input: () => CallInput<N>) =>
  async (): Promise<void> => {
    await call(name, input())
  }

const images = (): string => join(root, 'images')
const file = (name: string): string => join(root, name)
const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const
const region = { imageId: 1, geometry: square, className: 'Benign', name: null, comment: null } as const

interface Scenario {
  /** Brings about what the call needs; its events do not count. */
  before?: () => Promise<void>
  run: () => Promise<void>
  leaves: readonly AuditKind[]
}
const scenario = (
  leaves: readonly AuditKind[],
  work: () => Promise<void>,
  before?: () => Promise<void>,
): Scenario => (before === undefined ? { run: work, leaves } : { run: work, leaves, before })

/** In an order in which each finds what it needs; a call of the contract without one does not compile. */
const scenarios: Record<Audited, Scenario> = {
  'workspace.create': scenario(
    ['chain'],
    just('workspace.create', () => ({ path: file('w'), classes: 'Benign,Malignant*' })),
  ),
  'classes.set': scenario(
    ['classes'],
    just('classes.set', () => ({
      classes: [
        { name: 'Benign', isPositive: false, key: '1', colour: '#0072b2' },
        { name: 'Malignant', isPositive: true, key: '2', colour: '#d55e00' },
      ],
    })),
  ),
  'reader.add': scenario(
    ['reader'],
    just('reader.add', () => ({ name: 'ben' })),
  ),
  'reader.set': scenario(
    ['reader'],
    just('reader.set', () => ({ name: 'ben' })),
  ),
  'reader.setBlind': scenario(
    ['reading'],
    just('reader.setBlind', () => ({ isBlind: true })),
  ),
  'encoder.demo': scenario(
    ['encoder', 'encoder'],
    run('encoder.demo', () => ({ names: ['resnet50'] })),
  ),
  'encoder.fetch': scenario(
    ['encoder', 'encoder'],
    run('encoder.fetch', () => ({ names: ['resnet50'] })),
  ),
  'encoder.import': scenario(
    ['encoder', 'encoder'],
    run('encoder.import', () => ({ paths: [file('a.h5')] })),
  ),
  // A label of each image that lies in a class's folder, between the job's beginning and its end.
  'image.import': scenario(
    ['import', ...Array.from({ length: 2 * folds }, () => 'label' as const), 'import'],
    run('image.import', () => ({ paths: [images()], labels: 'folder', casesPattern: null })),
  ),
  'image.label': scenario(
    ['label', 'label'],
    just('image.label', () => ({ imageIds: [1, 2], className: 'Malignant', reader: 'ben' })),
  ),
  'label.undo': scenario(
    ['undo', 'undo'],
    just('label.undo', () => ({ imageIds: [1, 2], reader: 'ben' })),
  ),
  'reading.adjudicate': scenario(
    ['adjudication'],
    just('reading.adjudicate', () => ({ imageIds: [1], className: 'Benign' })),
  ),
  'label.export': scenario(
    ['export'],
    just('label.export', () => ({ path: file('labels.csv') })),
  ),
  'region.add': scenario(
    ['region'],
    just('region.add', () => region),
  ),
  'region.change': scenario(
    ['region'],
    just('region.change', () => ({ regionId: 1, comment: 'here' })),
  ),
  'region.delete': scenario(
    ['region'],
    just('region.delete', () => ({ regionId: 1 })),
  ),
  'region.undo': scenario(
    ['region'],
    just('region.undo', () => ({ imageId: 1 })),
  ),
  'region.export': scenario(
    ['export'],
    just('region.export', () => ({ imageId: 1, path: file('regions.geojson') })),
  ),
  'region.import': scenario(
    ['region'],
    just('region.import', () => ({ imageId: 2, source: { path: file('regions.geojson') } })),
  ),
  'model.train': scenario(
    ['training'],
    run('model.train', () => ({ name: 'first', recipe: 'quick' })),
  ),
  'model.promote': scenario(
    ['promotion'],
    just('model.promote', () => ({ model: 'first', reason: 'It is the first one.' })),
  ),
  'model.rollback': scenario(
    ['rollback'],
    just('model.rollback', () => ({})),
  ),
  'model.setOperatingPoint': scenario(
    ['operating-point'],
    just('model.setOperatingPoint', () => ({ model: 'first', threshold: 0.33 })),
  ),
  'model.writeReport': scenario(
    ['report'],
    just('model.writeReport', () => ({ model: null, path: file('model.html') })),
  ),
  'model.writeVerdicts': scenario(
    ['export'],
    just('model.writeVerdicts', () => ({ model: null, path: file('verdicts.csv'), images: [] })),
  ),
  'model.export': scenario(
    ['export'],
    run('model.export', () => ({ model: 'first', path: file('first.zip') })),
  ),
  // The operating point comes along.
  'model.import': scenario(
    ['model', 'operating-point'],
    run('model.import', () => ({ path: file('first.zip'), name: 'second' })),
  ),
  // Each image is listed as failed, which the second try is then about.
  'model.classify': scenario(
    ['classification', 'classification'],
    run('model.classify', () => ({ imageIds: [1, 2], model: 'first' })),
  ),
  'job.retry': scenario(['classification', 'classification'], async () => {
    const [last] = await call('job.list', {})
    await finish(await call('job.retry', { jobId: last?.id ?? 0 }))
  }),
  'job.resume': scenario(
    ['classification', 'classification'],
    async () => {
      const [last] = await call('job.list', {})
      await call('job.resume', { jobId: last?.id ?? 0 })
      await finish({ jobId: last?.id ?? 0 })
    },
    async () => {
      const { jobId } = await call('model.classify', { imageIds: [1], model: 'first' })
      await call('job.cancel', { jobId })
      while (!hasEnded(await call('job.get', { jobId })))
        await new Promise((resolve) => setTimeout(resolve, 5))
    },
  ),
  'workspace.relink': scenario(
    ['relink', 'relink'],
    run('workspace.relink', () => ({ directory: file('elsewhere') })),
    () => {
      renameSync(images(), file('elsewhere'))
      return Promise.resolve()
    },
  ),
  'case.report': scenario(
    ['report'],
    just('case.report', () => ({ imageIds: [1, 2], path: file('case.html') })),
  ),
  'worklist.export': scenario(
    ['export'],
    just('worklist.export', () => ({ path: file('worklist.csv') })),
  ),
  'audit.export': scenario(
    ['export'],
    just('audit.export', () => ({ path: file('trail.jsonl') })),
  ),
}

/** Calls that leave none, with what they are asked here. */
const silent: { [N in Exclude<CallName, Audited>]?: CallInput<N> } = {
  'app.info': {},
  'app.acknowledge': {},
  'audit.list': {},
  'audit.state': {},
  'audit.verify': {},
  'encoder.list': {},
  'image.get': { imageId: 1 },
  'image.list': {},
  'image.preview': { paths: ['/nowhere'], labels: 'none', casesPattern: null },
  'image.verdicts': { imageId: 1 },
  'job.list': {},
  'label.list': {},
  'model.list': {},
  'model.promotions': {},
  'model.report': { model: 'first' },
  'reader.list': {},
  'reading.agreement': {},
  'recipe.list': {},
  'region.history': { imageId: 1 },
  'region.list': { imageId: 1 },
  'storage.clean': {},
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
  application = createApplication({
    homeDirectory: file('home'),
    version: '0.0.0',
    launchCompute: compute.launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

const eventCount = async (): Promise<number> =>
  (await call('workspace.current', {})) === null ? 0 : (await call('audit.list', { limit: 1 })).total

for (const [name, { before, run: work, leaves }] of Object.entries(scenarios)) {
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
    const declared: readonly string[] = callEffects[name as Audited]
    for (const kind of leaves) expect(declared).toContain(kind)
  })
}

it('every call that leaves events was made', () => {
  const audited = Object.entries(callEffects).filter(([, effect]) => typeof effect === 'object')
  expect(Object.keys(scenarios).toSorted()).toEqual(audited.map(([name]) => name).toSorted())
  expect(Object.keys(callEffects).toSorted()).toEqual(Object.keys(calls).toSorted())
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
    ['model.promote', { model: 'nobody' }],
    ['model.rollback', {}],
    ['model.setOperatingPoint', { model: 'nobody', threshold: 0.5 }],
    ['label.export', { path: file('no/such/folder/labels.csv') }],
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

it('the trail is whole after all of it, and names readers, reasons, and what stood before', async () => {
  expect(await call('audit.verify', {})).toMatchObject({ whole: true, problems: [] })
  const { events } = await call('audit.list', { limit: 1000 })
  const last = (kind: AuditKind): unknown => events.find((event) => event.kind === kind)
  expect(last('promotion')).toMatchObject({
    reader: 'ben',
    reason: 'It is the first one.',
    object: { type: 'model', id: 1, name: 'first' },
    before: { inUse: 'first' },
    after: { inUse: 'first', promotion: 1 },
  })
  expect(last('operating-point')).toMatchObject({ after: { threshold: 0.33 } })
  expect(last('undo')).toMatchObject({
    reader: 'ben',
    object: { type: 'image', id: 2 },
    before: { class: 'Malignant', reader: 'ben' },
    after: { class: 'Benign' },
  })
  expect(last('import')).toMatchObject({
    object: { type: 'job', name: 'Import images' },
    after: { state: 'done', report: { imported: 2 * folds, labelled: 2 * folds, images: 2 * folds } },
  })
  const written = readFileSync(file('worklist.csv'))
  const csv = createHash('sha256').update(written).digest('hex')
  const exported = events.filter(({ kind }) => kind === 'export')
  expect(exported).toContainEqual(
    expect.objectContaining({ after: { what: 'worklist', images: 2 * folds, sha256: csv } }),
  )
})
