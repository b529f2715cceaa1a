import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { createWorkspace, insertImage, listEvents, type Store } from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { adjudicate, setLabels, undoLabels } from '../../../support/at-once.ts'

let root: string
let store: Store
let imageId: number
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-label-events-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  imageId = insertImage(store.database, newImage('a'.repeat(64), { caseName: 'c1' }))
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const ada = { reader: 'ada', comment: null }
const eva = { reader: 'eva', comment: null }

it('writes the value before each entry into the trail, not other readers’ labels', () => {
  const { database } = store
  setLabels(database, [imageId], 'Benign', { ...ada, comment: 'at the edge' })
  setLabels(database, [imageId], 'Benign', eva)
  setLabels(database, [imageId], null, { ...eva, isUnsure: true })
  setLabels(database, [imageId], 'InSitu', eva)
  adjudicate(database, [imageId], 'InSitu', ada)
  adjudicate(database, [imageId], 'Normal', eva)
  // Undoes eva's last entry, the adjudication; then ada's, although eva's reading is newer than ada's.
  undoLabels(database, [imageId], eva)
  undoLabels(database, [imageId], ada)
  setLabels(database, [imageId], 'Normal', ada)
  const filter = { kinds: null, reader: null, imageId: null, text: null, from: null, to: null }
  const { events } = listEvents(database, filter, { olderThan: null, limit: 100 })
  const told = events.toReversed().slice(3)
  expect(told.map(({ kind, reader }) => `${kind} ${reader ?? ''}`)).toEqual([
    'label ada',
    'label eva',
    'label eva',
    'label eva',
    'adjudication ada',
    'adjudication eva',
    'undo eva',
    'undo ada',
    'label ada',
  ])
  const settled = { comment: null, adjudication: true }
  expect(told.map(({ before }) => before)).toEqual([
    null,
    null,
    { class: 'Benign', comment: null, label: 2, reader: 'eva' },
    { class: null, comment: null, label: 3, reader: 'eva', unsure: true },
    null,
    { ...settled, class: 'InSitu', label: 5, reader: 'ada' },
    { ...settled, class: 'Normal', label: 6, reader: 'eva' },
    { ...settled, class: 'InSitu', label: 5, reader: 'ada' },
    { class: 'Benign', comment: 'at the edge', label: 1, reader: 'ada' },
  ])
})
