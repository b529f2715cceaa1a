import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { labelsMissing, parseClassScheme, type AccuracyInUse } from '../../../../electron/contract/index.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import { readAccuracyInUse } from '../../../../electron/features/models/accuracy-in-use.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { inUseSentence } from '../../../../electron/report/model/in-use.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertReadingImport,
  insertTestSet,
  insertVerdict,
  type Store,
} from '../../../../electron/store/index.ts'
import { newImage, newModel } from '../../../support/rows.ts'
import { adjudicate, setLabels, setRemovedLater, undoLabels } from '../../../support/at-once.ts'

const scheme = parseClassScheme('Benign,Malignant*')
let root: string
let store: Store
let images: number[]
let model: number
let clock: number

const fold = (imageId: number) => ({ imageId, fold: 0, className: 'Benign', probabilities: [1, 0] })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  clock = Date.parse('2026-10-14T08:00:00.000Z')
  vi.setSystemTime(clock)
  root = mkdtempSync(join(tmpdir(), 'lobule-in-use-'))
  store = createWorkspace(join(root, 'w'), scheme, 'test')
  images = Array.from({ length: 6 }, (_, index) =>
    insertImage(store.database, newImage(String(index).repeat(64), { caseName: `case ${index >> 1}` })),
  )
  model = insertModel(store.database, newModel(scheme, { name: 'one', folds: [fold(idOf(5))] }))
})
afterEach(() => {
  vi.useRealTimers()
  store.close()
  rmSync(root, { recursive: true })
})

const idOf = (place: number): number => images[place] ?? 0
const later = (): void => void vi.setSystemTime((clock += 60_000))
function suggest(place: number, suggested: string, set: string[] | null = null, modelId = model): void {
  later()
  const details = set === null ? null : ({ predictionSet: { level: 0.9, classes: set } } as never)
  insertVerdict(store.database, {
    imageId: idOf(place),
    modelId,
    suggested,
    probabilities: { Benign: 0.5, Malignant: 0.5 },
    carcinomaScore: 0.5,
    outOfFold: false,
    boosters: 1,
    flags: [],
    details,
  })
}
function says(reader: string, place: number, className: string | null, isBlind = false): void {
  later()
  setLabels(store.database, [idOf(place)], className, { reader, comment: null, isBlind: () => isBlind })
}
function found(name = 'one'): AccuracyInUse {
  const [first] = atOnce(readAccuracyInUse(store.database, name))
  if (first === undefined) throw new Error('no model')
  return first
}
const counts = (): (readonly number[])[] => {
  const { all, blind, seen } = found()
  return [all, blind, seen].map(({ right, images: of }) => [right, of])
}

it('compares the newest suggestion from before the first label with the label of today', () => {
  suggest(0, 'Malignant')
  suggest(0, 'Benign', ['Benign', 'Malignant'])
  says('ada', 0, 'Malignant')
  suggest(0, 'Malignant', ['Malignant'])
  suggest(1, 'Benign', ['Benign'])
  says('ada', 1, 'Benign')
  expect(counts()).toEqual([
    [1, 2],
    [0, 0],
    [1, 2],
  ])
  expect(found()).toMatchObject({
    model: 'one',
    since: '2026-10-14T08:03:00.000Z',
    all: { cases: 1 },
    sets: { level: 0.9, images: 2, right: 2 },
    promised: null,
    isBroken: false,
  })
  expect(labelsMissing(found())).toBe(18)
  // A changed mind counts, since these labels are not blind anyway.
  says('ada', 0, 'Benign')
  expect(counts()[0]).toEqual([2, 2])
})

it('counts no image that had a label first, that trained the model, or that has no label', () => {
  says('ada', 0, 'Benign')
  suggest(0, 'Benign')
  suggest(1, 'Benign')
  suggest(5, 'Benign')
  says('ada', 5, 'Benign')
  says('ada', 2, 'Benign')
  later()
  undoLabels(store.database, [idOf(2)], { reader: 'ada', comment: null })
  suggest(2, 'Benign')
  says('ada', 2, 'Benign')
  suggest(3, 'Benign')
  says('ada', 3, 'Benign')
  says('ada', 3, null)
  expect(found().all.images).toBe(0)
})

it('takes the first blind label, whatever its reader chose with the suggestion in view', () => {
  suggest(0, 'Malignant')
  says('ada', 0, 'Benign', true)
  says('ada', 0, 'Malignant')
  suggest(1, 'Malignant')
  says('ada', 1, 'Malignant')
  says('ben', 1, 'Benign', true)
  expect(counts()).toEqual([
    [0, 2],
    [0, 2],
    [0, 0],
  ])
})

it('leaves out imported labels and disagreements, and counts adjudications', () => {
  suggest(0, 'Benign')
  later()
  const label = {
    imageId: idOf(0),
    className: 'Benign',
    reader: 'ada',
    as: 'import',
    table: 'a.csv',
  } as const
  recordLabel(store.database, { ...label, source: 'table' })
  suggest(1, 'Benign')
  later()
  recordLabel(store.database, { ...label, imageId: idOf(1) })
  suggest(2, 'Benign')
  says('ada', 2, 'Benign')
  says('ben', 2, 'Malignant')
  expect(found()).toMatchObject({ all: { images: 0 }, leftOut: { imported: 2, disputed: 1 } })
  later()
  adjudicate(store.database, [idOf(2)], 'Malignant', { reader: 'eva', comment: null })
  expect(found()).toMatchObject({ all: { images: 1, right: 0 }, leftOut: { imported: 2, disputed: 0 } })
})

it('leaves out labels of another workspace, and takes the time of their import for that of this computer', () => {
  const { database } = store
  // The clock elsewhere is days before this one, or days after it.
  const receives = (place: number, at: string, isBlind: boolean): void => {
    later()
    const importId = insertReadingImport(database, {
      fileSha256: 'f'.repeat(64),
      workspaceId: 'e'.repeat(64),
      workspaceName: 'elsewhere',
      headEvent: 1,
      headHash: 'd'.repeat(64),
      madeAt: at,
      software: 'test',
    })
    const received = { importId, orderMs: Date.parse(at), at }
    recordLabel(database, { imageId: idOf(place), className: 'Benign', reader: 'ben', isBlind, received })
  }
  const [earlier, ahead] = ['2026-10-01T08:00:00.000Z', '2026-10-20T08:00:00.000Z'] as const
  suggest(0, 'Benign')
  receives(0, ahead, false)
  suggest(1, 'Benign')
  receives(1, ahead, true)
  // Given here after the suggestion; one from elsewhere agrees, whatever the clock there said.
  suggest(2, 'Benign')
  says('ada', 2, 'Benign')
  receives(2, ahead, true)
  suggest(3, 'Malignant')
  says('ada', 3, 'Benign')
  receives(3, earlier, false)
  expect(found()).toMatchObject({
    all: { images: 2, right: 1 },
    blind: { images: 0 },
    leftOut: { imported: 2 },
  })
})

it('does not count removed images, and says how many they are and how many were wrong', () => {
  for (const place of [0, 1, 2]) {
    suggest(place, 'Malignant')
    says('ada', place, place === 0 ? 'Malignant' : 'Benign')
  }
  setRemovedLater(store.database, [idOf(1), idOf(2), idOf(3)], true, 'ada')
  expect(found()).toMatchObject({
    all: { images: 1, right: 1 },
    leftOut: { imported: 0, disputed: 0, removed: 2, removedWrong: 2 },
  })
  const sentence = 'Not counted: 2 removed images; the suggestion disagreed with the label of 2.'
  expect(inUseSentence(found(), fileFormat)).toContain(sentence)
  setRemovedLater(store.database, [idOf(1), idOf(2)], false, 'ada')
  expect(counts()[0]).toEqual([1, 3])
  expect(inUseSentence(found(), fileFormat)).not.toContain('removed')
})

it('counts each model by itself, and synthetic tissue only for models that know it', () => {
  const synthetic = insertImage(store.database, newImage('a'.repeat(64), { synthetic: true, caseName: 's' }))
  const second = insertModel(
    store.database,
    newModel(scheme, {
      name: 'two',
      importedFolds: [
        { sha256: 'b'.repeat(64), fold: 0, synthetic: true },
        { sha256: '1'.repeat(64), fold: 0, synthetic: false },
      ],
    }),
  )
  images.push(synthetic)
  for (const place of [0, 1, 6]) {
    suggest(place, 'Benign')
    suggest(place, 'Malignant', null, second)
    says('ada', place, 'Malignant')
  }
  expect(
    atOnce(readAccuracyInUse(store.database, null)).map(({ model: name, all }) => [
      name,
      all.right,
      all.images,
    ]),
  ).toEqual([
    ['two', 2, 2],
    ['one', 0, 2],
  ])
})

it('leaves out locked test sets', () => {
  suggest(0, 'Benign')
  says('ada', 0, 'Benign')
  suggest(2, 'Benign')
  says('ada', 2, 'Benign')
  expect(found().all.images).toBe(2)
  insertTestSet(store.database, {
    name: 'held back',
    rule: { kind: 'cases', cases: ['case 0'] },
    reader: 'ada',
    reason: 'test',
    caseNames: ['case 0'],
    imageIds: [],
  })
  expect(found().all.images).toBe(1)
})
