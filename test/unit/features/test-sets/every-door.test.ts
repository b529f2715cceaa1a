import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  calls,
  fromErrorView,
  type CallInput,
  type CallName,
  type CallOutput,
  type ImageView,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import { openWorkspace } from '../../../../electron/store/index.ts'
import { quickCompute, quickPrediction, quickSlide } from '../audit/quick-compute.ts'
import { scenariosOf } from '../audit/scenarios.ts'

/**
 * The locked test set cannot be trained on by any door. Every call of the contract is made on workspaces whose locked cases
 * are drawn at random; every task of the compute process that learns from images, and every table that holds what was
 * learned, is watched for them.
 */
const perClass = 8
const lockedPerClass = 2

interface Watched {
  application: Application
  root: string
  /** Content hashes of the locked images. */
  locked: Set<string>
  /** Content hashes that each watched task was given. */
  given: { task: 'train' | 'describeFields' | 'makeReference' | 'predict' | 'analyseSlide'; sha256: string }[]
  call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>
  finish: (started: { jobId: number }) => Promise<void>
}

async function makeImages(root: string): Promise<void> {
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < perClass; n++) {
      const background = { r: 20 * n, g: 90 * c, b: 99 }
      await sharp({ create: { width: 16, height: 12, channels: 3, background } })
        .png()
        .toFile(join(root, 'images', name, `${n}.png`))
    }
  }
  mkdirSync(join(root, 'tested', 'Benign'), { recursive: true })
  await sharp({ create: { width: 16, height: 13, channels: 3, background: { r: 1, g: 2, b: 3 } } })
    .png()
    .toFile(join(root, 'tested', 'Benign', 'tested.png'))
}

async function start(): Promise<Watched> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-doors-'))
  await makeImages(root)
  const given: Watched['given'] = []
  const hashOf = (file: string): string => /[0-9a-f]{64}/.exec(file)?.[0] ?? 'unknown'
  const watch = (task: 'train' | 'makeReference', images: readonly { files: readonly string[] }[]): void => {
    for (const { files } of images) given.push({ task, sha256: hashOf(files[0] ?? '') })
  }
  const { launch } = quickCompute(
    {
      // The name of the descriptor file tells the image in what follows.
      describe: ({ image }) => Promise.resolve({ files: [`${image.sha256}.npy`], flags: [], backends: [] }),
      describeFields: ({ image, fields }) => {
        given.push({ task: 'describeFields', sha256: image.sha256 })
        return Promise.resolve(fields.map(() => [`${image.sha256}.npy`]))
      },
      makeReference: ({ images }) => {
        watch(
          'makeReference',
          images.flatMap(({ fields }) => fields.map((files) => ({ files }))),
        )
        return Promise.resolve(null)
      },
      predict: ({ description }) => {
        given.push({ task: 'predict', sha256: description.image.sha256 })
        return Promise.resolve(quickPrediction)
      },
      analyseSlide: (task, context) => {
        given.push({ task: 'analyseSlide', sha256: task.image.sha256 })
        return quickSlide(task, context)
      },
    },
    (request) => watch('train', request.images),
  )
  const application = createApplication({
    homeDirectory: join(root, 'home'),
    version: '0.0.0',
    launchCompute: launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
  const call: Watched['call'] = async (name, input) => {
    const answer = await dispatch(application.handlers, name, input)
    if (!answer.ok) throw fromErrorView(answer.error)
    return answer.value as never
  }
  const finish = async ({ jobId }: { jobId: number }): Promise<void> => {
    for (;;) {
      if (hasEnded(await call('job.get', { jobId }))) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { application, root, locked: new Set(), given, call, finish }
}

/** Locks some images of each class, drawn by the seed. */
async function lock(watched: Watched, seed: number): Promise<void> {
  const images = await watched.call('image.list', {})
  const chosen = ['Benign', 'Malignant'].flatMap((name) =>
    keyedGenerator('doors', seed, name)
      .shuffle(images.filter(({ label }) => label?.className === name))
      .slice(0, lockedPerClass),
  )
  const imageIds = chosen.map(({ id }) => id)
  const rule = { kind: 'images', imageIds } as const
  await watched.call('testSet.lock', { name: `drawn ${seed}`, rule, reason: 'A test.' })
  for (const { sha256 } of chosen) watched.locked.add(sha256)
}

/** Calls that change the set itself come last, or with sets of their own. */
const ofTestSets = (name: string): boolean => name.startsWith('testSet.')

describe.each([1, 2, 3])('with locked images of draw %i', (seed) => {
  let watched: Watched
  const made: string[] = []
  beforeAll(async () => {
    watched = await start()
    const { call, finish, root } = watched
    const scenarios = scenariosOf({
      call,
      finish,
      hasEnded: async (jobId) => hasEnded(await call('job.get', { jobId })),
      file: (name) => join(root, name),
    })
    for (const [name, { before, run, after }] of Object.entries(scenarios)) {
      if (ofTestSets(name)) continue
      // What a call refuses because of the lock is as good as what it leaves out.
      await before?.().catch(() => undefined)
      await run().catch(() => undefined)
      await after?.()
      made.push(name)
      if (name === 'image.import') await lock(watched, seed)
    }
    await remainingCalls(watched, made)
  })
  afterAll(async () => {
    await watched.application.close()
    rmSync(watched.root, { recursive: true })
  })

  it('makes every call', () => {
    const all = Object.keys(calls).filter((name) => !ofTestSets(name))
    expect(all.filter((name) => !made.includes(name))).toEqual([])
  })

  it('trains, classifies and explains, but never with a locked image', () => {
    expect(watched.locked.size).toBe(2 * lockedPerClass)
    const tasks = new Set(watched.given.map(({ task }) => task))
    expect([...tasks].toSorted()).toEqual([
      'analyseSlide',
      'describeFields',
      'makeReference',
      'predict',
      'train',
    ])
    expect(watched.given.filter(({ sha256 }) => sha256 === 'unknown')).toEqual([])
    expect(watched.given.filter(({ sha256 }) => watched.locked.has(sha256))).toEqual([])
  })

  /** The labelled images that are not locked, at least those of the first import. */
  const trainable = async (): Promise<number> => {
    const images = await watched.call('image.list', {})
    const free = images.filter(({ label, sha256 }) => label !== null && !watched.locked.has(sha256))
    expect(free.length).toBeGreaterThanOrEqual(2 * (perClass - lockedPerClass))
    return free.length
  }

  it('measures learning curves without them', async () => {
    const curves = (await watched.call('job.list', {})).filter(({ kind }) => kind === 'learning-curve')
    expect(curves.map(({ state }) => state)).toEqual(['done'])
    const { learningCurve } = await watched.call('model.report', { model: 'first' })
    expect(learningCurve?.images).toBe(await trainable())
  })

  it('compares encoders without them', async () => {
    const found = await watched.call('model.encoderComparison', {})
    expect(found?.comparison.images).toBe(await trainable())
    expect(found?.comparison.warnings.join()).toContain('4 labelled images of locked test sets were left out')
  })

  it('stores no fold and no suggestion of a locked image', async () => {
    const images = await watched.call('image.list', {})
    const locked = images.filter(({ sha256 }) => watched.locked.has(sha256))
    expect(locked.every(({ testSet, verdict }) => testSet === `drawn ${seed}` && verdict === null)).toBe(true)
    const models = await watched.call('model.list', {})
    expect(models.length).toBeGreaterThan(1)
    for (const { name } of models) {
      const { predictions, warnings } = await watched.call('model.report', { model: name })
      expect(predictions.filter(({ sha256 }) => watched.locked.has(sha256))).toEqual([])
      expect(warnings.join()).toContain('4 labelled images of locked test sets were left out')
    }
  })

  it('refuses the row itself, whatever program writes it', async () => {
    const { path } = await watched.call('workspace.info', {})
    const [image] = (await watched.call('image.list', {})).filter(({ testSet }) => testSet)
    await watched.call('workspace.close', {})
    const store = openWorkspace(path, 'test')
    const insert = (): unknown =>
      store.database
        .prepare(
          "INSERT INTO folds (model_id, image_id, fold, class_name, probabilities) VALUES (1, ?, 0, 'Benign', '[1,0]')",
        )
        .run(image?.id)
    expect(insert).toThrow(/locked test set cannot train|unexpected|constraint/i)
    store.close()
    await watched.call('workspace.open', { path })
  })
})

/** The calls that leave no event, and those that nothing above made, with inputs that reach for locked images. */
async function remainingCalls({ call, finish, root, locked }: Watched, made: string[]): Promise<void> {
  const images = await call('image.list', {})
  const hidden = images.filter(({ sha256 }) => locked.has(sha256)) as [ImageView, ...ImageView[]]
  const imageId = hidden[0].id
  const imageIds = hidden.map(({ id }) => id)
  const path = hidden[0].path
  const jobs = await call('job.list', {})
  const training = jobs.find(({ kind }) => kind === 'train')?.id ?? 0
  const drawn = images.map(({ id, label }): [CallName, object] => [
    'region.add',
    {
      imageId: id,
      geometry: { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 },
      className: label?.className ?? null,
      name: null,
      comment: null,
    },
  ])
  const inputs: [CallName, object][] = [
    ...drawn,
    ['model.train', { name: 'with regions', recipe: 'quick', regions: true }],
    ['model.estimate', { recipe: 'quick', regions: true }],
    ['model.classify', { imageIds: null, model: 'first' }],
    ['model.classify', { imageIds, model: 'first' }],
    ['model.classify', { imageIds: [imageId], model: 'first', effort: 'adaptive' }],
    ['explanation.create', { imageId, model: 'first' }],
    ['slide.analyse', { imageIds: [imageId], model: 'first' }],
    ['explanation.get', { imageId, model: 'first' }],
    ['explanation.write', { imageId, model: 'first', path: join(root, 'e.png') }],
    ['image.label', { imageIds, className: 'Malignant', reader: 'cleo' }],
    ['reading.adjudicate', { imageIds, className: 'Benign' }],
    ['image.import', { paths: [path], labels: 'none', casesPattern: '^.' }],
    // Another case, or none, does not set an image free.
    ['image.setCase', { imageIds, caseName: 'elsewhere' }],
    ['image.setCase', { imageIds, caseName: null }],
    ['model.train', { name: 'again', recipe: 'quick' }],
    ['model.train', { name: 'by image', recipe: 'quick', groupBy: 'image', use: 'always' }],
    ['model.train', { name: 'two', recipe: 'quick', changes: { folds: 2, seed: 5 } }],
    ['job.resume', { jobId: training }],
    ['job.retry', { jobId: training }],
    ['model.compare', { first: 'first', second: 'again' }],
    ['model.estimate', { recipe: 'quick' }],
    ['model.subgroups', { model: 'first', column: 'folder' }],
    ['model.learningCurve', { model: 'first', repeats: 1 }],
    ['model.compareEncoders', { recipe: 'quick', encoders: ['resnet50'] }],
  ]
  const asked = new Set<string>(made)
  const rest = Object.keys(calls).filter((name) => !ofTestSets(name) && !asked.has(name)) as CallName[]
  const plain = rest
    .filter((name) => !inputs.some(([known]) => known === name))
    .map((name): [CallName, object] => [
      name,
      plainInputs[name] ?? { imageId, model: 'first', jobId: training },
    ])
  for (const [name, input] of [...inputs, ...plain]) {
    // Closing would end it.
    if (name !== 'workspace.close') {
      const answer = await call(name, input as never).catch(() => null)
      const started = answer as { jobId?: number } | null
      if (typeof started?.jobId === 'number') await finish({ jobId: started.jobId })
    }
    made.push(name)
  }
}

const plainInputs: Partial<Record<CallName, object>> = {
  'image.list': {},
  'model.list': {},
  'workspace.check': {},
  'storage.clean': { descriptors: false, explanations: false, leftovers: false },
}
