import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../electron/base/slices.ts'
import {
  closeTestSet,
  findTestSet,
  insertAction,
  insertImage,
  insertTestSet,
  listImages,
  listTestSets,
  listTrainableImages,
  lockedHashes,
  openWorkspace,
  setCase,
  setMissingCase,
} from '../../electron/store/index.ts'
import { oldImage, oldLabels, oldWorkspace } from '../support/old-workspace.ts'
import { newImage } from '../support/rows.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-test-sets-'))))
afterEach(() => rmSync(root, { recursive: true }))

it('opens a workspace of format 13, in which nothing is locked', () => {
  const store = openWorkspace(oldWorkspace(root, 13, `${oldImage(1)}${oldImage(2)}${oldLabels}`), 'test')
  expect(listTestSets(store.database)).toEqual([])
  expect(lockedHashes(store.database).size).toBe(0)
  expect(listImages(store.database).map(({ testSet }) => testSet)).toEqual([null, null])
  expect(atOnce(listTrainableImages(store.database))).toEqual([])
  store.close()
})

it('keeps an image of a locked case locked, however the case of an image comes about', () => {
  const { database, ...store } = openWorkspace(oldWorkspace(root, 13, ''), 'test')
  insertImage(database, newImage('a'.repeat(64), { caseName: 'A' }))
  const late = insertImage(database, newImage('b'.repeat(64)))
  const lock = { reader: 'ada', reason: 'why', imageIds: [1] }
  insertTestSet(database, { ...lock, name: 'a', rule: { kind: 'cases', cases: ['A'] }, caseNames: ['A'] })
  setMissingCase(database, late, 'A')
  insertImage(database, newImage('c'.repeat(64), { caseName: 'A' }))
  insertImage(database, newImage('d'.repeat(64), { caseName: 'B' }))
  expect(listImages(database).map(({ testSet }) => testSet)).toEqual(['a', 'a', 'a', null])
  // Moved into the locked case, and out of it again.
  const moveTo = (name: string): void => {
    const action = {
      id: insertAction(database, { reader: 'ada', kind: 'case' }),
      isListed: true,
      isLast: true,
    }
    setCase(database, 4, name, { reader: 'ada', action, undoes: null })
  }
  moveTo('A')
  moveTo('B')
  expect(listImages(database).map(({ testSet }) => testSet)).toEqual(['a', 'a', 'a', 'a'])
  // Another program gives it another case: it stays.
  database
    .prepare("UPDATE images SET case_id = (SELECT id FROM cases WHERE name = 'B') WHERE id IN (1, 2, 3)")
    .run()
  expect(listImages(database).map(({ testSet }) => testSet)).toEqual(['a', 'a', 'a', 'a'])
  Object.assign(store, { database }).close()
})

it('never gives back what it holds', () => {
  const { database, ...store } = openWorkspace(oldWorkspace(root, 13, oldImage(1)), 'test')
  const later = { name: 'l', rule: { kind: 'later' }, reader: null, reason: 'why' } as const
  insertTestSet(database, { ...later, caseNames: [], imageIds: [] })
  insertImage(database, newImage('e'.repeat(64), { caseName: 'E' }))
  closeTestSet(database, findTestSet(database, 'L'), null)
  const run = (sql: string) => () => database.prepare(sql).run()
  expect(run('DELETE FROM test_sets')).toThrow(/never removed/)
  expect(run('DELETE FROM test_set_cases')).toThrow(/only grow/)
  expect(run("UPDATE test_sets SET released_at = 'x', released_reason = 'y'")).not.toThrow()
  expect(run('UPDATE test_sets SET released_at = NULL')).toThrow(/for good/)
  Object.assign(store, { database }).close()
})
