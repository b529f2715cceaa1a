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
import { pausedJobs } from '../../electron/store/migrations/0006-paused-jobs.ts'
import { openWorkspace } from '../../electron/store/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-readings-'))))
afterEach(() => rmSync(root, { recursive: true }))

const at = '2026-01-01T00:00:00.000Z'

/** A workspace of format 6 with a label that was given and taken back. */
function formatSix(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  for (const { sql } of [initial, pagesCopiesComments, modelReport, promotionReasons, auditTrail, pausedJobs])
    database.exec(sql)
  database.pragma('user_version = 6')
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', '${at}');
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO readers VALUES (1, 'ada', '${at}');
    INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
      VALUES (1, '${'a'.repeat(64)}', '/pictures/a.png', 10, 'png', 4, 3, 'none', 0, '${at}');
    INSERT INTO labels (id, image_id, reader_id, class_id, at, comment, undoes)
      VALUES (1, 1, 1, 1, '${at}', 'sure', NULL), (2, 1, 1, NULL, '${at}', NULL, 1);`)
  database.close()
  return workspace
}

it('0007 takes every label of format 6 for a reading that was sure and not blind, and refuses contradictions', () => {
  const store = openWorkspace(formatSix(), 'test')
  const { database } = store
  expect(database.prepare('SELECT * FROM labels ORDER BY id').all()).toMatchObject([
    { id: 1, class_id: 1, comment: 'sure', undoes: null, kind: 'reading', is_unsure: 0, is_blind: 0 },
    { id: 2, class_id: null, comment: null, undoes: 1, kind: 'reading', is_unsure: 0, is_blind: 0 },
  ])
  const insert = database.prepare(
    `INSERT INTO labels (image_id, reader_id, class_id, at, kind, is_unsure, is_blind)
     VALUES (1, 1, ?, '${at}', ?, ?, ?)`,
  )
  insert.run(null, 'reading', 1, 1)
  insert.run(2, 'adjudication', 0, 0)
  const refused: [number | null, string, number, number][] = [
    [1, 'reading', 1, 0],
    [null, 'adjudication', 1, 0],
    [1, 'adjudication', 0, 1],
    [1, 'guess', 0, 0],
    [1, 'reading', 2, 0],
  ]
  for (const row of refused) expect(() => insert.run(...row), row.join()).toThrow(/CHECK/)
  expect(() => database.prepare("UPDATE labels SET kind = 'adjudication'").run()).toThrow(/append-only/)
  store.close()
})
