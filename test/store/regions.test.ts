import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RegionGeometry } from '../../electron/contract/index.ts'
import { atOnce } from '../../electron/base/slices.ts'
import {
  countClassEntries,
  countCurrentRegions,
  findImageOfRegion,
  insertRegions,
  insertRegionChange,
  listLabels,
  listEntriesOfRegions,
  listRegionEntries,
  openWorkspace,
  findRegions,
  type Store,
} from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-regions-'))
  store = openWorkspace(oldWorkspace(root, 7, rows), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

/** A workspace of the format before regions: two images and a label. */
const rows = `${oldImage(1)} ${oldImage(2)}
  INSERT INTO labels (id, image_id, reader_id, class_id, at) VALUES (1, 1, 1, 1, '${oldTime}');`

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const square: RegionGeometry = { kind: 'rectangle', left: 0.1, top: 0.2, right: 10.3, bottom: 20.7 }

it('keeps the labels of the previous format, and entries exactly as given', () => {
  const { database } = store
  expect(atOnce(listLabels(database, 1))).toHaveLength(1)
  const [first = 0] = insertRegions(database, 1, [uuid(1)])
  const [second = 0] = insertRegions(database, 1, [uuid(2)])
  const [other = 0] = insertRegions(database, 2, [uuid(3)])
  const plain = { className: null, name: null, comment: null }
  const change = insertRegionChange(database, {
    imageId: 1,
    reader: 'eva',
    undoes: null,
    entries: [
      {
        regionId: first,
        geometryText: JSON.stringify(square),
        className: 'Malignant',
        name: 'a',
        comment: 'ä "b"',
      },
      {
        regionId: second,
        geometryText: JSON.stringify({ kind: 'point', points: [[1 / 3, 0.1 + 0.2]] }),
        ...plain,
      },
    ],
  })
  insertRegionChange(database, {
    imageId: 1,
    reader: 'ada',
    undoes: change,
    entries: [{ regionId: first, geometryText: null, ...plain }],
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
  const all = listRegionEntries(database, 1)
  expect(listEntriesOfRegions(database, [first])).toEqual([all[0], all[2]])
  expect(listEntriesOfRegions(database, [second, first])).toEqual([all[1], all[0], all[2]])
  // The first is deleted; the one of the other image has no state yet.
  expect([countCurrentRegions(database, 1), countCurrentRegions(database, 2)]).toEqual([1, 0])
  expect(findImageOfRegion(database, other)).toBe(2)
  expect(findImageOfRegion(database, 99)).toBeNull()
  expect([...findRegions(database, [uuid(3), uuid(4)]).keys()]).toEqual([uuid(3)])
  // The label, and the entry of the first region.
  expect(countClassEntries(database)).toBe(2)
})

it('records a change whole or not at all', () => {
  const { database } = store
  const [regionId = 0] = insertRegions(database, 1, [uuid(1)])
  const entry = { regionId, geometryText: JSON.stringify(square), className: null, name: null, comment: null }
  const record = (
    entries: (typeof entry | (Omit<typeof entry, 'className'> & { className: string }))[],
  ): number => insertRegionChange(database, { imageId: 1, reader: 'ada', undoes: null, entries })
  expect(() => record([{ ...entry, className: 'Other' }])).toThrow(/no class Other/)
  expect(() => record([entry, { ...entry, regionId: 77 }])).toThrow(/no region 77/)
  expect(listRegionEntries(database, 1)).toEqual([])
  expect(database.prepare('SELECT count(*) AS n FROM region_changes').get()).toEqual({ n: 0 })
  expect(() => insertRegions(database, 1, [uuid(1)])).toThrow(/UNIQUE/)
  expect(() => insertRegions(database, 7, [uuid(8)])).toThrow(/FOREIGN KEY/)
})

it('is append-only, and each change is undone once', () => {
  const { database } = store
  const [regionId = 0] = insertRegions(database, 1, [uuid(1)])
  const entries = [
    { regionId, geometryText: JSON.stringify(square), className: 'Benign', name: null, comment: null },
  ]
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
