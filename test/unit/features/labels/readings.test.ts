import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import {
  hasCode,
  parseClassScheme,
  type ErrorCode,
  type ImageView,
} from '../../../../electron/contract/index.ts'
import {
  addReader,
  knownReaders,
  readAgreement,
  switchReader,
} from '../../../../electron/features/labels/readings.ts'
import { Settings } from '../../../../electron/session/settings.ts'
import {
  countAgreed,
  createWorkspace,
  getImage,
  insertImage,
  insertReader,
  listEvents,
  listLabels,
  listStanding,
  readWorkspaceInfo,
  type Store,
} from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { adjudicate, setLabels, setRemovedLater, undoLabels } from '../../../support/at-once.ts'

let root: string
let store: Store
let images: number[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-readings-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  images = Array.from({ length: 4 }, (_, index) =>
    insertImage(store.database, newImage(String(index).repeat(64))),
  )
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))
const says = (reader: string, place: number, className: string | null, more: object = {}): void =>
  setLabels(store.database, [images[place] ?? 0], className, { reader, comment: null, ...more })
const image = (place = 0): ImageView => getImage(store.database, images[place] ?? 0)
const first = (): number[] => images.slice(0, 1)
const blind = { isBlind: () => true }

it('gives an image the class on which all readers agree; an unsure reader abstains', () => {
  says('ada', 0, 'Benign')
  says('eva', 0, null, { isUnsure: true })
  expect(image()).toMatchObject({
    label: { className: 'Benign', reader: 'ada', isAdjudicated: false },
    readings: {
      all: [{ reader: 'ada' }, { reader: 'eva', className: null, isUnsure: true }],
      isDisputed: false,
    },
  })
  says('max', 0, 'Benign')
  expect(image().label).toMatchObject({ className: 'Benign', reader: 'max' })
  says('eva', 0, 'InSitu')
  expect(image()).toMatchObject({ label: null, readings: { isDisputed: true, adjudication: null } })
  says('eva', 0, 'Benign')
  expect(image()).toMatchObject({
    label: { className: 'Benign', reader: 'eva' },
    readings: { isDisputed: false },
  })
})

it('never treats unsure as a label', () => {
  says('ada', 0, null, { isUnsure: true })
  expect(image()).toMatchObject({ label: null, readings: { isDisputed: false } })
  says('ada', 1, 'Benign')
  says('eva', 1, 'Normal')
  says('ada', 2, 'Benign')
  const { byClass, ...counts } = countAgreed(store.database)
  expect(counts).toEqual({ labelled: 1, disputed: 1, unsure: 1 })
  expect(byClass).toEqual(new Map([['Benign', 1]]))
  expect(readWorkspaceInfo(store.database)).toMatchObject({
    labelled: 1,
    disputed: 1,
    unsure: 1,
    classes: [{ images: 0 }, { name: 'Benign', images: 1 }, { images: 0 }],
  })
})

it('ranks an adjudication above every reading, and can remove it or undo it', () => {
  const { database } = store
  const max = { reader: 'max', comment: 'solid nests' }
  expect(() => adjudicate(database, first(), 'InSitu', max)).toThrow(code('reading.nothing-to-adjudicate'))
  says('ada', 0, 'Benign')
  says('eva', 0, 'InSitu')
  expect(() => adjudicate(database, [...first(), 99], 'InSitu', max)).toThrow(code('image.not-found'))
  expect(() => adjudicate(database, first(), 'Other', max)).toThrow(code('classes.unknown'))
  expect(() => adjudicate(database, first(), null, max)).toThrow(code('reading.nothing-to-adjudicate'))
  expect(image().readings.adjudication).toBeNull()
  adjudicate(database, first(), 'InSitu', max)
  expect(image()).toMatchObject({
    label: { className: 'InSitu', reader: 'max', comment: 'solid nests', isAdjudicated: true },
    readings: { isDisputed: false, all: [{ className: 'Benign' }, { className: 'InSitu' }] },
  })
  // A later label changes its reader's label, not the adjudication.
  says('ada', 0, 'Normal')
  expect(image().label).toMatchObject({ className: 'InSitu' })
  adjudicate(database, first(), 'Normal', { reader: 'ada', comment: null })
  expect(image().label).toMatchObject({ className: 'Normal', reader: 'ada' })
  undoLabels(database, first(), { reader: 'ada', comment: null })
  expect(image().label).toMatchObject({ className: 'InSitu', reader: 'max' })
  adjudicate(database, first(), null, max)
  expect(image()).toMatchObject({ label: null, readings: { isDisputed: true } })
  undoLabels(database, first(), max)
  expect(image().label).toMatchObject({ className: 'InSitu' })
  expect(atOnce(listLabels(database, images[0] ?? 0)).filter(({ current }) => current)).toMatchObject([
    { reader: 'eva', className: 'InSitu', kind: 'reading' },
    { reader: 'max', className: 'InSitu', kind: 'adjudication' },
    { reader: 'ada', className: 'Normal', kind: 'reading' },
  ])
})

it('undoes unsure as it undoes a class', () => {
  says('ada', 0, null, { isUnsure: true })
  says('ada', 0, 'Benign')
  undoLabels(store.database, first(), { reader: 'ada', comment: null })
  expect(image().readings.all).toMatchObject([{ reader: 'ada', isUnsure: true }])
  undoLabels(store.database, first(), { reader: 'ada', comment: null })
  expect(image().readings.all).toEqual([])
  expect(listStanding(store.database, null)).toEqual([])
})

it('compares current labels, or only independent ones', () => {
  says('ada', 0, 'Benign')
  says('eva', 0, 'Normal', blind)
  // Changed once ada's label was shown.
  says('eva', 0, 'Benign')
  says('ada', 1, 'InSitu')
  says('eva', 1, 'InSitu', blind)
  says('ada', 2, 'Benign')
  says('eva', 2, 'Benign')
  says('ada', 3, 'Normal')
  says('eva', 3, null, { ...blind, isUnsure: true })
  const current = atOnce(readAgreement(store.database, 'current'))
  expect(current.pairs).toMatchObject([
    { first: 'ada', second: 'eva', images: 3, agreed: 3, unsure: 1, kappa: 1 },
  ])
  expect(current.overall).toMatchObject({ images: 3, readers: 2, kappa: 1 })
  expect(current.readers).toEqual([
    { name: 'ada', read: 4, unsure: 0, blind: 0 },
    { name: 'eva', read: 4, unsure: 1, blind: 2 },
  ])
  const independent = atOnce(readAgreement(store.database, 'independent'))
  const [pair] = independent.pairs
  expect(pair).toMatchObject({ images: 2, agreed: 1, unsure: 1 })
  // Rows ada, columns eva: Normal, Benign, InSitu, unsure.
  expect(pair?.cells).toEqual([
    [[], [], [], [images[3]]],
    [[images[0]], [], [], []],
    [[], [], [images[1]], []],
    [[], [], [], []],
  ])
  // Both read InSitu once of two: agreement 1/2, chance 1/2 x 1/2 = 1/4.
  expect(pair?.kappa).toBeCloseTo(1 / 3, 15)
  expect(independent).toMatchObject({ disputed: [], unsure: [images[3]], adjudicated: [] })
})

it('does not compare removed images, and says how many of them two readers labelled', () => {
  for (const place of [0, 1, 2]) {
    says('ada', place, 'Benign')
    if (place < 2) says('eva', place, 'Normal')
  }
  setRemovedLater(store.database, images.slice(1), true, 'ada')
  const report = atOnce(readAgreement(store.database, 'current'))
  expect(report.pairs).toMatchObject([{ images: 1 }])
  expect(report.removed).toBe(1)
})

it('lists what is to be adjudicated', () => {
  says('ada', 0, 'Benign')
  says('eva', 0, 'Normal')
  says('ada', 1, null, { isUnsure: true })
  says('ada', 2, 'Benign')
  says('eva', 2, 'Normal')
  adjudicate(store.database, images.slice(2, 3), 'Normal', { reader: 'max', comment: null })
  expect(atOnce(readAgreement(store.database, 'current'))).toMatchObject({
    disputed: [images[0]],
    unsure: [images[1]],
    adjudicated: [images[2]],
  })
  expect(atOnce(readAgreement(store.database, 'current')).readers.map(({ name }) => name)).toEqual([
    'ada',
    'eva',
  ])
})

it('knows readers before their first label, once each, and leaves an event', () => {
  const settings = new Settings(root)
  addReader(store.database, 'Ada')
  expect(() => addReader(store.database, 'ADA')).toThrow(code('reader.exists'))
  says('ada', 0, null, { isUnsure: true })
  expect(knownReaders(store.database, settings)).toMatchObject([
    { name: 'Ada', entries: 1, read: 1, unsure: 1, isBlind: false },
  ])
  const filter = { kinds: ['reader' as const], reader: null, imageId: null, text: null, from: null, to: null }
  expect(listEvents(store.database, filter, { olderThan: null, limit: 10 }).events).toMatchObject([
    { object: { type: 'reader', name: 'Ada' }, after: { added: true } },
  ])
})

it('refuses a new reader whose name looks like a known one, and keeps those who are there', () => {
  says('Bea', 0, 'Benign')
  const alike = 'BEA\u0301'
  expect(() => addReader(store.database, alike)).toThrow(code('reader.looks-alike'))
  expect(() => says(alike, 1, 'Benign')).toThrow(code('reader.looks-alike'))
  expect(() => adjudicate(store.database, first(), 'Normal', { reader: alike, comment: null })).toThrow(
    code('reader.looks-alike'),
  )
  const settings = new Settings(join(root, 'home'))
  expect(() => switchReader(store.database, settings, alike)).toThrow(code('reader.looks-alike'))
  // As an earlier version added it.
  insertReader(store.database, alike)
  says(alike, 1, 'Normal')
  expect(image(1).readings.all).toMatchObject([{ reader: alike }])
})
