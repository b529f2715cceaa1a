import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../electron/base/sha256.ts'
import { hashRows } from '../../electron/store/audited-tables.ts'
import { listBoosters, openWorkspace } from '../../electron/store/index.ts'
import { oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-kinds-'))))
afterEach(() => rmSync(root, { recursive: true }))

const text = 'a'.repeat(64)
const rows = `
  INSERT INTO recipes VALUES ('f', 'quick', '{"name":"quick","encoders":["resnet50"]}');
  INSERT INTO models (id, name, recipe_fingerprint, weights, encoder_fingerprints, classes, cases, grouped_by,
      images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at)
    VALUES (1, 'old', 'f', 'untrained', '{"resnet50":"w"}', '[]', 0, 'image', 0, 0.1, '[0.1]', 1, '{}', '${oldTime}');
  INSERT INTO boosters (id, model_id, encoder, crop_set, fold, seed, text_sha256)
    VALUES (7, 1, 'resnet50', 0, 0, 0, '${text}'), (9, 1, 'resnet50', 0, 1, 0, '${text}');`

it('0016 gives each classifier its kind; earlier ones are LightGBM, with the hashes that the audit trail has', () => {
  const store = openWorkspace(oldWorkspace(root, 13, rows), 'test')
  const { database } = store
  const place = { kind: 'lightgbm', encoder: 'resnet50', cropSet: 0, seed: 0, textSha256: text }
  expect(listBoosters(database, 1)).toEqual([
    { ...place, fold: 0 },
    { ...place, fold: 1 },
  ])
  // The rows as format 13 has them, by hand.
  const row = (id: number, fold: number): string =>
    `{"crop_set":0,"encoder":"resnet50","fold":${fold},"id":${id},"model_id":1,"seed":0,"text_sha256":"${text}"}\n`
  expect(hashRows(database, 'boosters', 1)).toBe(sha256(row(7, 0) + row(9, 1)))
  const insert = (kind: string | null): void => {
    database
      .prepare(
        `INSERT INTO boosters (model_id, kind, encoder, crop_set, fold, seed, text_sha256)
         VALUES (1, ?, 'resnet50', 0, 0, 0, '${text}')`,
      )
      .run(kind)
  }
  insert('logistic')
  expect(listBoosters(database, 1).map(({ kind }) => kind)).toEqual(['lightgbm', 'lightgbm', 'logistic'])
  // One of each kind in a place, and no other kind.
  expect(() => insert('logistic')).toThrow(/UNIQUE/)
  expect(() => insert(null)).toThrow(/UNIQUE/)
  expect(() => insert('forest')).toThrow(/CHECK/)
  store.close()
})
