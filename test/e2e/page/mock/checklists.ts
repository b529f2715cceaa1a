import type {
  ChecklistAnswers,
  ChecklistName,
  Handlers,
  ModelReport,
  ModelView,
} from '../../../../electron/contract/index.ts'
import { fillChecklist } from '../../../../electron/report/checklist/checklist.ts'
import { record } from '../../../support/evidence-record.ts'

interface Known {
  models: () => readonly ModelView[]
  reader: () => string
  reportOf: (model: string | null) => ModelReport
}

export type ChecklistCall = 'checklist.fill' | 'checklist.answer' | 'checklist.answered'

const at = '2026-11-30T09:00:00.000Z'

/** Checklists of made-up models, with answers that are kept until the page is closed. */
export function checklistHandlers(known: Known): Pick<Handlers, ChecklistCall> {
  const saved = new Map<string, ChecklistAnswers>()
  const savedFor = (checklist: ChecklistName, model: string): ChecklistAnswers =>
    saved.get(`${checklist} ${model}`) ?? []
  return {
    'checklist.fill': ({ checklist, model, answers }) => {
      const report = known.reportOf(model)
      const all = [...savedFor(checklist, report.model), ...answers]
      return fillChecklist(checklist, { ...record, report }, all, at)
    },
    'checklist.answer': ({ checklist, model, answers }) => {
      const report = known.reportOf(model)
      const changed = new Set(answers.map(({ item }) => item))
      const next = savedFor(checklist, report.model).filter(({ item }) => !changed.has(item))
      for (const { answer, ...own } of answers)
        if (answer !== null) next.push({ reader: known.reader(), at, ...own, answer })
      saved.set(`${checklist} ${report.model}`, next)
      return fillChecklist(checklist, { ...record, report }, next, at)
    },
    'checklist.answered': ({ checklist }) =>
      known.models().flatMap(({ id, name }) => {
        const answers = savedFor(checklist, name).length
        return answers === 0 ? [] : { modelId: id, model: name, answers }
      }),
  }
}
