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
import { readings } from '../../electron/store/migrations/0007-readings.ts'
import { regions } from '../../electron/store/migrations/0008-regions.ts'
import { listRegionEntries, openWorkspace, type Store } from '../../electron/store/index.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-lines-'))
  store = openWorkspace(formatEight(), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const at = '2026-01-01T00:00:00.000Z'

/** A workspace of the format before lines, with a point that was drawn and deleted. */
function formatEight(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  const earlier = [
    initial,
    pagesCopiesComments,
    modelReport,
    promotionReasons,
    auditTrail,
    pausedJobs,
    readings,
    regions,
  ]
  for (const { sql } of earlier) database.exec(sql)
  database.pragma('user_version = 8')
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', '${at}');
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO readers VALUES (1, 'ada', '${at}');
    INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
      VALUES (1, '${'1'.repeat(64)}', '/pictures/1.png', 10, 'png', 40, 30, 'none', 0, '${at}');
    INSERT INTO regions VALUES (1, 1, '00000000-0000-4000-8000-000000000001');
    INSERT INTO region_changes VALUES (1, 1, 1, '${at}', NULL), (2, 1, 1, '${at}', NULL);
    INSERT INTO region_entries VALUES (1, 1, 1, '{"kind":"point","points":[[1,2]]}', 1, NULL, NULL),
      (2, 2, 1, NULL, NULL, NULL, NULL);`)
  database.close()
  return workspace
}

it('0009 keeps the regions of the format before, takes lines, and no kind that nobody knows', () => {
  const { database } = store
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  expect(version).toBeGreaterThanOrEqual(9)
  expect(listRegionEntries(database, 1)).toMatchObject([
    { geometry: { kind: 'point', points: [[1, 2]] }, className: 'Benign' },
    { geometry: null },
  ])
  const change = database.prepare(
    `INSERT INTO region_changes (image_id, reader_id, at) VALUES (1, 1, '${at}') RETURNING id`,
  )
  const record = (geometry: string | null): void => {
    const { id } = change.get() as { id: number }
    database
      .prepare('INSERT INTO region_entries (change_id, region_id, geometry) VALUES (?, 1, ?)')
      .run(id, geometry)
  }
  record('{"kind":"line","points":[[0,0],[3,4]]}')
  record(null)
  for (const strange of ['{"kind":"circle"}', '{"kind":null}', '{}', '[]', '7']) {
    expect(() => record(strange), strange).toThrow(/no such kind of region/)
  }
  expect(() => record('no JSON')).toThrow()
  expect(listRegionEntries(database, 1)).toHaveLength(4)
})
