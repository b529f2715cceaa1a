import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../electron/base/sha256.ts'
import { hashRows } from '../../electron/store/audited-tables.ts'
import { getImage, listImages, listModels, openWorkspace } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'
import { makeStep, setRemovedLater } from '../support/at-once.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-removals-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A step of two parts whose case was set and set back, and a model, as format 26 has them. */
const rows = `
  INSERT INTO cases VALUES (1, 'c');
  INSERT INTO image_settings (id, image_id, reader_id, at, what, case_after) VALUES (2, 1, 1, '${oldTime}', 'case', 1);
  INSERT INTO image_settings (id, image_id, reader_id, at, what, case_before, undoes)
    VALUES (5, 1, 1, '${oldTime}', 'case', 1, 2);
  INSERT INTO image_settings (id, image_id, reader_id, at, what, size_after) VALUES (6, 1, 1, '${oldTime}', 'pixel-size', 0.5);
  UPDATE images SET pixel_size_um = 0.5, pixel_size_source = 'stated' WHERE id = 1;
  INSERT INTO reader_actions (id, reader_id, at, kind, target, part_of) VALUES
    (1, 1, '${oldTime}', 'case', NULL, NULL), (2, 1, '${oldTime}', 'undo', 1, NULL),
    (3, 1, '${oldTime}', 'pixel-size', NULL, NULL), (4, 1, '${oldTime}', 'pixel-size', NULL, 3);
  INSERT INTO reader_action_entries (id, action_id, setting_id) VALUES (1, 1, 2), (7, 4, 6);
  INSERT INTO recipes VALUES ('f', 'quick', '{}');
  INSERT INTO models (id, name, recipe_fingerprint, encoder_fingerprints, classes, cases, grouped_by, images_without_case,
    accuracy, fold_accuracies, duration_ms, software, created_at)
    VALUES (1, 'old', 'f', '{}', '[]', 1, 'case', 0, 0.5, '[]', 1, '{}', '${oldTime}');`

it('0027 keeps settings and steps with their ids and hashes, and knows removals', () => {
  const store = openWorkspace(oldWorkspace(root, 26, oldImage(1) + oldImage(2) + rows), 'test')
  const { database } = store
  // The rows as format 26 has them, by hand.
  expect(hashRows(database, 'image_settings', 5)).toBe(
    sha256(
      `{"at":"${oldTime}","case_before":"c","id":5,"image_id":1,"reader_id":"ada","undoes":2,"what":"case"}\n`,
    ),
  )
  expect(hashRows(database, 'reader_actions', 4)).toBe(
    sha256(`{"at":"${oldTime}","id":4,"kind":"pixel-size","part_of":3,"reader_id":"ada"}\n`),
  )
  expect(hashRows(database, 'reader_action_entries', 4)).toBe(
    sha256('{"action_id":4,"id":7,"setting_id":6}\n'),
  )
  const undo = { direction: 'undo', reader: 'ada', isBlinded: false } as const
  const next = { action: null, confirmBlind: false }
  setRemovedLater(database, [1, 2], true, 'ada')
  expect(listImages(database)).toEqual([])
  expect(makeStep(database, undo, next).action).toMatchObject({ id: 5, kind: 'removal', images: 2 })
  expect(makeStep(database, undo, next).action).toMatchObject({ id: 3, kind: 'pixel-size' })
  expect(getImage(database, 1).pixelSizeUm).toBeNull()
  for (const table of ['image_settings', 'reader_actions', 'reader_action_entries']) {
    expect(() => database.prepare(`UPDATE ${table} SET id = id`).run(), table).toThrow(/append-only/)
    expect(() => database.prepare(`DELETE FROM ${table}`).run(), table).toThrow(/append-only/)
  }
  store.close()
})

it('0027 lets only the name of a model and its removal change', () => {
  const store = openWorkspace(oldWorkspace(root, 26, rows.slice(rows.indexOf('INSERT INTO recipes'))), 'test')
  const { database } = store
  const columns = database
    .prepare<[], { name: string }>("SELECT name FROM pragma_table_info('models')")
    .all()
    .map(({ name }) => name)
  const isImmutable = (column: string): boolean => {
    try {
      database.prepare(`UPDATE models SET ${column} = ${column}`).run()
      return false
    } catch {
      return true
    }
  }
  expect(columns.filter((column) => !isImmutable(column))).toEqual(['name', 'removed_at'])
  expect(listModels(database)).toMatchObject([{ name: 'old' }])
  store.close()
})
