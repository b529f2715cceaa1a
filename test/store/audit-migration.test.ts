import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { appendEvent, openWorkspace, readEvents } from '../../electron/store/index.ts'
import { oldImage, oldLabels, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-audit-migration-'))))
afterEach(() => rmSync(root, { recursive: true }))

it('0005 begins a chain that pins existing labels, and is append-only', () => {
  const store = openWorkspace(oldWorkspace(root, 4, oldImage(1) + oldLabels), 'test')
  const { database } = store
  const [first] = readEvents(database, 0, 10)
  // By hand: the canonical JSON of each label and a line feed.
  const image = `"${'1'.repeat(64)}"`
  const lines = `[1,${image},"Benign","ada","${oldTime}","sure",null]\n[2,${image},null,"ada","${oldTime}",null,1]\n`
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
  expect(appendEvent(database, { kind: 'setting', object, after: { b: 1, a: ['ä'] } })).toBe(3)
  // The second one pins what this version hashes (row-pins.test.ts).
  expect(readEvents(database, 2, 10)).toMatchObject([{ id: 3, after: '{"a":["ä"],"b":1}', reader: null }])
  expect(() => database.prepare('UPDATE audit_events SET reason = NULL').run()).toThrow(/append-only/)
  expect(() => database.prepare('DELETE FROM audit_events').run()).toThrow(/append-only/)
  const insert = `INTO audit_events (id, at, kind, object, before_json, after_json, hash) VALUES (?, 'x', 'x', 'null', 'null', 'null', '${'0'.repeat(64)}')`
  for (const id of [1, 3, 5]) {
    expect(() => database.prepare(`INSERT OR REPLACE ${insert}`).run(id)).toThrow(/append-only/)
  }
  store.close()
  // It begins once: opening again adds nothing.
  const again = openWorkspace(join(root, 'w'), 'test')
  expect(readEvents(again.database, 0, 10)).toHaveLength(3)
  again.close()
})
