import type { Sliced } from '../../base/slices.ts'
import { AppError, type Checklist, type ChecklistAnswers, type ChecklistName } from '../../contract/index.ts'
import { exportContent, exportEnding, type ExportKind } from '../../base/export-file.ts'
import {
  answersOf,
  checklistFileReport,
  checklistText,
  fillChecklist,
  itemNumbers,
} from '../../report/checklist/checklist.ts'
import { modelCard } from '../../report/checklist/model-card.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { findModelKey, listAnswers, listModels, readPackagedCard, type Readable } from '../../store/index.ts'
import { recordFile } from '../audit/record-file.ts'
import { readModelReport } from '../models/model-report.ts'
import { exportPath } from '../workspace/export-path.ts'
import { readEvidence } from './evidence-record.ts'
import { saveAnswers } from './save-answers.ts'
import { renderHtml } from './render-html.ts'

const checklistFile: ExportKind = { what: 'a checklist', endings: ['.txt', '.json', '.html', '.htm'] }
const answersFile: ExportKind = { what: 'answers to a checklist', endings: ['.json'] }
const cardFile: ExportKind = { what: 'a model card', endings: ['.md'] }

export const checklistHandlers = (context: ServiceContext): HandlersOf<'checklist'> => {
  const { session, settings, version } = context
  const writtenBy = `Lobule ${version}`
  return {
    'checklist.fill': ({ checklist, model, answers }) =>
      session.read((database) => filled(database, checklist, model, answers)),
    'checklist.answer': async ({ checklist, model, answers }) => {
      const { database } = session.workspace
      requireItems(checklist, answers)
      const report = await session.read((own) => readModelReport(own, model))
      const { id } = findModelKey(database, report.model)
      saveAnswers(database, { checklist, modelId: id, answers }, settings.content.reader)
      return session.read((own) => filled(own, checklist, model, []))
    },
    'checklist.answered': ({ checklist }) => {
      const { database } = session.workspace
      return listModels(database).flatMap(({ id, name }) => {
        const answers = listAnswers(database, id, checklist).length
        return answers === 0 ? [] : { modelId: id, model: name, answers }
      })
    },
    'checklist.write': async ({ form, model, answers, onlyAnswers, ...wanted }) => {
      const { database } = session.workspace
      const kind = form === 'card' ? cardFile : onlyAnswers ? answersFile : checklistFile
      const path = await exportPath(context, wanted, kind)
      if (form === 'card') {
        const record = await session.read((own) => readEvidence(own, model))
        const { id } = findModelKey(database, record.report.model)
        const packaged = readPackagedCard(database, id)
        const card = modelCard(record, writtenBy, new Date().toISOString(), packaged)
        await exportContent(path, card, wanted)
        await recordFile(database, 'report', path, { what: 'model-card', model: record.report.model })
        return { path }
      }
      const checklist = await session.read((own) => filled(own, form, model, answers))
      const said = answersOf(checklist)
      const ending = exportEnding(path, kind)
      const content = (): string => {
        if (onlyAnswers)
          return JSON.stringify(Object.fromEntries(said.map(({ item, ...own }) => [item, own])), null, 2)
        if (ending === '.json') return JSON.stringify(checklist, null, 2)
        if (ending === '.txt') return checklistText(checklist, writtenBy)
        return renderHtml(checklistFileReport(checklist, writtenBy), new Map())
      }
      await exportContent(path, content(), wanted)
      await recordFile(database, 'report', path, {
        what: onlyAnswers ? 'checklist-answers' : 'checklist',
        checklist: form,
        model: checklist.model,
        answers: said,
      })
      return { path }
    },
  }
}

/** @throws AppError `checklist.unknown-item`, `model.*` */
function* filled(
  database: Readable,
  checklist: ChecklistName,
  model: string | null,
  answers: ChecklistAnswers,
): Sliced<Checklist> {
  requireItems(checklist, answers)
  const record = yield* readEvidence(database, model)
  const { id } = findModelKey(database, record.report.model)
  const all = [...listAnswers(database, id, checklist), ...answers]
  return fillChecklist(checklist, record, all, new Date().toISOString())
}

/** @throws AppError `checklist.unknown-item` */
function requireItems(checklist: ChecklistName, answers: readonly { item: string }[]): void {
  const known = itemNumbers(checklist)
  const unknown = answers.find(({ item }) => !known.includes(item))
  if (unknown !== undefined)
    throw new AppError('checklist.unknown-item', { checklist, item: unknown.item, known })
}
