import Sqlite from 'better-sqlite3'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { initial } from '../../electron/store/migrations/0001-initial.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { modelReport } from '../../electron/store/migrations/0003-model-report.ts'
import { promotionReasons } from '../../electron/store/migrations/0004-promotion-reasons.ts'
import { auditTrail } from '../../electron/store/migrations/0005-audit-trail.ts'
import { listJobs, openWorkspace } from '../../electron/store/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-paused-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A workspace of format 5 with a job that is done, one that failed, and one that was running. */
function formatFive(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  for (const { sql, then } of [initial, pagesCopiesComments, modelReport, promotionReasons, auditTrail]) {
    database.exec(sql)
    then?.(database)
  }
  database.pragma('user_version = 5')
  const at = "'2026-01-01T00:00:00.000Z'"
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', ${at});
    INSERT INTO jobs (id, kind, title, input, state, report, error, created_at, ended_at) VALUES
      (2, 'demo', 'd', '{}', 'done', '{"images":3}', NULL, ${at}, ${at}),
      (5, 'train', 't', '{"name":"x"}', 'failed', NULL, '{"code":"model.none","message":"m","details":{}}', ${at}, ${at}),
      (7, 'classify', 'c', '{"imageIds":null}', 'running', NULL, NULL, ${at}, NULL);`)
  database.close()
  return workspace
}

it('0006 keeps the jobs of format 5, and a job can be paused from now on', () => {
  const store = openWorkspace(formatFive(), 'test')
  const { database } = store
  expect(listJobs(database)).toMatchObject([
    { id: 7, kind: 'classify', state: 'interrupted', report: null },
    { id: 5, title: 't', state: 'failed', error: { code: 'model.none' } },
    { id: 2, state: 'done', report: { images: 3 }, createdAt: '2026-01-01T00:00:00.000Z' },
  ])
  database.prepare("UPDATE jobs SET state = 'paused' WHERE id = 7").run()
  expect(() => database.prepare("UPDATE jobs SET state = 'asleep' WHERE id = 7").run()).toThrow(/CHECK/)
  expect(() => database.prepare("UPDATE jobs SET progress = 'half' WHERE id = 7").run()).toThrow(/CHECK/)
  const next = database.prepare<[], { id: number }>(
    `INSERT INTO jobs (kind, title, input, state, created_at) VALUES ('demo', 'd', '{}', 'queued', 'now') RETURNING id`,
  )
  expect(next.get()?.id).toBe(8)
  store.close()
})
