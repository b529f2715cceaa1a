import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { listJobs, listModels, listVerdicts, openWorkspace, readEvents } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-weights-'))))
afterEach(() => rmSync(root, { recursive: true }))

const sources = ['keras', 'unofficial', 'demo'] as const

const recipe = '{"name":"quick","encoders":["resnet50"]}'
const modelRow = (source: string, id: number): string => `
  INSERT INTO models (id, name, recipe_fingerprint, encoders, encoder_fingerprints, classes, cases, grouped_by,
      images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at)
    VALUES (${id}, '${source}', 'f', '${source}', '{"resnet50":"w"}', '[]', 0, 'image', 0, 0.1, '[0.1]', 1, '{}', '${oldTime}');`

const job = (id: number, kind: string, report: string): string =>
  `INSERT INTO jobs (id, kind, title, input, state, report, created_at, ended_at)
    VALUES (${id}, '${kind}', 't', '{"encoders":"demo"}', 'done', '${report}', '${oldTime}', '${oldTime}');`

const trainReport = '{"model":"demo","accuracy":0.30000000000000004,"encoders":"demo","skipped":[]}'
const set = '{"set":{"encoders":["vgg16"]},"encoders":["vgg16"]}'
const rows = `
  INSERT INTO recipes VALUES ('f', 'quick', '${recipe}');
  ${sources.map((source, i) => modelRow(source, i + 1)).join('')}
  ${oldImage(1)}
  INSERT INTO folds VALUES (1, 1, 0, 'Benign', '[1]'), (2, 1, 0, 'Benign', '[1]'), (3, 1, 0, 'Benign', '[1]');
  INSERT INTO verdicts (image_id, model_id, suggested, probabilities, carcinoma_score, out_of_fold, boosters, flags, at)
    VALUES (1, 3, 'Benign', '{"Benign":0.7,"Malignant":0.3}', 0.3, 0, 1, '[]', '${oldTime}');
  ${job(1, 'train', trainReport)}
  ${job(2, 'encode', '{"encoders":"keras"}')}
  ${job(3, 'export-model', '{"encoders":"unofficial"}')}
  ${job(4, 'import-model', '{"encoders":"demo"}')}
  ${job(5, 'describe', '{"encoder":"vgg16","weights":"keras"}')}
  ${job(6, 'import-descriptors', set)}
  INSERT INTO jobs (id, kind, title, input, state, created_at)
    VALUES (7, 'train', 't', '{"encoders":"demo"}', 'interrupted', '${oldTime}');`

/** SQL of an event of format 9, whose hash the migration must not look at. */
const event = `
  INSERT INTO audit_events (id, at, kind, object, before_json, after_json, hash)
    SELECT max(id) + 1, '${oldTime}', 'training', '{"type":"model","id":3}', 'null', '{"encoders":"demo"}',
      '${'a'.repeat(64)}' FROM audit_events;`

it('0010 calls the source of weights what it is, in models, verdicts and reports, and leaves the trail alone', () => {
  const path = oldWorkspace(root, 9, rows + event)
  const store = openWorkspace(path, 'test')
  const { database } = store
  expect(listModels(database).map(({ name, weights, images }) => [name, weights, images])).toEqual([
    ['demo', 'untrained', 1],
    ['unofficial', 'unofficial', 1],
    ['keras', 'official', 1],
  ])
  expect(listModels(database)[0]?.recipe).toEqual(JSON.parse(recipe))
  expect(listVerdicts(database, 1)[0]).toMatchObject({
    weights: 'untrained',
    probabilities: { Benign: 0.7, Malignant: 0.3 },
  })
  const reports = new Map(listJobs(database).map(({ id, report }) => [id, report]))
  expect(Object.fromEntries(reports)).toEqual({
    1: { model: 'demo', accuracy: 0.30000000000000004, weights: 'untrained', skipped: [] },
    2: { weights: 'official' },
    3: { weights: 'unofficial' },
    4: { weights: 'untrained' },
    5: { encoder: 'vgg16', weights: 'official' },
    6: JSON.parse(set) as unknown,
    7: null,
  })
  const inputs = database.prepare<[], { input: string }>('SELECT DISTINCT input FROM jobs').all()
  expect(inputs).toEqual([{ input: '{"encoders":"demo"}' }])
  expect(readEvents(database, 1, 1)).toMatchObject([{ after: '{"encoders":"demo"}', hash: 'a'.repeat(64) }])
  store.close()
})

it('0010 keeps models immutable, their foreign keys, and refuses a source that is none', () => {
  const store = openWorkspace(oldWorkspace(root, 9, rows), 'test')
  const { database } = store
  const run = (sql: string) => (): unknown => database.prepare(sql).run()
  expect(run("UPDATE models SET weights = 'official'")).toThrow(/immutable/)
  expect(run('DELETE FROM models WHERE id = 3')).toThrow(/FOREIGN KEY/)
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  expect(run(modelRow('x', 9).replace(', encoders,', ', weights,').replaceAll("'x'", "'keras'"))).toThrow(
    /CHECK/,
  )
  store.close()
})
