import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { listRegionEntries, openWorkspace, type Store } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-lines-'))
  store = openWorkspace(oldWorkspace(root, 8, rows), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

/** A workspace of the format before lines: a point that was drawn and deleted. */
const rows = `${oldImage(1)}
  INSERT INTO regions VALUES (1, 1, '00000000-0000-4000-8000-000000000001');
  INSERT INTO region_changes VALUES (1, 1, 1, '${oldTime}', NULL), (2, 1, 1, '${oldTime}', NULL);
  INSERT INTO region_entries VALUES (1, 1, 1, '{"kind":"point","points":[[1,2]]}', 1, NULL, NULL),
    (2, 2, 1, NULL, NULL, NULL, NULL);`

it('0009 keeps the regions of the previous format, accepts lines, and refuses unknown kinds', () => {
  const { database } = store
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  expect(version).toBeGreaterThanOrEqual(9)
  expect(listRegionEntries(database, 1)).toMatchObject([
    { geometry: { kind: 'point', points: [[1, 2]] }, className: 'Benign' },
    { geometry: null },
  ])
  const change = database.prepare(
    `INSERT INTO region_changes (image_id, reader_id, at) VALUES (1, 1, '${oldTime}') RETURNING id`,
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
