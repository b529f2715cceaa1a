import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  calls,
  parseClassScheme,
  type Answer,
  type AnyEvent,
  type CallName,
  type CallOutput,
  type Handlers,
} from '../../../electron/contract/index.ts'
import type { Application } from '../../../electron/application/application.ts'
import type { DoorOptions } from '../../../electron/session/door-options.ts'
import { createApplication } from '../../../electron/application/create-application.ts'
import { dispatch } from '../../../electron/application/dispatch.ts'
import type { ServiceContext } from '../../../electron/session/context.ts'
import { Settings } from '../../../electron/session/settings.ts'
import { Redaction } from '../../../electron/application/redaction.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertVerdict,
  type Writable,
} from '../../../electron/store/index.ts'
import { inProcessCompute } from '../../support/in-process-compute.ts'
import { newImage, newModel } from '../../support/rows.ts'
import { setLabels } from '../../support/at-once.ts'

const classes = parseClassScheme('Normal,Lobular*')
let root: string
let application: Application
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-redaction-'))
  const store = createWorkspace(join(root, 'w'), classes, 'test')
  for (const n of [1, 2]) fill(store.database, n)
  store.close()
  await open({ tiles: '/slide', choose: null })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

/** An image whose folder, file name, label, comment and prediction all reveal the class. */
function fill(database: Writable, n: number): void {
  const imageId = insertImage(
    database,
    newImage(String(n).repeat(64), {
      path: `/pictures/Lobular/lobular-${n}.png`,
      synthetic: true,
      caseName: `case ${n}`,
    }),
  )
  setLabels(database, [imageId], 'Lobular', { reader: 'ada', comment: 'single files' })
  const modelId = n > 1 ? 1 : insertModel(database, newModel(classes))
  insertVerdict(database, {
    imageId,
    modelId,
    suggested: 'Lobular',
    probabilities: { Normal: 0.1, Lobular: 0.9 },
    carcinomaScore: 0.9,
    outOfFold: false,
    boosters: 1,
    flags: [{ code: 'out-of-focus', measured: 1, threshold: 2 }],
  })
}

async function open(door: DoorOptions): Promise<void> {
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: '0',
    launchCompute: inProcessCompute({}).launch,
    door,
  })
  await call('workspace.open', { path: join(root, 'w') })
}

const ask = (name: CallName, input: unknown): Promise<Answer> => dispatch(application.handlers, name, input)
async function call<N extends CallName>(name: N, input: unknown): Promise<CallOutput<N>> {
  const answer = await ask(name, input)
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
  return answer.value as CallOutput<N>
}
const readBlindAs = async (name: string): Promise<void> => {
  await call('reader.set', { name })
  await call('reader.setBlind', { isBlind: true })
}
/** The id of the image from the pictures' n-th file, as a blinded reader gets it: from the hash, not the row. */
const blindId = (n: number): number => 2 ** 52 + Number.parseInt(String(n).repeat(12), 16) * 16
/** What could influence a reader. */
const telling = /lobular-|\/Lobular|single files|"suggested"|out-of-focus|0\.9|"className"/
const image = (n: number): Promise<CallOutput<'image.get'>> => call('image.get', { imageId: blindId(n) })

it('removes everything that could influence a blind reader from every answer, image by image, until they decide', async () => {
  await readBlindAs('eva')
  const asked: [CallName, unknown][] = [
    ['image.list', {}],
    ['image.get', { imageId: blindId(1) }],
    ['image.verdicts', { imageId: blindId(1) }],
    ['label.list', {}],
    ['label.list', { imageId: blindId(1) }],
    ['model.verdicts', { model: 'm' }],
    ['job.list', {}],
  ]
  for (const [name, input] of asked)
    expect(JSON.stringify(await call(name, input)), name).not.toMatch(telling)
  const counted = await call('workspace.info', {})
  expect(counted.classes.map(({ images }) => images)).toEqual([0, 0])
  expect(counted).toMatchObject({
    labelled: 0,
    labelEntries: 0,
    classEntries: 0,
    verdicts: 0,
    readers: [{ entries: 0 }, { entries: 0 }],
  })
  expect(await call('workspace.current', {})).toMatchObject({ imageCount: 2, labelledCount: 0 })
  expect(await image(1)).toMatchObject({
    fileName: 'image 11111111',
    caseName: 'case 1',
    label: null,
    verdict: null,
    readings: { all: [], isWithheld: true },
  })

  expect(await call('image.label', { imageIds: [blindId(1)], className: 'Normal' })).toEqual([await image(1)])
  expect(await image(1)).toMatchObject({
    fileName: 'lobular-1.png',
    label: null,
    verdict: { suggested: 'Lobular' },
    readings: {
      isWithheld: false,
      isDisputed: true,
      all: [
        { reader: 'ada', className: 'Lobular', isBlind: false },
        { reader: 'eva', className: 'Normal', isBlind: true },
      ],
    },
  })
  expect(JSON.stringify(await image(2))).not.toMatch(telling)
  expect(await call('label.list', {})).toHaveLength(2)
  expect((await call('model.verdicts', { model: 'm' })).map(({ imageId }) => imageId)).toEqual([blindId(1)])
  expect(await call('workspace.info', {})).toMatchObject({
    disputed: 1,
    labelEntries: 2,
    classEntries: 2,
    verdicts: 1,
    readers: [{ name: 'ada', entries: 1 }, { entries: 1 }],
  })

  // What was seen cannot be unseen: another label is not blind, and its undo hides nothing again.
  await call('image.label', { imageIds: [blindId(1)], className: 'Lobular' })
  await call('label.undo', { imageIds: [blindId(1)] })
  expect(await call('label.undo', { imageIds: [blindId(1)], confirmBlind: true })).toEqual([await image(1)])
  expect((await image(1)).verdict?.suggested).toBe('Lobular')
  await call('image.label', { imageIds: [blindId(1)], className: 'Lobular' })
  expect((await image(1)).readings.all).toMatchObject([{ reader: 'ada' }, { reader: 'eva', isBlind: false }])
})

it('does nothing for another reader while the reader is blind, and takes their own name in any spelling', async () => {
  await readBlindAs('eva')
  const imageIds = [blindId(1)]
  const forAda: [CallName, object][] = [
    ['image.label', { imageIds, className: 'Lobular', reader: 'ada' }],
    ['image.label', { imageIds, className: 'Lobular', reader: 'zed' }],
    ['label.undo', { imageIds, reader: 'ada' }],
    ['region.list', { imageId: blindId(1), reader: 'ada' }],
  ]
  for (const [name, input] of forAda) {
    const answer = await ask(name, input)
    expect(answer, name).toMatchObject({ ok: false, error: { code: 'reading.other-reader' } })
    expect(JSON.stringify(answer)).not.toMatch(telling)
  }
  const own = await call('image.label', { imageIds, className: 'Normal', reader: ' EVA' })
  expect(own).toMatchObject([{ readings: { all: [{ reader: 'ada' }, { reader: 'eva', isBlind: true }] } }])
  await call('reader.setBlind', { isBlind: false })
  expect(await call('reading.adjudicate', { imageIds: [2], className: 'Normal' })).toMatchObject([
    { id: 2, fileName: 'lobular-2.png', label: { className: 'Normal', isAdjudicated: true } },
  ])
})

it('counts unsure as a decision', async () => {
  await readBlindAs('eva')
  await call('image.label', { imageIds: [blindId(1)], className: null, isUnsure: true })
  expect(await image(1)).toMatchObject({
    label: { className: 'Lobular' },
    readings: {
      isWithheld: false,
      all: [{ reader: 'ada' }, { reader: 'eva', isUnsure: true, isBlind: true }],
    },
  })
})

it('refuses calls that show other readers’ labels until blind reading ends', async () => {
  await readBlindAs('eva')
  const refused: [CallName, object][] = [
    ['label.export', { path: join(root, 'labels.csv') }],
    ['model.writeReport', { model: null, path: join(root, 'report.html') }],
    ['audit.list', {}],
    ['audit.export', { path: join(root, 'trail.csv') }],
    ['reading.agreement', {}],
    ['reading.study', {}],
    ['reading.adjudicate', { imageIds: [1], className: 'Normal' }],
  ]
  for (const [name, input] of refused) {
    expect(await ask(name, input), name).toMatchObject({ ok: false, error: { code: 'reading.blind' } })
  }
  await call('reader.setBlind', { isBlind: false })
  expect(await ask('reading.agreement', {})).toMatchObject({ ok: true })
  expect(await ask('audit.list', {})).toMatchObject({ ok: true })
})

it('refuses a call that has no record', async () => {
  await readBlindAs('eva')
  const secret = (): never => {
    throw new Error('was asked')
  }
  const handlers = Object.fromEntries(Object.keys(calls).map((name) => [name, secret]))
  const store = createWorkspace(join(root, 'other'), classes, 'test')
  const redaction = new Redaction({
    door: { tiles: '/slide', choose: null },
    settings: new Settings(join(root, 'home')),
    session: { isOpen: true, workspace: store },
  } as unknown as ServiceContext)
  const guarded = redaction.handlers({ ...handlers, 'new.call': secret } as unknown as Handlers)
  await expect((guarded as unknown as Record<string, () => unknown>)['new.call']?.()).rejects.toMatchObject({
    code: 'reading.blind',
  })
  store.close()
})

it('redacts for one reader, also after a restart, and never on the command line', async () => {
  await readBlindAs('eva')
  await call('reader.set', { name: 'ada' })
  const seen = (imageId: number): Promise<CallOutput<'image.get'>> => call('image.get', { imageId })
  expect((await seen(1)).verdict?.suggested).toBe('Lobular')
  await call('reader.set', { name: 'EVA' })
  expect((await call('app.info', {})).isBlind).toBe(true)
  expect((await image(1)).readings.isWithheld).toBe(true)
  await application.close()
  await open({ tiles: '/slide', choose: null })
  expect((await image(1)).readings.isWithheld).toBe(true)
  expect(await call('reader.list', {})).toMatchObject([
    { name: 'ada', isBlind: false, read: 0 },
    { name: 'eva', isBlind: true, read: 0 },
  ])
  await application.close()
  await open({ tiles: '', choose: null, isCommandLine: true })
  expect((await seen(1)).verdict?.suggested).toBe('Lobular')
  await call('image.label', { imageIds: [1], className: 'Normal', reader: 'eva' })
  expect((await seen(1)).readings.all.at(-1)).toMatchObject({ reader: 'eva', isBlind: false })
})

it('sends the reader to listeners, and shows no image of a prediction', async () => {
  const heard: AnyEvent[] = []
  application.onEvent((event) => heard.push(event))
  await readBlindAs('eva')
  expect(heard).toContainEqual({ name: 'reader.changed', payload: { reader: 'eva', isBlind: true } })
  expect(heard).toContainEqual({ name: 'images.changed', payload: { imageIds: null } })
  await expect(application.readPicture(`/${blindId(1)}/heat/1_0.png`)).rejects.toMatchObject({
    code: 'reading.blind',
  })
})
