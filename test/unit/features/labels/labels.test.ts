import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { atOnce } from '../../../../electron/base/slices.ts'
import { parseCsv } from '../../../../electron/base/csv.ts'
import { hasCode, parseClassScheme, type ErrorCode } from '../../../../electron/contract/index.ts'
import { exportLabels } from '../../../../electron/features/labels/export-labels.ts'
import { setClasses } from '../../../../electron/features/labels/labels.ts'
import { giveClassName } from '../../../../electron/features/labels/rename-class.ts'
import {
  createWorkspace,
  getImage,
  insertImage,
  listClasses,
  listLabels,
  listNamedClasses,
  listReaders,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { adjudicate, setLabels, undoLabels } from '../../../support/at-once.ts'

let root: string
let store: OpenWorkspace
let imageId: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-labels-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  imageId = insertImage(
    store.database,
    newImage('a'.repeat(64), { path: '/pictures/a, "b".png', caseName: 'c1' }),
  )
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))
const ada = { reader: 'ada', comment: null }
const eva = { reader: 'eva', comment: null }
const now = (): string | null => getImage(store.database, imageId).label?.className ?? null

it('undoes the entries of a reader one by one, each with a new entry, until none is left', () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', ada)
  setLabels(database, [imageId], 'InSitu', { ...ada, comment: 'comedo necrosis' })
  setLabels(database, [imageId], null, ada)
  expect(now()).toBeNull()
  const seen: (string | null)[] = []
  for (let i = 0; i < 3; i++) {
    undoLabels(database, [imageId], { reader: 'ada', comment: 'a slip' })
    seen.push(now())
  }
  expect(seen).toEqual(['InSitu', 'Benign', null])
  expect(() => undoLabels(database, [imageId], ada)).toThrow(code('label.nothing-to-undo'))
  setLabels(database, [imageId], 'Normal', ada)
  undoLabels(database, [imageId], ada)
  expect(now()).toBeNull()
  expect(atOnce(listLabels(database, imageId)).map(({ className, undoes }) => [className, undoes])).toEqual([
    ['Benign', null],
    ['InSitu', null],
    [null, null],
    ['InSitu', 3],
    ['Benign', 2],
    [null, 1],
    ['Normal', null],
    [null, 7],
  ])
})

it('lets readers withdraw and undo only their own labels', () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', ada)
  expect(() => setLabels(database, [imageId], null, eva)).toThrow(code('label.nothing-to-withdraw'))
  expect(() => undoLabels(database, [imageId], eva)).toThrow(code('label.nothing-to-undo'))
  setLabels(database, [imageId], 'InSitu', eva)
  undoLabels(database, [imageId], ada)
  expect(now()).toBe('InSitu')
  setLabels(database, [imageId], null, eva)
  expect(now()).toBeNull()
  expect(listReaders(database)).toMatchObject([
    { name: 'ada', entries: 2 },
    { name: 'eva', entries: 2 },
  ])
})

it('recognises a reader in any spelling of the name', () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', { reader: 'Zoë', comment: null })
  setLabels(database, [imageId], 'InSitu', { reader: ' ZOE\u0308', comment: null })
  expect(listReaders(database)).toMatchObject([{ name: 'Zoë', entries: 2 }])
  expect(getImage(database, imageId).readings.all).toMatchObject([{ reader: 'Zoë', className: 'InSitu' }])
})

it('labels and undoes all images or none', () => {
  const { database } = store
  expect(() => setLabels(database, [imageId, 99], 'Benign', ada)).toThrow(code('image.not-found'))
  expect(() => setLabels(database, [imageId], 'Other', ada)).toThrow(code('classes.unknown'))
  expect(atOnce(listLabels(database, null))).toEqual([])
  setLabels(database, [imageId], 'Benign', ada)
  expect(() => undoLabels(database, [imageId, 99], ada)).toThrow(code('image.not-found'))
  expect(now()).toBe('Benign')
})

it('changes the classes until something is labelled, even if that was undone', () => {
  const { database } = store
  const other = parseClassScheme('Benign,Malignant*')
  setClasses(database, other)
  expect(listClasses(database)).toEqual(other)
  setLabels(database, [imageId], 'Malignant', ada)
  undoLabels(database, [imageId], ada)
  expect(() => setClasses(database, parseClassScheme('A,B'))).toThrow(code('classes.in-use'))
  expect(listClasses(database)).toEqual(other)
})

it('changes keys and colours of classes that labels use, and nothing else of them', async () => {
  const { database } = store
  const scheme = parseClassScheme('Benign,Malignant*')
  setClasses(database, scheme)
  setLabels(database, [imageId], 'Malignant', ada)
  // The two keys change places.
  const [benign, malignant] = scheme as [(typeof scheme)[0], (typeof scheme)[0]]
  const restyled = [
    { ...benign, key: '2' },
    { ...malignant, key: '1', colour: '#aa4499' },
  ]
  setClasses(database, restyled)
  expect(listClasses(database)).toEqual(restyled)
  expect(now()).toBe('Malignant')
  for (const other of [
    [malignant, benign],
    [benign, { ...malignant, name: 'malignant' }],
    [benign, { ...malignant, isPositive: false }],
    [...scheme, { ...benign, name: 'Third', key: '3' }],
  ])
    expect(() => setClasses(database, other)).toThrow(code('classes.in-use'))
  expect(await verifyChain(database)).toMatchObject({ whole: true, problems: [] })
})

it('keeps the former names where only keys or colours change, and before the first label, too', () => {
  const { database } = store
  giveClassName(database, { name: 'InSitu', newName: 'DCIS' })
  const named = listNamedClasses(database)
  setClasses(
    database,
    listClasses(database).map((one) => (one.name === 'DCIS' ? { ...one, colour: '#aa4499' } : one)),
  )
  expect(listClasses(database)[2]).toMatchObject({ name: 'DCIS', colour: '#aa4499' })
  expect(listNamedClasses(database)).toEqual(named)
  setClasses(database, parseClassScheme('Benign,Malignant*'))
  expect(listNamedClasses(database).map(({ former }) => former)).toEqual([[], []])
})

it('renames the class with exactly that name, where only the spelling tells two apart', () => {
  const { database } = store
  const [composed, decomposed] = ['na\u00EFve', 'nai\u0308ve']
  // As schemes of earlier versions could have them.
  const scheme = [composed, decomposed].map((name, index) => ({
    ...{ name, isPositive: false, key: String(index + 1), colour: '#0072b2' },
  }))
  setClasses(database, scheme)
  giveClassName(database, { name: decomposed, newName: 'Second' })
  giveClassName(database, { name: decomposed, newName: 'Third' })
  expect(listNamedClasses(database).map(({ name }) => name)).toEqual([composed, 'Third'])
})

it('has a database that gives no class the former name of another one', () => {
  const { database } = store
  giveClassName(database, { name: 'InSitu', newName: 'DCIS' })
  expect(() => database.prepare("UPDATE classes SET name = 'InSitu' WHERE name = 'Benign'").run()).toThrow(
    'another class had this name',
  )
  const insert =
    "INSERT INTO classes (position, name, is_positive, key, colour) VALUES (9, 'InSitu', 0, 'x', '#000000')"
  expect(() => database.prepare(insert).run()).toThrow('another class had this name')
  giveClassName(database, { name: 'DCIS', newName: 'InSitu' })
  expect(listClasses(database)[2]?.name).toBe('InSitu')
})

it('writes labels as a table that can be read again', async () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', ada)
  setLabels(database, [imageId], 'InSitu', { reader: 'Eva, "E"', comment: 'two\nlines' })
  setLabels(database, [imageId], null, { ...eva, isUnsure: true, isBlind: () => true })
  adjudicate(database, [imageId], 'Normal', ada)
  const path = join(root, 'labels.csv')
  const read = (): Record<string, string>[] =>
    parseCsv(readFileSync(path, 'utf8'), (reason) => {
      throw new Error(reason)
    })
  expect(await exportLabels(store.read, { path, history: false, replace: true })).toBe(4)
  const file = '/pictures/a, "b".png'
  expect(read()).toMatchObject([
    { file, label: 'Benign', case: 'c1', reader: 'ada', kind: 'reading', unsure: '', blind: '' },
    { file, label: 'InSitu', reader: 'Eva, "E"', comment: 'two\nlines', kind: 'reading' },
    { file, label: '', reader: 'eva', kind: 'reading', unsure: 'yes', blind: 'yes' },
    { file, label: 'Normal', reader: 'ada', kind: 'adjudication', unsure: '' },
  ])
  undoLabels(database, [imageId], { ...eva, confirmBlind: true })
  expect(await exportLabels(store.read, { path, history: false, replace: true })).toBe(3)
  expect(await exportLabels(store.read, { path, history: true, replace: true })).toBe(5)
  expect(read().map((row) => row['label'])).toEqual(['Benign', 'InSitu', '', 'Normal', ''])
  await expect(exportLabels(store.read, { path, history: true, replace: false })).rejects.toMatchObject({
    code: 'path.exists',
  })
})
