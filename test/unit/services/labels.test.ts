import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hasCode, parseClassScheme, type ErrorCode } from '../../../electron/contract/index.ts'
import { parseCsv } from '../../../electron/engine/table/index.ts'
import { exportLabels } from '../../../electron/services/export-labels.ts'
import { setClasses, setLabels, undoLabels } from '../../../electron/services/labels.ts'
import {
  createWorkspace,
  getImage,
  insertImage,
  listClasses,
  listLabels,
  listReaders,
  type Store,
} from '../../../electron/store/index.ts'

let root: string
let store: Store
let imageId: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-labels-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  imageId = insertImage(store.database, {
    sha256: 'a'.repeat(64),
    path: '/pictures/a, "b".png',
    byteCount: 1,
    format: 'png',
    widthPx: 1,
    heightPx: 1,
    pixelSizeUm: null,
    pixelSizeSource: 'none',
    synthetic: false,
    caseName: 'c1',
    page: 1,
    copiedPath: null,
  })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))
const ada = { reader: 'ada', comment: null }
const now = (): string | null => getImage(store.database, imageId).label?.className ?? null

it('takes entries back one after the other, each by a new entry, until nothing stands', () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', ada)
  setLabels(database, [imageId], 'InSitu', { reader: 'eva', comment: 'comedo necrosis' })
  setLabels(database, [imageId], null, ada)
  expect(getImage(database, imageId).label).toBeNull()
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
  expect(listLabels(database, imageId).map(({ className, undoes }) => [className, undoes])).toEqual([
    ['Benign', null],
    ['InSitu', null],
    [null, null],
    ['InSitu', 3],
    ['Benign', 2],
    [null, 1],
    ['Normal', null],
    [null, 7],
  ])
  expect(listReaders(database)).toMatchObject([
    { name: 'ada', entries: 7 },
    { name: 'eva', entries: 1 },
  ])
})

it('labels and undoes all or none', () => {
  const { database } = store
  expect(() => setLabels(database, [imageId, 99], 'Benign', ada)).toThrow(code('image.not-found'))
  expect(() => setLabels(database, [imageId], 'Other', ada)).toThrow(code('classes.unknown'))
  expect(listLabels(database, null)).toEqual([])
  setLabels(database, [imageId], 'Benign', ada)
  expect(() => undoLabels(database, [imageId, 99], ada)).toThrow(code('image.not-found'))
  expect(now()).toBe('Benign')
})

it('changes the classes until something is labelled, even if that was taken back', () => {
  const { database } = store
  const other = parseClassScheme('Benign,Malignant*')
  setClasses(database, other)
  expect(listClasses(database)).toEqual(other)
  setLabels(database, [imageId], 'Malignant', ada)
  undoLabels(database, [imageId], ada)
  expect(() => setClasses(database, parseClassScheme('A,B'))).toThrow(code('classes.in-use'))
  expect(listClasses(database)).toEqual(other)
})

it('writes labels as a table that can be read again', async () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', ada)
  setLabels(database, [imageId], 'InSitu', { reader: 'Eva, "E"', comment: 'two\nlines' })
  const path = join(root, 'labels.csv')
  const read = (): Record<string, string>[] =>
    parseCsv(readFileSync(path, 'utf8'), (reason) => {
      throw new Error(reason)
    })
  expect(await exportLabels(database, { path, history: false })).toBe(1)
  expect(read()).toMatchObject([
    { file: '/pictures/a, "b".png', label: 'InSitu', case: 'c1', reader: 'Eva, "E"', comment: 'two\nlines' },
  ])
  expect(await exportLabels(database, { path, history: true })).toBe(2)
  expect(read().map((row) => row['label'])).toEqual(['Benign', 'InSitu'])
  await expect(
    exportLabels(database, { path: join(root, 'no', 'x.csv'), history: true }),
  ).rejects.toMatchObject({
    code: 'path.not-writable',
  })
})
