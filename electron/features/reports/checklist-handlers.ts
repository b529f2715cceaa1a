import { AppError, type ChecklistAnswers, type ChecklistName } from '../../contract/index.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import {
  checklistFileReport,
  checklistText,
  fillChecklist,
  itemNumbers,
} from '../../report/checklist/checklist.ts'
import { modelCard } from '../../report/checklist/model-card.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import type { Readable } from '../../store/index.ts'
import { recordFile } from '../audit/record-file.ts'
import { exportPath } from '../workspace/export-path.ts'
import { readEvidence } from './evidence-record.ts'
import { renderHtml } from './render-html.ts'

const checklistFile: ExportKind = { what: 'a checklist', endings: ['.txt', '.json', '.html', '.htm'] }
const cardFile: ExportKind = { what: 'a model card', endings: ['.md'] }

export const checklistHandlers = (context: ServiceContext): HandlersOf<'checklist'> => {
  const { session, version } = context
  const writtenBy = `Lobule ${version}`
  return {
    'checklist.fill': ({ checklist, model, answers }) =>
      filled(session.workspace.database, checklist, model, answers),
    'checklist.write': async ({ form, model, answers, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, form === 'card' ? cardFile : checklistFile)
      if (form === 'card') {
        const record = readEvidence(database, model)
        const card = modelCard(record, writtenBy, new Date().toISOString())
        await exportContent(path, card, wanted)
        await recordFile(database, 'report', path, { what: 'model-card', model: record.report.model })
        return { path }
      }
      const checklist = filled(database, form, model, answers)
      const ending = exportEnding(path, checklistFile)
      const content =
        ending === '.json'
          ? JSON.stringify(checklist, null, 2)
          : ending === '.txt'
            ? checklistText(checklist, writtenBy)
            : renderHtml(checklistFileReport(checklist, writtenBy), new Map())
      await exportContent(path, content, wanted)
      await recordFile(database, 'report', path, {
        what: 'checklist',
        checklist: form,
        model: checklist.model,
        answers,
      })
      return { path }
    },
  }
}

/** @throws AppError `checklist.unknown-item`, `model.*` */
function filled(
  database: Readable,
  checklist: ChecklistName,
  model: string | null,
  answers: ChecklistAnswers,
): ReturnType<typeof fillChecklist> {
  const known = itemNumbers(checklist)
  const unknown = answers.find(({ item }) => !known.includes(item))
  if (unknown !== undefined)
    throw new AppError('checklist.unknown-item', { checklist, item: unknown.item, known })
  return fillChecklist(checklist, readEvidence(database, model), answers, new Date().toISOString())
}
