import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  AppError,
  actionText,
  fromErrorView,
  hasCode,
  parseClassScheme,
  type CallInput,
  type CallName,
  type CallOutput,
  type ErrorCode,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import { createWorkspace, insertImage, openWorkspace } from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { quickCompute } from '../audit/quick-compute.ts'
import { adjudicate, setLabels } from '../../../support/at-once.ts'

/** The calls as a page makes them: blind readers see what they may see. */
let root: string
let application: Application

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-undo-rules-'))
  const store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  for (const n of [1, 2, 3])
    insertImage(
      store.database,
      newImage(`${n}`.repeat(64), { path: `/secret/SOB_B-${n}.png`, widthPx: 9, heightPx: 9 }),
    )
  store.close()
  await openApplication()
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

async function openApplication(): Promise<void> {
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: '0.0.0',
    launchCompute: quickCompute().launch,
    door: { tiles: '', choose: null },
  })
  await call('workspace.open', { path: join(root, 'w') })
  await call('reader.set', { name: 'ben' })
}

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await dispatch(application.handlers, name, input)
  if (!answer.ok) throw fromErrorView(answer.error)
  return answer.value as CallOutput<N>
}

/** Does something as the command line would, while the application is closed. */
async function elsewhere(work: (database: Parameters<typeof setLabels>[0]) => void): Promise<void> {
  await application.close()
  const store = openWorkspace(join(root, 'w'), 'test')
  work(store.database)
  store.close()
  await openApplication()
}

/** The ids of the images as the reader gets them; a blind reader gets others, in the order of the contents. */
const ids = async (): Promise<[number, number, number]> =>
  (await call('image.list', {})).map(({ id }) => id) as [number, number, number]

const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))
const next = async (): Promise<{ undo: string | null; redo: string | null }> => {
  const { undo, redo } = await call('undo.state', {})
  return {
    undo: undo === null ? null : actionText(undo),
    redo: redo === null ? null : actionText(redo),
  }
}

it('names steps, keeps them over a restart, and a new step ends the redo', async () => {
  await call('image.label', { imageIds: [1], className: 'Benign' })
  await call('image.label', { imageIds: [2, 3], className: null, isUnsure: true })
  await call('label.comment', { imageId: 1, comment: 'a hint' })
  await call('region.add', { imageId: 2, geometry: { kind: 'point', points: [[1, 1]] } })
  expect(await next()).toEqual({ undo: 'new region on SOB_B-2.png', redo: null })
  await call('undo.undo', {})
  await call('undo.undo', {})
  expect(await next()).toEqual({ undo: 'unsure on 2 images', redo: 'comment on SOB_B-1.png' })
  await application.close()
  await openApplication()
  expect(await next()).toEqual({ undo: 'unsure on 2 images', redo: 'comment on SOB_B-1.png' })
  await call('undo.redo', {})
  expect((await call('image.get', { imageId: 1 })).readings.all).toMatchObject([{ comment: 'a hint' }])
  await call('undo.undo', {})
  await call('image.label', { imageIds: [3], className: 'Benign' })
  expect(await next()).toEqual({ undo: 'Benign on SOB_B-3.png', redo: null })
  await expect(call('undo.redo', {})).rejects.toEqual(code('undo.nothing'))
})

it('changes nothing on an image that another reader has removed, until it is restored', async () => {
  const region = { imageId: 1, geometry: { kind: 'point' as const, points: [[1, 1] as [number, number]] } }
  const steps = [
    () => call('image.label', { imageIds: [1, 2], className: 'Benign' }),
    () => call('label.comment', { imageId: 1, comment: 'a hint' }),
    () => call('image.setCase', { imageIds: [1], caseName: 'K1' }),
    () => call('region.add', region),
  ]
  for (const take of steps) {
    await take()
    await call('image.setRemoved', { imageIds: [1], isRemoved: true, reader: 'ada' })
    const { events } = await call('audit.list', {})
    await expect(call('undo.undo', {})).rejects.toEqual(code('image.removed'))
    expect((await call('audit.list', {})).events).toEqual(events)
    await call('image.setRemoved', { imageIds: [1], isRemoved: false, reader: 'ada' })
    const { images } = await call('undo.undo', {})
    expect(images[0]?.id).toBe(1)
    await call('undo.redo', {})
  }
})

it('refuses a step that is not the one that was meant', async () => {
  await call('image.label', { imageIds: [1], className: 'Benign' })
  const { undo } = await call('undo.state', {})
  await call('image.label', { imageIds: [2], className: 'Benign' })
  await expect(call('undo.undo', { action: undo?.id ?? 0 })).rejects.toEqual(code('undo.not-next'))
  expect(await next()).toEqual({ undo: 'Benign on SOB_B-2.png', redo: null })
})

it('leaves the label as it was given when a comment is added, changed, removed and undone', async () => {
  await call('reader.setBlind', { isBlind: true })
  const [first, second] = await ids()
  const [given] =
    (await call('image.label', { imageIds: [first], className: 'Benign', comment: 'first' }))[0]?.readings
      .all ?? []
  expect(given).toMatchObject({ isBlind: true, comment: 'first' })
  const after = async (comment: string | null) =>
    (await call('label.comment', { imageId: first, comment })).readings.all
  expect(await after('second')).toEqual([{ ...given, comment: 'second' }])
  expect(await after(null)).toEqual([{ ...given, comment: null }])
  expect((await call('undo.undo', {})).images[0]?.readings.all).toEqual([{ ...given, comment: 'second' }])
  expect((await call('undo.undo', {})).images[0]?.readings.all).toEqual([given])
  expect((await call('undo.redo', {})).images[0]?.readings.all).toEqual([{ ...given, comment: 'second' }])
  expect(await call('label.list', {})).toHaveLength(1)
  await expect(call('label.comment', { imageId: second, comment: null })).rejects.toEqual(
    code('label.nothing-to-comment'),
  )
})

it('keeps a comment without a label, which reveals nothing, until the label of its reader has it', async () => {
  await call('reader.setBlind', { isBlind: true })
  const [first] = await ids()
  const stored = async () => (await call('image.get', { imageId: first })).readings
  await call('label.comment', { imageId: first, comment: 'torn edge' })
  const noted = { all: [], adjudication: null, isWithheld: true, notes: [{ comment: 'torn edge' }] }
  expect(await stored()).toMatchObject(noted)
  expect((await next()).undo).toMatch(/^comment on /)
  await call('label.comment', { imageId: first, comment: 'torn' })
  expect((await stored()).notes).toMatchObject([{ reader: 'ben', comment: 'torn' }])
  await call('undo.undo', {})
  await call('undo.undo', {})
  expect((await stored()).notes).toBeUndefined()
  await call('undo.redo', {})
  expect(await stored()).toMatchObject(noted)

  const [labelled] = await call('image.label', { imageIds: [first], className: 'Benign' })
  expect(labelled?.readings).toMatchObject({
    all: [{ className: 'Benign', isBlind: true, comment: 'torn edge' }],
    isWithheld: false,
  })
  expect(labelled?.readings.notes).toBeUndefined()
  await call('undo.undo', { confirmBlind: true })
  expect((await stored()).notes).toMatchObject([{ comment: 'torn edge' }])
  // Another blind reader sees none of it.
  await call('reader.set', { name: 'ada' })
  await call('reader.setBlind', { isBlind: true })
  const seenByOther = JSON.stringify([await call('image.list', {}), await call('label.list', {})])
  expect(seenByOther).not.toContain('torn')
  await call('reader.setBlind', { isBlind: false })
  expect(await call('audit.verify', {})).toMatchObject({ whole: true })
})

it('neither withdraws nor replaces what its reader imported or chose elsewhere', async () => {
  await elsewhere((database) => {
    recordLabel(database, { imageId: 1, className: 'Benign', reader: 'ben', source: 'folder', as: 'import' })
  })
  await call('label.comment', { imageId: 1, comment: 'from the folder?' })
  const { label, readings } = await call('image.get', { imageId: 1 })
  expect(label).toMatchObject({ className: 'Benign', source: 'folder' })
  expect(readings).toMatchObject({ isDisputed: false, notes: [{ comment: 'from the folder?' }] })
})

it('withdraws a label that was given blind by no call without a confirmation', async () => {
  await call('reader.setBlind', { isBlind: true })
  const [first, second] = await ids()
  await call('image.label', { imageIds: [first, second], className: 'Benign' })
  const before = await call('label.list', {})
  const withdrawals = [
    () => call('image.label', { imageIds: [first, second], className: null }),
    () => call('undo.undo', {}),
    () => call('label.undo', { imageIds: [second] }),
  ]
  for (const withdraw of withdrawals) await expect(withdraw()).rejects.toEqual(code('label.blind-withdrawal'))
  expect(await call('label.list', {})).toEqual(before)
  // Another class replaces it, which needs none, and so does the undo of that.
  await call('image.label', { imageIds: [first], className: 'Malignant' })
  await call('undo.undo', {})
  await call('image.label', { imageIds: [first], className: null, confirmBlind: true })
  await call('undo.undo', {})
  await expect(call('undo.redo', {})).rejects.toEqual(code('label.blind-withdrawal'))
  await call('undo.redo', { confirmBlind: true })
  expect((await call('image.get', { imageId: first })).readings.all).toEqual([])
})

it('tells a blind reader neither file names of hidden images nor who changed something since', async () => {
  await elsewhere((database) => {
    for (const [reader, className] of [
      ['ben', 'Benign'],
      ['ada', 'Malignant'],
    ] as const)
      setLabels(database, [1], className, { reader, comment: null })
    // Adjudicates an image that they have not labelled themselves.
    setLabels(database, [2], 'Benign', { reader: 'ada', comment: null })
    adjudicate(database, [2], 'Malignant', { reader: 'ben', comment: null })
  })
  expect(await next()).toEqual({ undo: 'adjudication Malignant on SOB_B-2.png', redo: null })
  await call('reader.setBlind', { isBlind: true })
  expect(await next()).toEqual({ undo: 'adjudication on image 22222222', redo: null })
  expect(JSON.stringify(await call('undo.state', {}))).not.toMatch(/SOB|Malignant/)
  await expect(call('undo.undo', {})).rejects.toEqual(code('reading.blind'))

  const [, , third] = await ids()
  const { id } = await call('region.add', { imageId: third, geometry: { kind: 'point', points: [[1, 1]] } })
  expect(await next()).toEqual({ undo: 'new region on image 33333333', redo: null })
  await call('reader.setBlind', { isBlind: false })
  await call('region.change', { regionId: id, name: 'x', reader: 'ada' })
  await expect(call('undo.undo', {})).rejects.toThrow('because ada has changed the region since')
  await call('reader.setBlind', { isBlind: true })
  for (const undo of [() => call('undo.undo', {}), () => call('region.undo', { imageId: third })]) {
    const refusal: unknown = await undo().catch((error: unknown) => error)
    expect(refusal).toEqual(code('undo.changed-since'))
    expect(JSON.stringify([refusal, (refusal as AppError).message])).not.toContain('ada')
  }
})

it('does not undo an adjudication over another reader’s, and says whose it is', async () => {
  await call('image.label', { imageIds: [1], className: 'Benign' })
  await call('reading.adjudicate', { imageIds: [1], className: 'Benign' })
  await call('reading.adjudicate', { imageIds: [1], className: 'Malignant', reader: 'ada' })
  const before = await call('label.list', {})
  await expect(call('undo.undo', {})).rejects.toThrow(
    'This cannot be undone, because ada has changed the adjudication since. Nothing was changed.',
  )
  expect(await call('label.list', {})).toEqual(before)
  await call('undo.undo', { reader: 'ada' })
  await call('undo.undo', {})
  expect(await next()).toEqual({ undo: 'Benign on SOB_B-1.png', redo: 'adjudication Benign on SOB_B-1.png' })
})
