import Sqlite from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { initial } from '../../electron/store/migrations/0001-initial.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { modelReport } from '../../electron/store/migrations/0003-model-report.ts'
import { promotionReasons } from '../../electron/store/migrations/0004-promotion-reasons.ts'
import { appendEvent, openWorkspace, readEvents } from '../../electron/store/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-audit-migration-'))))
afterEach(() => rmSync(root, { recursive: true }))

const at = '2026-01-01T00:00:00.000Z'

/** A workspace of format 4, without an audit trail, with one image that was labelled twice. */
function formatFour(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  for (const { sql } of [initial, pagesCopiesComments, modelReport, promotionReasons]) database.exec(sql)
  database.pragma('user_version = 4')
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

it('0005 begins a chain that pins the labels that were there, and only adds', () => {
  const store = openWorkspace(formatFour(), 'test')
  const { database } = store
  const [first] = readEvents(database, 0, 10)
  // By hand: the canonical JSON of each label and a line feed.
  const image = `"${'a'.repeat(64)}"`
  const lines = `[1,${image},"Benign","ada","${at}","sure",null]\n[2,${image},null,"ada","${at}",null,1]\n`
  const labelsSha256 = createHash('sha256').update(lines).digest('hex')
  const after = `{"images":1,"labels":2,"labelsSha256":"${labelsSha256}","lastLabelId":2,"lastModelId":0,"lastOperatingPointId":0,"lastPromotionId":0}`
  expect(first).toMatchObject({ id: 1, kind: 'chain', reader: null, before: 'null', after })
  const text = `{"after":${after},"at":"${first?.at ?? ''}","before":null,"id":1,"kind":"chain","object":{"id":null,"name":null,"type":"workspace"},"reader":null,"reason":"${first?.reason ?? ''}"}`
  expect(first?.hash).toBe(
    createHash('sha256')
      .update('0'.repeat(64) + text)
      .digest('hex'),
  )

  const object = { type: 'workspace', id: null, name: null }
  expect(appendEvent(database, { kind: 'setting', object, after: { b: 1, a: ['ä'] } })).toBe(2)
  expect(readEvents(database, 1, 10)).toMatchObject([{ id: 2, after: '{"a":["ä"],"b":1}', reader: null }])
  expect(() => database.prepare('UPDATE audit_events SET reason = NULL').run()).toThrow(/append-only/)
  expect(() => database.prepare('DELETE FROM audit_events').run()).toThrow(/append-only/)
  const insert = `INTO audit_events (id, at, kind, object, before_json, after_json, hash) VALUES (?, 'x', 'x', 'null', 'null', 'null', '${'0'.repeat(64)}')`
  for (const id of [1, 2, 4]) {
    expect(() => database.prepare(`INSERT OR REPLACE ${insert}`).run(id)).toThrow(/append-only/)
  }
  store.close()
  // It begins once: the next opening adds nothing.
  const again = openWorkspace(join(root, 'w'), 'test')
  expect(readEvents(again.database, 0, 10)).toHaveLength(2)
  again.close()
})
