import type { ChecklistChanges, ChecklistName } from '../../contract/index.ts'
import { insertAnswer, listAnswers, type Writable } from '../../store/index.ts'

interface NewAnswers {
  checklist: ChecklistName
  modelId: number
  /** Items are those of the checklist. */
  answers: ChecklistChanges
}

/** Saves what differs from what is saved, all or nothing; who says so and when is `activeReader` and now, unless stated. */
export function saveAnswers(
  database: Writable,
  { checklist, modelId, answers }: NewAnswers,
  activeReader: string,
): void {
  database.transaction(() => {
    const saved = new Map(listAnswers(database, modelId, checklist).map(({ item, ...own }) => [item, own]))
    const now = new Date().toISOString()
    for (const { item, answer: text, reader, at, isNotApplicable = false } of answers) {
      const before = saved.get(item) ?? null
      // What is said again keeps its reader and time.
      const isSame =
        before === null
          ? text === null
          : before.answer === text &&
            (before.isNotApplicable ?? false) === isNotApplicable &&
            [undefined, before.reader].includes(reader) &&
            [undefined, before.at].includes(at)
      if (isSame) continue
      const said = { reader: reader ?? activeReader, at: at ?? now }
      const answer =
        text === null ? null : { answer: text, ...said, ...(isNotApplicable ? { isNotApplicable } : {}) }
      insertAnswer(database, { modelId, checklist, item, answer, before })
      if (answer === null) saved.delete(item)
      else saved.set(item, answer)
    }
  })()
}
