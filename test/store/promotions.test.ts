import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  insertPromotion,
  listPromotions,
  modelInUse,
  openWorkspace,
  promotedModelId,
  setModelRemoved,
  withdrawPromotion,
} from '../../electron/store/index.ts'
import { oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-promotions-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A model that was promoted twice, the second time undone. */
const rows = `
  INSERT INTO recipes VALUES ('f', 'quick', '{}');
  INSERT INTO models VALUES (1, 'a', 'f', 'demo', '{}', '[]', 0, 'image', 0, 1, '[1]', 1, '{}', '${oldTime}');
  INSERT INTO promotions VALUES (1, 1, '${oldTime}', NULL), (2, 1, '${oldTime}', '${oldTime}');`

it('0004 keeps the promotions of version 3, with no reason', () => {
  const store = openWorkspace(oldWorkspace(root, 3, rows), 'test')
  const { database } = store
  expect(database.prepare('SELECT * FROM promotions ORDER BY id').all()).toEqual(
    [1, 2].map((id) => ({
      id,
      model_id: 1,
      at: oldTime,
      withdrawn_at: id === 1 ? null : oldTime,
      reason: null,
      reader: null,
      withdrawn_reason: null,
      withdrawn_by: null,
    })),
  )
  expect(promotedModelId(database)).toBe(1)
  expect(() => database.prepare("UPDATE promotions SET reason = ''").run()).toThrow(/CHECK/)
  store.close()
})

it('puts no newer model of version 3 in use by restoring it', () => {
  const newer = `INSERT INTO models VALUES (2, 'b', 'f', 'demo', '{}', '[]', 0, 'image', 0, 1, '[1]', 1, '{}', '${oldTime}');`
  const store = openWorkspace(oldWorkspace(root, 3, rows + newer), 'test')
  const { database } = store
  const by = { reader: 'Ada', reason: null }
  const b = { id: 2, name: 'b' }
  setModelRemoved(database, b, true, by)
  withdrawPromotion(database)
  expect(modelInUse(database)?.name).toBe('a')
  setModelRemoved(database, b, false, by)
  expect(modelInUse(database)?.name).toBe('a')
  expect(listPromotions(database)[0]).toMatchObject({ model: 'a', reader: 'Ada', withdrawn: null })
  store.close()
})

it('lists promotions and their undo with reason and reader, newest first', () => {
  const store = openWorkspace(oldWorkspace(root, 3, rows), 'test')
  const { database } = store
  insertPromotion(database, 1, { reader: 'Ada', reason: 'better on Benign' })
  insertPromotion(database, 1)
  withdrawPromotion(database, { reader: 'Eva', reason: 'by mistake' })
  const [taken, stands, ...earlier] = listPromotions(database)
  expect(taken).toMatchObject({
    reader: null,
    reason: null,
    withdrawn: { reader: 'Eva', reason: 'by mistake' },
  })
  expect(stands).toMatchObject({ model: 'a', reader: 'Ada', reason: 'better on Benign', withdrawn: null })
  expect(earlier).toHaveLength(2)
  store.close()
})
