import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { saveAnswers } from '../../../../electron/features/reports/save-answers.ts'
import { listAnswers, openWorkspace, type Store } from '../../../../electron/store/index.ts'
import { oldTime, oldWorkspace } from '../../../support/old-workspace.ts'

const models = `
  INSERT INTO recipes VALUES ('f', 'quick', '{"name":"quick","encoders":["resnet50"]}');
  INSERT INTO models (id, name, recipe_fingerprint, weights, encoder_fingerprints, classes, cases, grouped_by,
      images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at)
    SELECT n, 'model ' || n, 'f', 'untrained', '{"resnet50":"w"}', '[]', 0, 'image', 0, 0.1, '[0.1]', 1, '{}', '${oldTime}'
    FROM (SELECT 1 AS n UNION SELECT 2);`

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-answers-'))
  store = openWorkspace(oldWorkspace(root, 17, models), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const events = (): unknown[] =>
  store.database
    .prepare<[], string>("SELECT after_json FROM audit_events WHERE kind = 'checklist' ORDER BY id")
    .pluck()
    .all()
    .map((text) => JSON.parse(text) as unknown)

it('keeps the last answer to each item of a model, who says so and when, and each change in the trail', async () => {
  const { database } = store
  const of = { checklist: 'claim', modelId: 1 } as const
  const stated = { item: '5', answer: 'Retrospective.', reader: 'Dr. B.', at: '2026-11' }
  saveAnswers(database, { ...of, answers: [{ item: '44', answer: 'None.' }, stated] }, 'ada')
  expect(listAnswers(database, 1, 'claim')).toEqual([
    { item: '44', answer: 'None.', reader: 'ada', at: expect.any(String) as string },
    stated,
  ])
  expect(listAnswers(database, 1, 'tripod-ai')).toEqual([])
  expect(listAnswers(database, 2, 'claim')).toEqual([])
  // The same again, and the removal of nothing, are no changes.
  const same = [
    { item: '44', answer: 'None.' },
    { item: '6', answer: null },
  ]
  saveAnswers(database, { ...of, answers: same }, 'eva')
  expect(events()).toHaveLength(2)

  saveAnswers(database, { ...of, answers: [{ item: '44', answer: 'None.', isNotApplicable: true }] }, 'eva')
  expect(listAnswers(database, 1, 'claim').at(-1)).toMatchObject({ isNotApplicable: true, reader: 'eva' })
  saveAnswers(database, { ...of, answers: [{ item: '44', answer: null }] }, 'eva')
  expect(listAnswers(database, 1, 'claim')).toEqual([stated])
  expect(events().at(-1)).toMatchObject({ checklist: 'claim', item: '44', answer: null })
  for (const change of ['UPDATE checklist_answers SET id = id', 'DELETE FROM checklist_answers'])
    expect(() => database.prepare(change).run()).toThrow(/append-only/)
  const { problems } = await verifyChain(database)
  expect(problems.filter(({ kind }) => kind === 'rows')).toEqual([])
})
