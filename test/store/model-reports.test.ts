import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme, type TrainingReport } from '../../electron/contract/index.ts'
import {
  createWorkspace,
  findModelInUse,
  isCandidate,
  insertModel,
  insertOperatingPoint,
  insertPromotion,
  listFolds,
  listModels,
  readOperatingPoint,
  readTrainingReport,
  withdrawPromotion,
  type NewModel,
  type Store,
} from '../../electron/store/index.ts'
import { boosterRecord, newModel } from '../support/rows.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-reports-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const model = (name: string): NewModel =>
  newModel(parseClassScheme('Benign,Malignant*'), { name, boosters: [boosterRecord('a'.repeat(64))] })

it('keeps a report, which cannot be changed, and the last operating point', () => {
  const { database } = store
  const report = { warnings: ['w'] } as TrainingReport
  const id = insertModel(database, { ...model('a'), report })
  expect(readTrainingReport(database, id)).toEqual(report)
  expect(readTrainingReport(database, insertModel(database, model('b')))).toBeNull()
  expect(() => database.prepare("UPDATE model_reports SET content = '{}'").run()).toThrow(/immutable/)
  expect(readOperatingPoint(database, id)).toBe(0.5)
  insertOperatingPoint(database, id, 0.2)
  insertOperatingPoint(database, id, 0.33)
  expect(readOperatingPoint(database, id)).toBe(0.33)
  expect(() => insertOperatingPoint(database, id, 1.5)).toThrow(/CHECK/)
})

it('uses no model until one is promoted, and undoes promotions one by one', () => {
  const { database } = store
  const used = (): string => findModelInUse(database, null).name
  expect(used).toThrow(expect.objectContaining({ code: 'model.none' }))
  const a = insertModel(database, model('a'))
  const b = insertModel(database, model('b'))
  expect(used).toThrow(expect.objectContaining({ code: 'model.none-in-use' }))
  expect([a, b].map((id) => isCandidate(database, id))).toEqual([true, true])
  insertPromotion(database, a)
  const c = insertModel(database, model('c'))
  expect([a, b, c].map((id) => isCandidate(database, id))).toEqual([false, false, true])
  expect(used()).toBe('a')
  insertPromotion(database, b)
  expect(used()).toBe('b')
  expect(findModelInUse(database, 'C').name).toBe('c')
  withdrawPromotion(database)
  expect(used()).toBe('a')
  withdrawPromotion(database)
  expect(used).toThrow(expect.objectContaining({ code: 'model.none-in-use' }))
  expect(() => withdrawPromotion(database)).toThrow(
    expect.objectContaining({ code: 'model.nothing-promoted' }),
  )
})

it('remembers by content the training images of a model from a package', () => {
  const { database } = store
  const id = insertModel(database, {
    ...model('a'),
    importedFolds: [{ sha256: 'b'.repeat(64), fold: 3, synthetic: true }],
  })
  expect(listModels(database)[0]).toMatchObject({ images: 1, synthetic: true })
  expect(listFolds(database, id).size).toBe(0)
})
