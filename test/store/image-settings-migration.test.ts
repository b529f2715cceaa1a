import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../electron/base/sha256.ts'
import { hashRows } from '../../electron/store/audited-tables.ts'
import { getImage, openWorkspace } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'
import { makeStep, setCaseLater } from '../support/at-once.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-settings-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A label that was given, undone and redone, as format 16 has it. */
const steps = `
  INSERT INTO labels (image_id, reader_id, class_id, at, undoes) VALUES
    (1, 1, 1, '${oldTime}', NULL), (1, 1, NULL, '${oldTime}', 1), (1, 1, 1, '${oldTime}', 2);
  INSERT INTO reader_actions (id, reader_id, at, kind, target) VALUES
    (3, 1, '${oldTime}', 'label', NULL), (4, 1, '${oldTime}', 'undo', 3), (7, 1, '${oldTime}', 'redo', 3);
  INSERT INTO reader_action_entries (id, action_id, label_id) VALUES (5, 3, 1);`

it('0017 keeps steps with their ids and hashes, and adds settings, which are only added', () => {
  const store = openWorkspace(oldWorkspace(root, 16, oldImage(1) + steps), 'test')
  const { database } = store
  // The rows as format 16 has them, by hand.
  expect(hashRows(database, 'reader_actions', 4)).toBe(
    sha256(`{"at":"${oldTime}","id":4,"kind":"undo","reader_id":"ada","target":3}\n`),
  )
  expect(hashRows(database, 'reader_action_entries', 3)).toBe(sha256('{"action_id":3,"id":5,"label_id":1}\n'))
  const undo = { direction: 'undo', reader: 'ada', isBlinded: false } as const
  const next = { action: null, confirmBlind: false }
  setCaseLater(database, [1], 'new', 'ada')
  expect(makeStep(database, undo, next).action).toMatchObject({ id: 8, kind: 'case' })
  expect(makeStep(database, undo, next).action).toMatchObject({ id: 3, kind: 'label' })
  expect(getImage(database, 1)).toMatchObject({ caseName: null, label: null })
  for (const table of ['image_settings', 'reader_actions', 'reader_action_entries']) {
    expect(() => database.prepare(`UPDATE ${table} SET id = id`).run(), table).toThrow(/append-only/)
    expect(() => database.prepare(`DELETE FROM ${table}`).run(), table).toThrow(/append-only/)
  }
  store.close()
})
