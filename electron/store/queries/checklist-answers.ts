import type { ChecklistAnswer, ChecklistName } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { modelObject } from './model-reports.ts'

/** An answer to an item, by its number; null: removed. */
export interface NewAnswer {
  modelId: number
  checklist: ChecklistName
  item: string
  answer: ChecklistAnswer | null
  before: ChecklistAnswer | null
}

/** Records what a person says to an item of a checklist, with its event in the audit trail. */
export function insertAnswer(
  database: Writable,
  { modelId, checklist, item, answer, before }: NewAnswer,
): void {
  database.transaction(() => {
    const at = new Date().toISOString()
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO checklist_answers (model_id, checklist, item, answer, is_not_applicable, said_by, said_at, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        modelId,
        checklist,
        item,
        answer?.answer ?? null,
        answer?.isNotApplicable === true ? 1 : 0,
        answer?.reader ?? null,
        answer?.at ?? null,
        at,
      )
    const entry = Number(lastInsertRowid)
    appendEvent(database, {
      kind: 'checklist',
      at,
      object: modelObject(database, modelId),
      before,
      after: { checklist, item, ...(answer ?? { answer: null }), entry },
      rows: { checklist_answers: [entry] },
    })
  })()
}

interface AnswerRow {
  item: string
  answer: string | null
  isNotApplicable: number
  reader: string | null
  at: string | null
}

/** The answers to a checklist for a model, without those that were removed. */
export const listAnswers = (
  database: Readable,
  modelId: number,
  checklist: ChecklistName,
): ({ item: string } & ChecklistAnswer)[] =>
  database
    .prepare<[number, string], AnswerRow>(
      `SELECT item, answer, is_not_applicable AS isNotApplicable, said_by AS reader, said_at AS at
       FROM checklist_answers WHERE id IN
         (SELECT max(id) FROM checklist_answers WHERE model_id = ? AND checklist = ? GROUP BY item)
       ORDER BY id`,
    )
    .all(modelId, checklist)
    .flatMap(({ item, answer, isNotApplicable, reader, at }) =>
      answer === null
        ? []
        : {
            item,
            answer,
            ...(reader === null ? {} : { reader }),
            ...(at === null ? {} : { at }),
            ...(isNotApplicable === 1 ? { isNotApplicable: true } : {}),
          },
    )
