import Sqlite from 'better-sqlite3'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { initial } from '../../electron/store/migrations/0001-initial.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { modelReport } from '../../electron/store/migrations/0003-model-report.ts'
import {
  insertPromotion,
  listPromotions,
  openWorkspace,
  promotedModelId,
  withdrawPromotion,
} from '../../electron/store/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-promotions-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A workspace as version 3 wrote it, with a model that was promoted, and once more and taken back. */
function thirdVersion(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  for (const { sql } of [initial, pagesCopiesComments, modelReport]) database.exec(sql)
  database.pragma('user_version = 3')
  const at = "'2026-01-01T00:00:00.000Z'"
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', ${at});
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO recipes VALUES ('f', 'quick', '{}');
    INSERT INTO models VALUES (1, 'a', 'f', 'demo', '{}', '[]', 0, 'image', 0, 1, '[1]', 1, '{}', ${at});
    INSERT INTO promotions VALUES (1, 1, ${at}, NULL), (2, 1, ${at}, ${at});`)
  database.close()
  return workspace
}

it('0004 keeps the promotions of version 3, with no reason', () => {
  const store = openWorkspace(thirdVersion(), 'test')
  const { database } = store
  expect(database.prepare('SELECT * FROM promotions ORDER BY id').all()).toEqual(
    [1, 2].map((id) => ({
      id,
      model_id: 1,
      at: '2026-01-01T00:00:00.000Z',
      withdrawn_at: id === 1 ? null : '2026-01-01T00:00:00.000Z',
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

it('says why a model was put in use and taken back, and by whom, newest first', () => {
  const store = openWorkspace(thirdVersion(), 'test')
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
