import type { OpeningContent, TestSetOpening } from '../../contract/index.ts'
import { currentClassNames } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { renamedOpening } from '../renamed.ts'
import { appendTestSetEvent } from './test-set-event.ts'

interface NewOpening {
  testSet: { id: number; name: string }
  model: { id: number; name: string }
  reader: string | null
  reason: string
  content: OpeningContent
}

/** Stores what an opening found, with its event in the audit trail. Returns its id. */
export function insertOpening(
  database: Writable,
  { testSet, model, reader, reason, content }: NewOpening,
): number {
  return database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare(
        'INSERT INTO test_set_openings (test_set_id, model_id, at, reader, reason, content) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(testSet.id, model.id, new Date().toISOString(), reader, reason, JSON.stringify(content))
    const id = Number(lastInsertRowid)
    const { accuracy, images } = content.evaluation
    const number = listOpenings(database).filter((one) => one.testSet === testSet.name).length
    appendTestSetEvent(database, testSet, {
      after: {
        testSet: testSet.id,
        state: 'opened',
        opening: id,
        number,
        model: model.name,
        images,
        accuracy,
        low: content.interval.low,
        high: content.interval.high,
      },
      reader,
      reason,
      rows: { test_set_openings: [id] },
    })
    return id
  })()
}

interface OpeningRow {
  id: number
  testSetId: number
  testSet: string
  modelId: number
  model: string
  at: string
  reader: string | null
  reason: string
  facts: string
}

/** The parts of the content that a list shows; the whole has a row for each image. */
const factsOfOpening = `json_object(
  'images', o.content ->> '$.evaluation.images',
  'cases', coalesce(o.content ->> '$.evaluation.cases', 0) + (o.content ->> '$.evaluation.imagesWithoutCase'),
  'leftOut', o.content -> '$.leftOut',
  'accuracy', o.content ->> '$.evaluation.accuracy',
  'interval', o.content -> '$.interval',
  'over', o.content ->> '$.evaluation.bootstrap.over',
  'auc', o.content ->> '$.evaluation.auc',
  'promised', o.content -> '$.promised')`

/** All openings, oldest first. */
export function listOpenings(database: Readable): TestSetOpening[] {
  const rows = database
    .prepare<[], OpeningRow>(
      `SELECT o.id, o.test_set_id AS testSetId, s.name AS testSet, o.model_id AS modelId, m.name AS model, o.at,
         o.reader, o.reason, ${factsOfOpening} AS facts
       FROM test_set_openings o JOIN test_sets s ON s.id = o.test_set_id JOIN models m ON m.id = o.model_id
       ORDER BY o.id`,
    )
    .all()
  return rows.map(({ testSetId, modelId, facts, ...row }, index) => {
    const before = rows.slice(0, index + 1).filter((one) => one.testSetId === testSetId)
    return {
      ...row,
      number: before.length,
      numberForModel: before.filter((one) => one.modelId === modelId).length,
      ...(JSON.parse(facts) as Omit<TestSetOpening, keyof OpeningRow | 'number' | 'numberForModel'>),
    }
  })
}

/** null: there is no such opening. */
export function readOpeningContent(database: Readable, openingId: number): OpeningContent | null {
  const content = database
    .prepare<[number], string>('SELECT content FROM test_set_openings WHERE id = ?')
    .pluck()
    .get(openingId)
  return content === undefined
    ? null
    : renamedOpening(JSON.parse(content) as OpeningContent, currentClassNames(database))
}
