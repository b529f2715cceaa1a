import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { interruptRunningJobs, listJobs, openWorkspace } from '../../electron/store/index.ts'
import { oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-paused-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A job that is done, one that failed, and one that was running. */
const rows = `INSERT INTO jobs (id, kind, title, input, state, report, error, created_at, ended_at) VALUES
  (2, 'demo', 'd', '{}', 'done', '{"images":3}', NULL, '${oldTime}', '${oldTime}'),
  (5, 'train', 't', '{"name":"x"}', 'failed', NULL, '{"code":"model.none","message":"m","details":{}}', '${oldTime}', '${oldTime}'),
  (7, 'classify', 'c', '{"imageIds":null}', 'running', NULL, NULL, '${oldTime}', NULL);`

it('0006 keeps the jobs of format 5, and a job can be paused from now on', () => {
  const store = openWorkspace(oldWorkspace(root, 5, rows), 'test')
  const { database } = store
  interruptRunningJobs(database, () => null)
  expect(listJobs(database)).toMatchObject([
    { id: 7, kind: 'classify', state: 'interrupted', report: null },
    { id: 5, title: 't', state: 'failed', error: { code: 'model.none' } },
    { id: 2, state: 'done', report: { images: 3 }, createdAt: oldTime },
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
