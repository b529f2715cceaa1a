import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { sliceLength, withPauses, type Sliced } from '../../../../electron/base/slices.ts'
import {
  auditFilterSchema,
  parseClassScheme,
  type Answer,
  type CallName,
} from '../../../../electron/contract/index.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import * as later from '../../../../electron/features/images/set-later.ts'
import * as labels from '../../../../electron/features/labels/labels.ts'
import * as stack from '../../../../electron/features/undo/undo-stack.ts'
import {
  createWorkspace,
  currentImages,
  insertImage,
  listEvents,
  listImages,
  openWorkspace,
  type Store,
} from '../../../../electron/store/index.ts'
import { Session } from '../../../../electron/session/session.ts'
import { adjudicate, makeStep, setLabels } from '../../../support/at-once.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { newImage } from '../../../support/rows.ts'

/** Labels of more images than one slice has: the event loop turns in between, and all are one step. */
const slices = 3
const imageCount = (slices - 1) * sliceLength + 5
const imageIds = Array.from({ length: imageCount }, (_, index) => index + 1)
const ada = { reader: 'ada', comment: null }
const undo = { direction: 'undo', reader: 'ada', isBlinded: false } as const
const redo = { ...undo, direction: 'redo' } as const
const next = { action: null, confirmBlind: false }

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-many-'))
  for (const name of ['w', 'other']) {
    store = createWorkspace(join(root, name), parseClassScheme('Benign,Malignant*'), 'test')
    store.database.transaction(() => {
      for (const id of imageIds)
        insertImage(store.database, newImage(String(id).padStart(64, '0'), { path: `/none/${id}.png` }))
    })()
    if (name === 'w') store.close()
  }
  store.close()
  store = openWorkspace(join(root, 'w'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const labelled = (): number => listImages(store.database).filter(({ label }) => label !== null).length
const countOf = (direction: 'undo' | 'redo'): number | undefined =>
  stack.undoState(store.database, 'ada')[direction]?.images

/** Ends the program between two slices: what was written is on disk, and nothing else is done. */
function killed(work: Sliced<unknown>, afterYields: number): void {
  for (let n = 0; n < afterYields; n++) expect(work.next().done).toBe(false)
  store.close()
  store = openWorkspace(join(root, 'w'), 'test')
}

async function expectWhole(): Promise<void> {
  expect((await verifyChain(store.database)).problems).toEqual([])
}

it('keeps the slices that a killed label has written, as one step', async () => {
  killed(labels.setLabels(store.database, imageIds, 'Benign', ada), slices + 1)
  expect(labelled()).toBe(2 * sliceLength)
  expect(countOf('undo')).toBe(2 * sliceLength)
  await expectWhole()
  makeStep(store.database, undo, next)
  expect([labelled(), countOf('undo'), countOf('redo')]).toEqual([0, undefined, 2 * sliceLength])
  makeStep(store.database, redo, next)
  expect(labelled()).toBe(2 * sliceLength)
  await expectWhole()
})

it('ends a killed undo or redo when it is called again', async () => {
  setLabels(store.database, imageIds, 'Benign', ada)
  await expectWhole()
  killed(stack.makeStep(store.database, undo, next), slices + 1)
  expect(labelled()).toBe(imageCount - sliceLength)
  expect([countOf('undo'), countOf('redo')]).toEqual([imageCount, undefined])
  await expectWhole()
  makeStep(store.database, undo, next)
  expect([labelled(), countOf('undo'), countOf('redo')]).toEqual([0, undefined, imageCount])

  killed(stack.makeStep(store.database, redo, next), slices + 1)
  expect([labelled(), countOf('redo')]).toEqual([sliceLength, imageCount])
  makeStep(store.database, redo, next)
  expect([labelled(), countOf('undo'), countOf('redo')]).toEqual([imageCount, imageCount, undefined])
  await expectWhole()
})

it('sets cases in slices too, which one undo reverses, also after a kill', async () => {
  killed(later.setCaseLater(store.database, imageIds, 'one', 'ada'), slices + 1)
  const cases = (): number => listImages(store.database).filter(({ caseName }) => caseName !== null).length
  expect([cases(), countOf('undo')]).toEqual([2 * sliceLength, 2 * sliceLength])
  await expectWhole()
  makeStep(store.database, undo, next)
  expect([cases(), countOf('redo')]).toEqual([0, 2 * sliceLength])
  await expectWhole()
})

it('is one step in the audit trail, with its undo and redo', () => {
  const stepsOf = (count: number): (number | undefined)[] => {
    const filter = auditFilterSchema.parse({})
    const { events } = listEvents(store.database, filter, { olderThan: null, limit: count })
    return [...new Set(events.map(({ step }) => step))]
  }
  // Images that an import brought, one event each.
  expect(stepsOf(imageCount)).toEqual([undefined])
  setLabels(store.database, imageIds, 'Benign', ada)
  const [step] = stepsOf(imageCount)
  expect(step).toBeDefined()
  expect(stepsOf(imageCount)).toEqual([step])
  makeStep(store.database, undo, next)
  makeStep(store.database, redo, next)
  makeStep(store.database, undo, next)
  expect(stepsOf(4 * imageCount)).toEqual([step])
  setLabels(store.database, imageIds.slice(0, 2), 'Malignant', ada)
  const [other] = stepsOf(2)
  expect(stepsOf(3)).toEqual([other, step])
  expect(other).not.toBe(step)
})

it('changes nothing if one image of the last slice refuses', () => {
  const last = [imageCount]
  adjudicateAll()
  adjudicate(store.database, last, 'Malignant', { ...ada, reader: 'eva' })
  const before = listImages(store.database)
  expect(() => makeStep(store.database, undo, next)).toThrow(/eva has changed the adjudication since/)
  expect(() => setLabels(store.database, [...imageIds, 9999], 'Benign', ada)).toThrow(/9999/)
  expect(() => adjudicate(store.database, [...imageIds, 9999], 'Benign', ada)).toThrow(/9999/)
  expect(listImages(store.database)).toEqual(before)
})

function adjudicateAll(): void {
  setLabels(store.database, imageIds, 'Benign', { ...ada, reader: 'eva' })
  adjudicate(store.database, imageIds, 'Benign', ada)
}

it('withdraws blind labels of any slice only with a confirmation', () => {
  setLabels(store.database, imageIds, 'Benign', { ...ada, isBlind: (id) => id === 1 || id === imageCount })
  const before = listImages(store.database)
  const refusal = expect.objectContaining({ code: 'label.blind-withdrawal', details: { images: 2 } }) as Error
  expect(() => setLabels(store.database, imageIds, null, ada)).toThrow(refusal)
  expect(() => makeStep(store.database, undo, next)).toThrow(refusal)
  expect(listImages(store.database)).toEqual(before)
  makeStep(store.database, undo, { ...next, confirmBlind: true })
  expect(labelled()).toBe(0)
})

it('answers other calls meanwhile; changes and openings wait for their turn', async () => {
  store.close()
  const application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: inProcessCompute({}).launch,
    door: { tiles: '/slide', choose: null },
  })
  const order: string[] = []
  const ask = async (name: CallName, input: object, as: string = name): Promise<Answer> => {
    const answer = await dispatch(application.handlers, name, input)
    order.push(`${as} ${answer.ok ? 'ok' : answer.error.code}`)
    return answer
  }
  await ask('workspace.open', { path: join(root, 'w') })
  await ask('reader.set', { name: 'ada' })
  order.length = 0

  const [label, during, blind, own, undone] = await Promise.all([
    ask('image.label', { imageIds, className: 'Benign' }),
    ask('image.get', { imageId: 1 }),
    ask('reader.setBlind', { isBlind: true }),
    ask('image.label', { imageIds: [2], className: 'Malignant' }, 'late label'),
    ask('undo.undo', {}),
    ask('workspace.open', { path: join(root, 'other') }),
    ask('image.label', { imageIds: [1], className: 'Malignant' }, 'label of the workspace before'),
  ])
  expect(during.ok).toBe(true)
  expect(label).toMatchObject({ ok: true, value: { length: imageCount } })
  expect(blind.ok).toBe(true)
  expect(own).toMatchObject({ value: [{ readings: { all: [{ className: 'Malignant', isBlind: false }] } }] })
  expect(undone).toMatchObject({ value: { action: { images: 1, className: 'Malignant' } } })
  expect(order).toEqual([
    'image.get ok',
    'image.label ok',
    'reader.setBlind ok',
    'late label ok',
    'undo.undo ok',
    expect.anything(),
    expect.anything(),
  ])
  expect(order.slice(5).toSorted()).toEqual([
    'label of the workspace before workspace.none-open',
    'workspace.open ok',
  ])
  await closeDuring(application, ask)
  store = openWorkspace(join(root, 'w'), 'test')
})

/** The program ends when a change has ended, so that what it began is whole. */
async function closeDuring(
  application: Application,
  ask: (name: CallName, input: object) => Promise<Answer>,
): Promise<void> {
  await ask('reader.setBlind', { isBlind: false })
  const label = ask('image.label', { imageIds, className: 'Benign' })
  await application.close()
  expect((await label).ok).toBe(true)
  store = openWorkspace(join(root, 'other'), 'test')
  expect(labelled()).toBe(imageCount)
  store.close()
}

it('turns the event loop after the first slice too, of a call that begins at once', async () => {
  let turns = 0
  const session = new Session(
    'test',
    () => undefined,
    () => 'ada',
    {} as never,
    () => ({}) as never,
  )
  store.close()
  await session.open(join(root, 'w'))
  const change = session.change(function* () {
    setImmediate(() => turns++)
    yield
    return turns
  })
  expect(await change).toBe(1)
  await session.dispose()
  store = openWorkspace(join(root, 'w'), 'test')
})

it('turns the event loop between slices', async () => {
  let turns = 0
  const count = (): void => {
    turns++
    turning = setImmediate(count)
  }
  let turning = setImmediate(count)
  const turnsDuring = async (work: Sliced<unknown>): Promise<number> => {
    const before = turns
    await withPauses(work)
    return turns - before
  }
  // Checked in slices, then written in slices.
  expect(await turnsDuring(labels.setLabels(store.database, imageIds, 'Benign', ada))).toBeGreaterThanOrEqual(
    4,
  )
  expect(await turnsDuring(stack.makeStep(store.database, undo, next))).toBeGreaterThanOrEqual(4)
  expect(await turnsDuring(currentImages(store.database, imageIds))).toBeGreaterThanOrEqual(2)
  clearImmediate(turning)
})
