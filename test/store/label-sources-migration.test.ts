import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../electron/base/slices.ts'
import { originOf } from '../../electron/contract/index.ts'
import { verifyChain } from '../../electron/features/audit/verify-chain.ts'
import {
  listImages,
  listLabels,
  listReaders,
  openWorkspace,
  readEvents,
  type Store,
  type Writable,
} from '../../electron/store/index.ts'
import { labelOfFormat10, OldTrail, standing, type OldEntry } from '../support/old-trail.ts'
import { oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-sources-migration-'))))
afterEach(() => rmSync(root, { recursive: true }))

const image = (id: number, synthetic = 0): string =>
  `INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
   VALUES (${id}, '${String(id).repeat(64)}', '/pictures/${id}.png', 10, 'png', 40, 30, 'none', ${synthetic}, '${oldTime}');`

/** Small numbers in the same order on every machine (Park and Miller). */
class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (this.#state * 48271) % 2147483647
    return this.#state % limit
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }
}

const folder = { labels: 'folder', labelsFile: null, paths: ['/pictures'], reader: 'ada' }
const imported = { isImport: true }

/** A workspace of format 10 with nine images, the seventh of synthetic tissue, and the readers ada and eva. */
function oldTrail(rows = ''): { trail: OldTrail; open: () => Store } {
  const path = oldWorkspace(
    root,
    10,
    `INSERT INTO readers VALUES (2, 'eva', '${oldTime}');
     ${Array.from({ length: 9 }, (_, index) => image(index + 1, index === 6 ? 1 : 0)).join('')}${rows}`,
  )
  const trail = new OldTrail(path)
  return {
    trail,
    open: () => {
      trail.close()
      return openWorkspace(path, 'test')
    },
  }
}

/** Changes a label as another program could. */
function tamper(database: Writable, change: string): void {
  const trigger = database
    .prepare<[], { sql: string }>(`SELECT sql FROM sqlite_schema WHERE name = 'labels_no_update'`)
    .get()
  for (const sql of ['DROP TRIGGER labels_no_update', change, trigger?.sql ?? '']) database.prepare(sql).run()
}

const origins = (store: Store): unknown[] =>
  atOnce(listLabels(store.database, null)).map((entry) => [entry.imageId, originOf(entry), entry.table])

it('0011 takes labels that an import took from folder names from their reader, and keeps every image’s label', async () => {
  const long = { ...folder, paths: ['/pictures', 'x'.repeat(3000)] }
  const longHash = createHash('sha256')
    .update(
      `{"labels":"folder","labelsFile":null,"paths":["/pictures","${'x'.repeat(3000)}"],"reader":"ada"}`,
    )
    .digest('hex')
  const { trail, open } = oldTrail(
    `INSERT INTO jobs (id, kind, title, input, state, created_at)
       VALUES (2, 'import', 'Import images', '${JSON.stringify(long)}', 'done', '${oldTime}'),
         (3, 'import', 'Import images', '${JSON.stringify(folder)}', 'done', '${oldTime}');`,
  )
  trail.import(1, { input: folder }, () => {
    trail.label(1, imported)
    // A label given meanwhile: no import.
    trail.label(9)
    trail.label(7, imported)
  })
  trail.import(2, { inputSha256: longHash }, () => trail.label(2, imported))
  // The stored input is another than the event tells.
  trail.import(3, { inputSha256: longHash }, () => trail.label(3, imported))
  const table = { ...folder, labels: 'none', labelsFile: '/lab/labels.csv' }
  trail.import(4, { input: table }, () => {
    trail.label(4, imported)
    trail.label(4, { ...imported, reader: 'eva' })
  })
  trail.import(5, { input: { ...table, labels: 'folder' } }, () => trail.label(5, imported))
  // ada corrects what she imported and withdraws it; eva differs; an import is undone.
  trail.label(1, { className: 'Malignant' })
  trail.label(2, { className: null })
  trail.label(7, { reader: 'eva', className: 'Malignant' })
  trail.import(6, { input: folder }, () => trail.label(8, imported))
  trail.label(8, { className: null, undoes: 12 })
  const before = readEvents(trail.writable, 0, 100)
  const store = open()
  expect(origins(store)).toEqual([
    [1, 'Folder name', null],
    [9, 'ada', null],
    [7, 'Synthetic', null],
    [2, 'Folder name', null],
    [3, 'ada', null],
    [4, 'ada', 'labels.csv'],
    [4, 'eva', 'labels.csv'],
    [5, 'ada', null],
    [1, 'ada', null],
    [2, 'ada', null],
    [7, 'eva', null],
    [8, 'Folder name', null],
    [8, 'ada', null],
  ])
  // As format 10 had it, by hand: the newest of each reader, and none where readers differ.
  expect(
    listImages(store.database).map(({ id, label, readings }) => [
      id,
      label?.className ?? null,
      readings.isDisputed,
    ]),
  ).toEqual([
    [1, 'Malignant', false],
    [2, null, false],
    [3, 'Benign', false],
    [4, 'Benign', false],
    [5, 'Benign', false],
    [6, null, false],
    [7, null, true],
    [8, null, false],
    [9, 'Benign', false],
  ])
  expect(listReaders(store.database)).toMatchObject([
    { name: 'ada', entries: 7 },
    { name: 'eva', entries: 2 },
  ])
  // The newest one pins what later formats hash.
  const events = readEvents(store.database, 0, 100).slice(0, -1)
  expect(events.slice(0, -1)).toEqual(before)
  expect(events.at(-1)).toMatchObject({ kind: 'migration', reader: null, before: '{"format":10}' })
  expect(JSON.parse(events.at(-1)?.after ?? '')).toMatchObject({
    format: 11,
    labels: { folder: 3, reader: 9, synthetic: 1 },
    lastLabelId: 13,
  })
  // The stored input of the third import is not what its event has the hash of.
  const otherInput = { kind: 'rows', message: 'The job 3 differs from event 12.' }
  expect((await verifyChain(store.database)).problems).toMatchObject([otherInput])
  expect(() => store.database.prepare("UPDATE labels SET source = 'reader'").run()).toThrow(/append-only/)
  // Back to a reader's label, or the other way round: found by the hash in the event.
  tamper(store.database, "UPDATE labels SET source = 'reader' WHERE id = 1")
  expect((await verifyChain(store.database)).problems).toMatchObject([
    { kind: 'labels', eventId: events.length },
    otherInput,
  ])
  store.close()
})

it('0011 changes the label of no image, whatever readers did after an import', () => {
  const random = new Random(11)
  const path = oldWorkspace(
    root,
    10,
    `INSERT INTO readers VALUES (2, 'eva', '${oldTime}');
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
     INSERT INTO images (id, sha256, path, byte_count, format, width_px, height_px, pixel_size_source, synthetic, imported_at)
       SELECT i, printf('%064d', i), printf('/%d.png', i), 10, 'png', 40, 30, 'none', 0, '${oldTime}' FROM n;`,
  )
  const trail = new OldTrail(path)
  const expected = new Map<number, string | null>()
  trail.writable.transaction(() => {
    for (let imageId = 1; imageId <= 400; imageId++) {
      const entries: OldEntry[] = []
      trail.import(imageId, { input: folder }, () => {
        entries.push(trail.label(imageId, { ...imported, className: random.oneOf(['Benign', 'Malignant']) }))
      })
      for (let left = random.below(5); left > 0; left--) {
        const reader = random.oneOf(['ada', 'eva'] as const)
        const last = standing(entries).findLast((entry) => entry.reader === reader)
        const choice = random.oneOf(['Benign', 'Malignant', 'unsure', null, 'undo'] as const)
        if (choice === 'undo') {
          if (last !== undefined)
            entries.push(trail.label(imageId, { reader, className: null, undoes: last.id }))
        } else if (choice === 'unsure')
          entries.push(trail.label(imageId, { reader, className: null, isUnsure: true }))
        else entries.push(trail.label(imageId, { reader, className: choice }))
      }
      expected.set(imageId, labelOfFormat10(entries))
    }
  })()
  trail.close()
  expect(new Set(expected.values())).toEqual(new Set(['Benign', 'Malignant', null]))
  const store = openWorkspace(path, 'test')
  const labels = new Map(listImages(store.database).map(({ id, label }) => [id, label?.className ?? null]))
  expect(labels).toEqual(expected)
  store.close()
})

it('0011 adds no event where no label came from an import, and refuses contradictions', async () => {
  const { trail, open } = oldTrail()
  trail.label(1)
  const store = open()
  const { database } = store
  expect(readEvents(database, 0, 100).map(({ kind }) => kind)).toEqual(['chain', 'label', 'chain'])
  expect(await verifyChain(database)).toMatchObject({ whole: true })
  const insert = database.prepare(
    `INSERT INTO labels (image_id, reader_id, class_id, at, source, table_name, is_blind, undoes)
     VALUES (1, 1, 1, '${oldTime}', ?, ?, ?, ?)`,
  )
  for (const row of [
    ['guess', null, 0, null],
    ['folder', null, 1, null],
    ['folder', 'labels.csv', 0, null],
    ['folder', null, 0, 1],
  ])
    expect(() => insert.run(...row), row.join()).toThrow(/CHECK/)
  insert.run('table', 'labels.csv', 0, null)
  tamper(database, "UPDATE labels SET source = 'synthetic' WHERE id = 1")
  expect((await verifyChain(database)).problems.map(({ eventId }) => eventId)).toContain(2)
  store.close()
})

it('0011 leaves labels from before the trail with their reader, and finds a change of that', async () => {
  const labels = `INSERT INTO labels (id, image_id, reader_id, class_id, at) VALUES (1, 1, 1, 1, '${oldTime}');`
  const store = openWorkspace(oldWorkspace(root, 4, image(1) + labels), 'test')
  expect(atOnce(listLabels(store.database, null))).toMatchObject([
    { reader: 'ada', source: 'reader', table: null },
  ])
  expect(await verifyChain(store.database)).toMatchObject({ whole: true })
  tamper(store.database, "UPDATE labels SET source = 'folder'")
  expect((await verifyChain(store.database)).problems).toMatchObject([{ kind: 'labels', eventId: 1 }])
  store.close()
})
