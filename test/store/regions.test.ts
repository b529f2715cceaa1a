import Sqlite from 'better-sqlite3'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RegionGeometry } from '../../electron/contract/index.ts'
import { initial } from '../../electron/store/migrations/0001-initial.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { modelReport } from '../../electron/store/migrations/0003-model-report.ts'
import { promotionReasons } from '../../electron/store/migrations/0004-promotion-reasons.ts'
import { auditTrail } from '../../electron/store/migrations/0005-audit-trail.ts'
import { pausedJobs } from '../../electron/store/migrations/0006-paused-jobs.ts'
import { readings } from '../../electron/store/migrations/0007-readings.ts'
import {
  countClassedRegionEntries,
  findImageOfRegion,
  hasRegionUuid,
  insertRegion,
  insertRegionChange,
  listLabels,
  listRegionEntries,
  openWorkspace,
  type Store,
} from '../../electron/store/index.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-regions-'))
  store = openWorkspace(formatSeven(), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const at = '2026-01-01T00:00:00.000Z'

/** A workspace of the format before regions, with two images and a label. */
function formatSeven(): string {
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
  ]
  for (const { sql } of earlier) database.exec(sql)
  database.pragma('user_version = 7')
  const image = (id: number): string =>
    `INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
     VALUES (${id}, '${String(id).repeat(64)}', '/pictures/${id}.png', 10, 'png', 40, 30, 'none', 0, '${at}');`
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', '${at}');
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO readers VALUES (1, 'ada', '${at}');
    ${image(1)} ${image(2)}
    INSERT INTO labels (id, image_id, reader_id, class_id, at) VALUES (1, 1, 1, 1, '${at}');`)
  database.close()
  return workspace
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const square: RegionGeometry = { kind: 'rectangle', left: 0.1, top: 0.2, right: 10.3, bottom: 20.7 }

it('keeps the labels of the format before, and entries exactly as they were given', () => {
  const { database } = store
  expect(listLabels(database, 1)).toHaveLength(1)
  const first = insertRegion(database, 1, uuid(1))
  const second = insertRegion(database, 1, uuid(2))
  const other = insertRegion(database, 2, uuid(3))
  const plain = { className: null, name: null, comment: null }
  const change = insertRegionChange(database, {
    imageId: 1,
    reader: 'eva',
    undoes: null,
    entries: [
      { regionId: first, geometry: square, className: 'Malignant', name: 'a', comment: 'ä "b"' },
      { regionId: second, geometry: { kind: 'point', points: [[1 / 3, 0.1 + 0.2]] }, ...plain },
    ],
  })
  insertRegionChange(database, {
    imageId: 1,
    reader: 'ada',
    undoes: change,
    entries: [{ regionId: first, geometry: null, ...plain }],
  })
  expect(listRegionEntries(database, 1)).toMatchObject([
    {
      regionId: first,
      uuid: uuid(1),
      reader: 'eva',
      undoes: null,
      geometry: square,
      className: 'Malignant',
      comment: 'ä "b"',
    },
    {
      regionId: second,
      geometry: { kind: 'point', points: [[1 / 3, 0.1 + 0.2]] },
      className: null,
      name: null,
    },
    { regionId: first, reader: 'ada', undoes: change, geometry: null, className: null },
  ])
  expect(listRegionEntries(database, 2)).toEqual([])
  expect(findImageOfRegion(database, other)).toBe(2)
  expect(findImageOfRegion(database, 99)).toBeNull()
  expect([hasRegionUuid(database, uuid(3)), hasRegionUuid(database, uuid(4))]).toEqual([true, false])
  expect(countClassedRegionEntries(database)).toBe(1)
})

it('records a change whole or not at all', () => {
  const { database } = store
  const regionId = insertRegion(database, 1, uuid(1))
  const entry = { regionId, geometry: square, className: null, name: null, comment: null }
  const record = (
    entries: (typeof entry | (Omit<typeof entry, 'className'> & { className: string }))[],
  ): number => insertRegionChange(database, { imageId: 1, reader: 'ada', undoes: null, entries })
  expect(() => record([{ ...entry, className: 'Other' }])).toThrow(/no class Other/)
  expect(() => record([entry, { ...entry, regionId: 77 }])).toThrow(/no region 77/)
  expect(listRegionEntries(database, 1)).toEqual([])
  expect(database.prepare('SELECT count(*) AS n FROM region_changes').get()).toEqual({ n: 0 })
  expect(() => insertRegion(database, 1, uuid(1))).toThrow(/UNIQUE/)
  expect(() => insertRegion(database, 7, uuid(8))).toThrow(/FOREIGN KEY/)
})

it('only ever adds, and each change is taken back once', () => {
  const { database } = store
  const regionId = insertRegion(database, 1, uuid(1))
  const entries = [{ regionId, geometry: square, className: 'Benign', name: null, comment: null }]
  const change = insertRegionChange(database, { imageId: 1, reader: 'ada', undoes: null, entries })
  const undo = (): number =>
    insertRegionChange(database, { imageId: 1, reader: 'ada', undoes: change, entries })
  undo()
  expect(undo).toThrow(/UNIQUE/)
  for (const table of ['regions', 'region_changes', 'region_entries']) {
    expect(() => database.prepare(`UPDATE ${table} SET id = id + 100`).run()).toThrow(/append-only/)
    expect(() => database.prepare(`DELETE FROM ${table}`).run()).toThrow(/append-only/)
  }
})
