import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { readReaderStudy } from '../../../../electron/features/labels/reader-study.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertTestSet,
  insertVerdict,
  listEvents,
  setModelRemoved,
  type Store,
} from '../../../../electron/store/index.ts'
import { newImage, newModel } from '../../../support/rows.ts'
import { adjudicate, setLabels, undoLabels } from '../../../support/at-once.ts'

const scheme = parseClassScheme('Benign,InSitu,Malignant*')
let root: string
let store: Store
let images: number[]
let model: number
let clock: number

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  clock = Date.parse('2026-11-02T09:00:00.000Z')
  vi.setSystemTime(clock)
  root = mkdtempSync(join(tmpdir(), 'lobule-study-'))
  store = createWorkspace(join(root, 'w'), scheme, 'test')
  images = Array.from({ length: 8 }, (_, index) =>
    insertImage(store.database, newImage(String(index).repeat(64), { caseName: `case ${index >> 1}` })),
  )
  model = insertModel(store.database, newModel(scheme, { name: 'one' }))
})
afterEach(() => {
  vi.useRealTimers()
  store.close()
  rmSync(root, { recursive: true })
})

const idOf = (place: number): number => images[place] ?? 0
const wait = (seconds: number): void => void vi.setSystemTime((clock += 1000 * seconds))
function suggest(place: number, suggested: string, modelId = model): void {
  wait(1)
  insertVerdict(store.database, {
    imageId: idOf(place),
    modelId,
    suggested,
    probabilities: { Benign: 0.5, InSitu: 0.2, Malignant: 0.3 },
    carcinomaScore: 0.5,
    outOfFold: false,
    boosters: 1,
    flags: [],
    details: null,
  })
}
/** A label after so many seconds. */
function says(
  seconds: number,
  reader: string,
  places: number | number[],
  className: string | null,
  isBlind = false,
) {
  wait(seconds)
  const imageIds = [places].flat().map(idOf)
  setLabels(store.database, imageIds, className, { reader, comment: null, isBlind: () => isBlind })
}
const study = () => atOnce(readReaderStudy(store.database))
const ofReader = (name: string) => {
  const found = study().readers.find((reader) => reader.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

it('says nothing without labels, and leaves out imported ones', () => {
  recordLabel(store.database, {
    imageId: idOf(0),
    className: 'Benign',
    reader: 'ada',
    as: 'import',
    source: 'folder',
    table: null,
  })
  expect(study()).toMatchObject({
    readers: [],
    all: {
      readings: 0,
      overrides: { images: 0, share: null },
      secondLook: { difference: null, unsure: 0 },
    },
  })
})

it('times a blind reading and one with suggestions in view, worked by hand', () => {
  for (const place of [4, 5, 6]) suggest(place, 'Benign')
  says(100, 'ada', 0, 'Benign', true)
  says(30, 'ada', 1, 'Malignant', true)
  says(20, 'ada', 2, 'Benign')
  says(8, 'ada', 4, 'Benign')
  says(10, 'ada', 5, 'Malignant')
  says(400, 'ada', 6, 'Benign')
  says(5, 'ada', [3, 7], 'Benign')
  says(3, 'ben', 0, 'Benign')
  const { readings, times, untimed, overrides } = ofReader('ada')
  expect(readings).toBe(8)
  expect(times.all).toMatchObject({ images: 4, cases: 3, median: 15, quartiles: { low: 9.5, high: 22.5 } })
  expect(times.blind).toMatchObject({ images: 1, median: 30 })
  expect(times.unaided).toMatchObject({ images: 1, median: 20 })
  expect(times.aided).toMatchObject({ images: 2, median: 9 })
  expect(untimed).toEqual({ first: 1, pauses: 1, together: 2, short: 0 })
  expect(overrides).toMatchObject({ images: 3, hits: 1 })
  expect(ofReader('ben').untimed.first).toBe(1)
  expect(study().all).toMatchObject({ readings: 9, times: { all: { images: 4 } }, overrides: { images: 3 } })
})

it('compares the first blind label with the label of today', () => {
  suggest(0, 'Malignant')
  says(9, 'ada', 0, 'Benign', true)
  // Seen, and changed to the suggestion.
  says(9, 'ada', 0, 'Malignant')
  // The suggestion came after the blind label, and before the second one.
  says(9, 'ada', 1, 'InSitu', true)
  suggest(1, 'Benign')
  says(9, 'ada', 1, 'Malignant')
  // Not labelled again: the blind label is that of today.
  suggest(2, 'Benign')
  says(9, 'ada', 2, 'Benign', true)
  // Unsure before; withdrawn afterwards; without a suggestion; a label that was undone.
  suggest(3, 'Benign')
  says(9, 'ada', 3, 'Benign', true)
  wait(9)
  const withdrawal = { reader: 'ada', comment: null, isBlind: () => false, confirmBlind: true }
  setLabels(store.database, [idOf(3)], null, withdrawal)
  wait(9)
  setLabels(store.database, [idOf(4)], null, {
    reader: 'ada',
    comment: null,
    isBlind: () => true,
    isUnsure: true,
  })
  suggest(4, 'Benign')
  says(9, 'ada', 4, 'Benign')
  says(9, 'ada', 5, 'Benign', true)
  suggest(6, 'Benign')
  says(9, 'ada', 6, 'Benign', true)
  says(9, 'ada', 6, 'Malignant')
  wait(1)
  undoLabels(store.database, [idOf(6)], { reader: 'ada', comment: null })
  wait(1)
  adjudicate(store.database, [idOf(6)], 'Malignant', { reader: 'ada', comment: null })
  const { secondLook, overrides } = ofReader('ada')
  expect(secondLook).toMatchObject({
    before: { images: 4, hits: 2 },
    after: { images: 4, hits: 3 },
    kept: { hits: 2 },
    difference: { value: 0.25, interval: null },
    towards: 1,
    away: 0,
    between: 1,
    unsure: 1,
  })
  expect(overrides.images).toBe(0)
})

it('takes the suggestion that was there, without those of models removed before, whatever was removed since', () => {
  const { database } = store
  const second = insertModel(database, newModel(scheme, { name: 'two' }))
  const by = { reader: 'eva', reason: null }
  suggest(0, 'Benign')
  suggest(0, 'Malignant', second)
  suggest(1, 'Malignant', second)
  suggest(2, 'Malignant', second)
  says(9, 'ada', 2, 'Malignant')
  wait(1)
  setModelRemoved(database, { id: second, name: 'two' }, true, by)
  says(9, 'ada', 0, 'Benign')
  says(9, 'ada', 1, 'Benign')
  const filter = { kinds: ['label' as const, 'override' as const], reader: null, imageId: null }
  const { events } = listEvents(
    database,
    { ...filter, text: null, from: null, to: null },
    { olderThan: null, limit: 9 },
  )
  expect(events.map(({ kind, after }) => [kind, (after as { suggested: unknown }).suggested])).toEqual([
    ['label', null],
    ['label', 'Benign'],
    ['label', 'Malignant'],
  ])
  const expected = () => {
    expect(ofReader('ada').overrides).toMatchObject({ images: 2, hits: 0 })
    expect(ofReader('ada').times).toMatchObject({ unaided: { images: 1 } })
  }
  expected()
  // Neither what comes back later nor what goes later was or was not in view then.
  setModelRemoved(database, { id: second, name: 'two' }, false, by)
  setModelRemoved(database, { id: model, name: 'one' }, true, by)
  expected()
})

it('compares nothing on images of locked test sets', () => {
  suggest(0, 'Benign')
  suggest(1, 'Benign')
  says(9, 'ada', 0, 'Malignant')
  says(9, 'ada', 1, 'Malignant', true)
  insertTestSet(store.database, {
    name: 'locked',
    rule: { kind: 'cases', cases: ['case 0'] },
    reader: 'ada',
    reason: 'test',
    caseNames: ['case 0'],
    imageIds: [],
  })
  const { readings, overrides, secondLook } = ofReader('ada')
  expect(readings).toBe(2)
  expect(overrides.images).toBe(0)
  expect(secondLook.before.images).toBe(0)
})
