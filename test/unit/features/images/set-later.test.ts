import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { actionText, parseClassScheme } from '../../../../electron/contract/index.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { undoState } from '../../../../electron/features/undo/undo-stack.ts'
import {
  countRemovedOf,
  createWorkspace,
  findTestSet,
  getImage,
  insertImage,
  insertTestSet,
  listImages,
  listRemovedImages,
  listTestSetImages,
  readWorkspace,
  releaseTestSet,
  restoreByImport,
  saveFlags,
  setMissingCase,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import {
  makeStep,
  setCaseLater,
  setLabels,
  setPixelSizeLater,
  setRemovedLater,
} from '../../../support/at-once.ts'

let root: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-later-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

let count = 0
const addImage = (caseName: string | null, pixelSizeUm: number | null = null): number =>
  insertImage(store.database, {
    sha256: String(++count).padStart(64, '0'),
    path: join(root, `${count}.png`),
    byteCount: 1,
    format: 'png',
    widthPx: 4,
    heightPx: 3,
    pixelSizeUm,
    pixelSizeSource: pixelSizeUm === null ? 'none' : 'ome-xml',
    synthetic: false,
    caseName,
    page: 1,
    copiedPath: null,
  })

const imageEvents = (): unknown[] =>
  store.database
    .prepare<[], { before: string; after: string }>(
      "SELECT before_json AS before, after_json AS after FROM audit_events WHERE kind = 'image' ORDER BY id",
    )
    .all()
    .map(({ before, after }) => [JSON.parse(before), JSON.parse(after)] as unknown[])

it('sets and removes the case of images, with an event for each change', () => {
  const ids = [addImage('S21-0142A'), addImage('other'), addImage(null)]
  const answer = setCaseLater(store.database, ids, 'other', 'Ada')
  expect(answer).toMatchObject({ changed: 2, models: [], similarCases: [] })
  expect(answer.images.map(({ caseName }) => caseName)).toEqual(['other', 'other', 'other'])
  expect(imageEvents()).toMatchObject([
    [{ case: 'S21-0142A' }, { case: 'other' }],
    [{ case: null }, { case: 'other' }],
  ])
  expect(setCaseLater(store.database, ids.slice(2), null, 'Ada').images[0]?.caseName).toBeNull()
  expect(setCaseLater(store.database, ids.slice(2), null, 'Ada').changed).toBe(0)
  expect(imageEvents()).toHaveLength(3)
})

it('writes the name composed, and says which cases look like it', () => {
  addImage('Müller'.normalize('NFC'))
  const id = addImage(null)
  const { images, similarCases } = setCaseLater(store.database, [id], 'Müller'.normalize('NFD'), 'Ada')
  expect(images[0]?.caseName).toBe('Müller'.normalize('NFC'))
  expect(similarCases).toEqual([])
  addImage('29960AB')
  expect(setCaseLater(store.database, [id], '29960CD', 'Ada').similarCases).toEqual([['29960AB', '29960CD']])
})

it('changes nothing if an image is unknown or belongs to a locked test set', () => {
  const [free, locked] = [addImage('a'), addImage('b')]
  insertTestSet(store.database, {
    name: 'site B',
    rule: { kind: 'images', imageIds: [locked] },
    reader: null,
    reason: 'r',
    caseNames: ['b'],
    imageIds: [locked],
  })
  expect(() => setCaseLater(store.database, [free, locked], 'c', 'Ada')).toThrow(
    /keeps its case until it is released/,
  )
  expect(() => setCaseLater(store.database, [free, 99], 'c', 'Ada')).toThrow(/99/)
  expect(getImage(store.database, free).caseName).toBe('a')
  expect(imageEvents()).toEqual([])
})

it('states the pixel size only where the file does not, and nothing was computed', () => {
  const [unknown, known, used] = [addImage(null), addImage(null, 0.25), addImage(null)]
  saveFlags(store.database, used, [])
  expect(setPixelSizeLater(store.database, [unknown, known, used], 0.5, 'Ada')).toMatchObject({
    changed: 1,
    fromFile: 1,
    used: 1,
  })
  expect([unknown, known, used].map((id) => getImage(store.database, id).pixelSizeUm)).toEqual([
    0.5,
    0.25,
    null,
  ])
  expect(getImage(store.database, unknown).pixelSizeSource).toBe('stated')
  // A stated value can be corrected, and the same value leaves no event.
  expect(setPixelSizeLater(store.database, [unknown], 0.4, 'Ada').changed).toBe(1)
  expect(setPixelSizeLater(store.database, [unknown], 0.4, 'Ada').changed).toBe(0)
  expect(imageEvents()).toHaveLength(2)
})

const step = (direction: 'undo' | 'redo', reader = 'Ada'): string =>
  actionText(
    makeStep(store.database, { direction, reader, isBlinded: false }, { action: null, confirmBlind: false })
      .action,
  )
const casesOf = (ids: readonly number[]): unknown[] => ids.map((id) => getImage(store.database, id).caseName)

it('undoes and redoes the case of all images in one step, in the trail', async () => {
  const ids = [addImage('a'), addImage('b'), addImage(null)]
  setCaseLater(store.database, ids, 'c', 'Ada')
  expect(undoState(store.database, 'Ada').undo).toMatchObject({ kind: 'case', setting: 'c', images: 3 })
  expect(step('undo')).toBe('case c on 3 images')
  expect(casesOf(ids)).toEqual(['a', 'b', null])
  expect(step('redo')).toBe('case c on 3 images')
  expect(casesOf(ids)).toEqual(['c', 'c', 'c'])
  setCaseLater(store.database, ids.slice(0, 1), null, 'Ada')
  expect(step('undo')).toBe(`removal of the case on ${count - 2}.png`)
  // Nothing changes, so there is no step.
  setCaseLater(store.database, ids, 'c', 'Eva')
  expect(undoState(store.database, 'Eva').undo).toBeNull()
  expect(imageEvents().slice(-1)).toMatchObject([[{ case: null }, { case: 'c', undoes: 10 }]])
  expect(await verifyChain(store.database)).toMatchObject({ whole: true, problems: [] })
})

it('undoes no case that another reader, an import or a test set has changed or locked since', () => {
  const { database } = store
  const [id, other] = [addImage('a'), addImage('a')]
  setCaseLater(database, [id, other], 'b', 'Ada')
  setCaseLater(database, [other], 'c', 'Eva')
  expect(() => step('undo')).toThrow(/Eva has changed the case/)
  expect(casesOf([id, other])).toEqual(['b', 'c'])
  step('undo', 'Eva')
  step('undo')
  expect(casesOf([id, other])).toEqual(['a', 'a'])
  setCaseLater(database, [id], null, 'Ada')
  setMissingCase(database, id, 'k')
  expect(() => step('undo')).toThrow(/an import has changed the case/)
  setCaseLater(database, [other], 'd', 'Ada')
  const lock = { name: 's', rule: { kind: 'later' }, reader: null, reason: 'r' } as const
  insertTestSet(database, { ...lock, caseNames: ['d'], imageIds: [other] })
  expect(() => step('undo')).toThrow(/locked test set now, and keeps its case/)
  expect(casesOf([id, other])).toEqual(['k', 'd'])
  const blind = { direction: 'undo', reader: 'Ada', isBlinded: true } as const
  expect(() => makeStep(database, blind, { action: null, confirmBlind: false })).toThrow(/reading blind/)
})

it('undoes and redoes a pixel size until something was computed with it', async () => {
  const { database } = store
  const ids = [addImage(null), addImage(null, 0.25), addImage(null)]
  setPixelSizeLater(database, ids, 0.5, 'Ada')
  setPixelSizeLater(database, ids, 0.4, 'Ada')
  const sizes = (): unknown[] =>
    ids.map((id) => [getImage(database, id).pixelSizeUm, getImage(database, id).pixelSizeSource])
  expect(step('undo')).toBe('pixel size 0.4 µm on 2 images')
  expect(sizes()).toEqual([
    [0.5, 'stated'],
    [0.25, 'ome-xml'],
    [0.5, 'stated'],
  ])
  step('undo')
  expect(sizes()[0]).toEqual([null, 'none'])
  step('redo')
  saveFlags(database, ids[2] ?? 0, [])
  expect(() => step('undo')).toThrow(/depend on the pixel size/)
  expect(sizes().map((pair) => (pair as number[])[0])).toEqual([0.5, 0.25, 0.5])
  expect(await verifyChain(database)).toMatchObject({ whole: true, problems: [] })
})

it('removes images and restores them, with what is known of them', async () => {
  const { database } = store
  const [kept, gone] = [addImage('a'), addImage('b')]
  setLabels(database, [kept, gone], 'Benign', { reader: 'Eva', comment: null })
  expect(setRemovedLater(database, [gone], true, 'Ada')).toEqual({ changed: 1, models: [] })
  expect(listImages(database).map(({ id }) => id)).toEqual([kept])
  expect(readWorkspace(database)).toMatchObject({ imageCount: 1, labelledCount: 1 })
  expect(listRemovedImages(database)).toMatchObject([{ imageId: gone, fileName: `${count}.png` }])
  // Once is enough, and nothing else can be done with it.
  expect(setRemovedLater(database, [gone], true, 'Ada').changed).toBe(0)
  expect(() => getImage(database, gone)).toThrow(/was removed from this workspace/)
  expect(() => setLabels(database, [kept, gone], 'Malignant', { reader: 'Eva', comment: null })).toThrow(
    /was removed/,
  )
  expect(() => setCaseLater(database, [gone], 'c', 'Ada')).toThrow(/was removed/)
  expect(() => setRemovedLater(database, [kept, 99], true, 'Ada')).toThrow(/no image 99/)
  expect(undoState(database, 'Ada').undo).toMatchObject({ kind: 'removal', setting: 'removed', images: 1 })
  expect(step('undo')).toBe(`removal of ${count}.png`)
  expect(getImage(database, gone)).toMatchObject({ caseName: 'b', label: { className: 'Benign' } })
  step('redo')
  expect(readWorkspace(database).imageCount).toBe(1)
  expect(setRemovedLater(database, [kept, gone], false, 'Eva').changed).toBe(1)
  expect(undoState(database, 'Eva').undo).toMatchObject({ kind: 'removal', setting: null })
  expect(() => step('undo')).toThrow(/Eva has changed the removal/)
  expect(imageEvents()).toMatchObject([
    [{ removed: false }, { removed: true }],
    [{ removed: true }, { removed: false, undoes: 1 }],
    [{ removed: false }, { removed: true, undoes: 2 }],
    [{ removed: true }, { removed: false }],
  ])
  expect(await verifyChain(database)).toMatchObject({ whole: true, problems: [] })
})

it('keeps the images of a locked test set, also where a removal is redone', () => {
  const { database } = store
  const [free, locked] = [addImage('a'), addImage('b')]
  setRemovedLater(database, [locked], true, 'Ada')
  step('undo')
  const lock = { name: 's', rule: { kind: 'later' }, reader: null, reason: 'r' } as const
  insertTestSet(database, { ...lock, caseNames: ['b'], imageIds: [locked] })
  expect(() => setRemovedLater(database, [free, locked], true, 'Ada')).toThrow(
    /belongs to the locked test set "s" and cannot be removed/,
  )
  expect(() => step('redo')).toThrow(/locked test set now/)
  expect(listImages(database)).toHaveLength(2)
})

it('restores no image into a locked test set, whose openings did not count it', () => {
  const { database } = store
  const [hard, other] = [addImage('b'), addImage('b')]
  setRemovedLater(database, [hard], true, 'Ada')
  const lock = { name: 's', rule: { kind: 'cases' as const, cases: ['b'] }, reader: null, reason: 'r' }
  const id = insertTestSet(database, { ...lock, caseNames: ['b'], imageIds: [other] })
  expect(countRemovedOf(database, id)).toBe(1)
  expect(() => setRemovedLater(database, [hard], false, 'Eva')).toThrow(
    /belongs to the locked test set "s" and cannot be removed or restored/,
  )
  expect(() => step('undo')).toThrow(/locked test set now/)
  expect(listTestSetImages(database, id)).toEqual([other])
  releaseTestSet(database, findTestSet(database, 's'), { reader: null, reason: 'r' })
  expect(setRemovedLater(database, [hard], false, 'Eva').changed).toBe(1)
})

it('does not undo a removal whose image was imported again', () => {
  const { database } = store
  const id = addImage('a')
  setRemovedLater(database, [id], true, 'Ada')
  restoreByImport(database, id)
  expect(getImage(database, id).caseName).toBe('a')
  expect(() => step('undo')).toThrow(/an import has changed the removal/)
})
