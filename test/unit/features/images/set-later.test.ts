import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { setCaseLater, setPixelSizeLater } from '../../../../electron/features/images/set-later.ts'
import {
  createWorkspace,
  getImage,
  insertImage,
  insertTestSet,
  saveFlags,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'

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
  const answer = setCaseLater(store.database, ids, 'other')
  expect(answer).toMatchObject({ changed: 2, models: [], similarCases: [] })
  expect(answer.images.map(({ caseName }) => caseName)).toEqual(['other', 'other', 'other'])
  expect(imageEvents()).toMatchObject([
    [{ case: 'S21-0142A' }, { case: 'other' }],
    [{ case: null }, { case: 'other' }],
  ])
  expect(setCaseLater(store.database, ids.slice(2), null).images[0]?.caseName).toBeNull()
  expect(setCaseLater(store.database, ids.slice(2), null).changed).toBe(0)
  expect(imageEvents()).toHaveLength(3)
})

it('writes the name composed, and says which cases look like it', () => {
  addImage('Müller'.normalize('NFC'))
  const id = addImage(null)
  const { images, similarCases } = setCaseLater(store.database, [id], 'Müller'.normalize('NFD'))
  expect(images[0]?.caseName).toBe('Müller'.normalize('NFC'))
  expect(similarCases).toEqual([])
  addImage('29960AB')
  expect(setCaseLater(store.database, [id], '29960CD').similarCases).toEqual([['29960AB', '29960CD']])
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
  expect(() => setCaseLater(store.database, [free, locked], 'c')).toThrow(
    /keeps its case until it is released/,
  )
  expect(() => setCaseLater(store.database, [free, 99], 'c')).toThrow(/99/)
  expect(getImage(store.database, free).caseName).toBe('a')
  expect(imageEvents()).toEqual([])
})

it('states the pixel size only where the file does not, and nothing was computed', () => {
  const [unknown, known, used] = [addImage(null), addImage(null, 0.25), addImage(null)]
  saveFlags(store.database, used, [])
  expect(setPixelSizeLater(store.database, [unknown, known, used], 0.5)).toMatchObject({
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
  expect(setPixelSizeLater(store.database, [unknown], 0.4).changed).toBe(1)
  expect(setPixelSizeLater(store.database, [unknown], 0.4).changed).toBe(0)
  expect(imageEvents()).toHaveLength(2)
})
