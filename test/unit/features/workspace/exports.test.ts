import { execFileSync } from 'node:child_process'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  calls,
  fromErrorView,
  type CallInput,
  type CallName,
  type CallOutput,
  type CropPlan,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { writeExplanation } from '../../../../electron/features/predictions/explanation-files.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import { workspaceFolders } from '../../../../electron/store/index.ts'
import { newExplanation } from '../../../support/explanation.ts'
import { folds, quickCompute } from '../audit/quick-compute.ts'
import { canLink } from '../../../support/links.ts'

/** Every call that writes a file where the user says. */
type ExportCall = {
  [N in CallName]: string extends keyof CallInput<N>
    ? never
    : 'replace' extends keyof CallInput<N>
      ? N
      : never
}[CallName]

interface Export<N extends ExportCall> {
  /** The file's name; it has the ending that is required. */
  fileName: string
  input: (path: string) => CallInput<N>
}

let root: string
let application: Application
let plan: CropPlan
let slideId: number
let importId: number
const file = (...names: string[]): string => join(root, ...names)
const workspace = (): string => file('w')
const image = (): string => file('images', 'Benign', '0.png')

const exports: { [N in ExportCall]: Export<N> } = {
  'app.writeSupportBundle': { fileName: 'x.txt', input: (path) => ({ path }) },
  'label.export': { fileName: 'x.csv', input: (path) => ({ path }) },
  'exchange.export': { fileName: 'x.jsonl', input: (path) => ({ path }) },
  'image.writeAccount': { fileName: 'x.csv', input: (path) => ({ path, jobId: importId }) },
  'worklist.export': { fileName: 'x.csv', input: (path) => ({ path }) },
  'case.report': { fileName: 'x.html', input: (path) => ({ path, imageIds: [1] }) },
  'audit.export': { fileName: 'x.jsonl', input: (path) => ({ path }) },
  'region.export': { fileName: 'x.geojson', input: (path) => ({ path, imageId: 1 }) },
  'slide.writeTissue': { fileName: 'x.geojson', input: (path) => ({ path, imageId: slideId }) },
  'model.writeReport': { fileName: 'x.json', input: (path) => ({ path, model: null }) },
  'model.writeEncoderComparison': { fileName: 'x.csv', input: (path) => ({ path }) },
  'checklist.write': { fileName: 'x.txt', input: (path) => ({ path, form: 'claim', model: null }) },
  'model.writeVerdicts': { fileName: 'x.csv', input: (path) => ({ path, model: null, images: [] }) },
  'model.export': { fileName: 'x.zip', input: (path) => ({ path, model: 'first' }) },
  'backup.create': { fileName: 'x.tar', input: (path) => ({ path }) },
  'explanation.write': { fileName: 'x.json', input: (path) => ({ path, imageId: 1, model: null }) },
  'slide.write': {
    fileName: 'slide.run.json',
    input: (path) => ({ directory: dirname(path), imageId: slideId, analysisId: 1, formats: ['run'] }),
  },
  'picture.resample': { fileName: 'x.png', input: (output) => ({ input: image(), output, scale: 1 }) },
  'stain.normalize': { fileName: 'x.tif', input: (output) => ({ input: image(), output, reference: null }) },
  'stain.augment': {
    fileName: 'x.tiff',
    input: (output) => ({ input: image(), output, hematoxylin: 1, eosin: 1 }),
  },
  'crops.cut': {
    fileName: '0_8_a0_0.png',
    input: (path) => ({ path: image(), plan, directory: dirname(path) }),
  },
  'descriptors.describe': {
    fileName: 'x.npy',
    input: (out) => ({
      image: image(),
      out,
      encoder: 'resnet50',
      cropPx: 400,
      augmentations: 1,
      mode: 'crops',
      seed: 0,
      backend: 'auto',
      raw: false,
      identity: false,
    }),
  },
}
const all = Object.entries(exports) as [ExportCall, Export<ExportCall>][]

const ask = (name: ExportCall, path: string, replace: boolean): ReturnType<typeof dispatch> =>
  dispatch(application.handlers, name, { ...exports[name].input(path), replace })
const refused = (code: string): object => ({ ok: false, error: { code } })

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

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-exports-'))
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(file('images', name), { recursive: true })
    for (let n = 0; n < folds; n++) {
      const background = { r: 20 * n, g: 90 * c, b: 99 }
      await sharp({ create: { width: 16, height: 12, channels: 3, background } })
        .png()
        .toFile(file('images', name, `${n}.png`))
    }
  }
  application = createApplication({
    homeDirectory: file('home'),
    version: '0.0.0',
    launchCompute: quickCompute().launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
  await call('workspace.create', { path: file('other'), classes: 'Benign,Malignant*' })
  await call('workspace.create', { path: workspace(), classes: 'Benign,Malignant*' })
  const started = await call('image.import', {
    paths: [file('images')],
    labels: 'folder',
    casesPattern: null,
  })
  importId = started.jobId
  await finish(started)
  await finish(await call('model.train', { name: 'first', recipe: 'quick' }))
  await finish(await call('model.compareEncoders', { recipe: 'quick', encoders: ['resnet50'] }))
  mkdirSync(file('slides'))
  await sharp({ create: { width: 20, height: 12, channels: 3, background: '#e0a0c0' } })
    .png()
    .toFile(file('slides', 'slide.png'))
  const unlabelled = { labels: 'none', casesPattern: null, pixelSizeUm: 0.5 } as const
  await finish(await call('image.import', { ...unlabelled, paths: [file('slides')] }))
  slideId = (await call('image.list', {})).length
  await finish(await call('slide.analyse', { imageIds: [slideId], model: 'first' }))
  const { sha256, fileName } = await call('image.get', { imageId: 1 })
  const explanation = newExplanation({ imageId: 1, modelId: 1, sha256, fileName })
  await writeExplanation({ folders: workspaceFolders(workspace()) }, explanation)
  plan = await call('crops.plan', { path: image(), sizePx: 8, count: 1, seed: 0, augmentation: 0 })
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})
beforeEach(() => rmSync(file('out'), { recursive: true, force: true }))

it('every call that writes a file is tested here', () => {
  const writing = Object.entries(calls).filter(
    ([name, { input, audit }]) =>
      // These fill an empty folder and never replace anything (e2e/cli/shards, features/exchange/hand-over).
      !name.startsWith('shard.') &&
      name !== 'exchange.handOver' &&
      ('replace' in input.shape ||
        (typeof audit === 'object' && audit.some((kind) => /export|report/.test(kind)))),
  )
  expect(writing.map(([name]) => name).toSorted()).toEqual(all.map(([name]) => name).toSorted())
})

describe.each(all)('%s', (name, { fileName }) => {
  const path = (): string => file('out', fileName)
  const withOut = (): void => {
    mkdirSync(file('out'))
  }

  it('writes a file, and replaces it only if asked', async () => {
    // Its writer is tested with encoders.
    if (name === 'descriptors.describe') return
    // These create no folder, the first since its writer is a stub here.
    if (name === 'model.export' || name === 'backup.create') withOut()
    const write = async (replace: boolean): Promise<void> => {
      const answer = await ask(name, path(), replace)
      expect(answer).toMatchObject({ ok: true })
      if (answer.ok && 'jobId' in (answer.value as object)) await finish(answer.value as { jobId: number })
    }
    await write(false)
    expect(await ask(name, path(), false)).toMatchObject(refused('path.exists'))
    writeFileSync(path(), 'what was there')
    expect(await ask(name, path(), false)).toMatchObject(refused('path.exists'))
    expect(readFileSync(path(), 'utf8')).toBe('what was there')
    await write(true)
    expect(readFileSync(path(), 'utf8')).not.toBe('what was there')
    expect(readdirSync(file('out'))).toEqual([fileName])
  })

  it.runIf(process.platform !== 'win32').each([
    ['a folder', (place: string) => mkdirSync(place)],
    ['a symbolic link', (place: string) => symlinkSync(file('out', 'target'), place)],
    ['a named pipe', (place: string) => execFileSync('mkfifo', [place])],
  ])('never replaces %s', async (_, make) => {
    withOut()
    writeFileSync(file('out', 'target'), 'kept')
    make(path())
    const before = lstatSync(path()).ino
    for (const replace of [false, true]) {
      expect(await ask(name, path(), replace)).toMatchObject(refused('path.not-writable'))
    }
    expect(lstatSync(path()).ino).toBe(before)
    expect(readFileSync(file('out', 'target'), 'utf8')).toBe('kept')
  })

  it('asks for the ending of its kind', async () => {
    // They name the files themselves.
    if (name === 'crops.cut' || name === 'slide.write') return
    withOut()
    for (const wrong of ['x', 'x.sqlite', `${fileName}.exe`, '.csv']) {
      const answer = await ask(name, file('out', wrong), true)
      expect(answer.ok ? answer : answer.error.code, wrong).toMatch(/path.not-writable|call.invalid-input/)
    }
    expect(await ask(name, file('out', `a\0b${fileName}`), true)).toMatchObject(refused('call.invalid-input'))
    expect(readdirSync(file('out'))).toEqual([])
  })

  it('never writes among the files that a workspace or Lobule itself keeps', async () => {
    withOut()
    if (canLink) symlinkSync(workspace(), file('out', 'link'))
    const places = [
      ...['w', 'other', ...(canLink ? ['out/link'] : []), 'out/../w'].flatMap((of) =>
        Object.values(workspaceFolders('')).map((folder: string) => `${of}/${basename(folder)}`),
      ),
      'w/Boosters/new',
      'w/workspace.sqlite-wal',
      'home/encoders',
      'home/window/new',
      'home/audit-heads',
    ]
    for (const place of places) {
      const answer = await ask(name, `${root}/${place}/${fileName}`, true)
      expect(answer, place).toMatchObject(refused('path.protected'))
    }
    if (name === 'model.writeReport') {
      for (const own of ['settings.json', 'audit-heads.json', 'backends.json']) {
        expect(await ask(name, file('home', own), true), own).toMatchObject(refused('path.protected'))
      }
    }
    // The user may keep own files beside Lobule's, as on a stick with everything.
    if (name === 'label.export')
      expect(await ask(name, file('home', fileName), true)).toMatchObject({ ok: true })
  })

  it('never replaces an image of the open workspace, whatever its name', async () => {
    withOut()
    linkSync(image(), path())
    const before = readFileSync(image())
    expect(await ask(name, path(), true)).toMatchObject(refused('path.protected'))
    if (basename(fileName).endsWith('.png') && name !== 'crops.cut') {
      if (canLink) symlinkSync(dirname(image()), file('out', 'folder'))
      const gone = file('images', 'Benign', '1.png')
      const content = readFileSync(gone)
      rmSync(gone)
      const linked = canLink ? [file('out', 'folder', '0.png')] : []
      for (const spelled of [image(), ...linked, gone]) {
        expect(await ask(name, spelled, true)).toMatchObject(refused('path.protected'))
      }
      writeFileSync(gone, content)
    }
    expect(readFileSync(image())).toEqual(before)
  })
})
