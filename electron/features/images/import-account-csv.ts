import { csvFile } from '../../base/csv.ts'
import type { ExportKind } from '../../base/export-file.ts'
import {
  changeSentence,
  contradictionSentence,
  noteSentence,
  skippedSentence,
  type ImportReport,
} from '../../contract/index.ts'

export const accountTable: ExportKind = { what: 'the account of an import', endings: ['.csv'] }

/** The account of an import as a table: each file, and each row, change and note that a person may want to act on. */
export function accountCsv(report: ImportReport): { rows: number; text: string } {
  const { account, files = [], failed, skipped = [], rows: problems } = report
  const { contradictions = [], changes = [], notes = [] } = account ?? {}
  const messages = new Map(failed.map(({ path, message }) => [path, message]))
  const rows = [
    ...files.map(({ path, outcome }) => [
      'file',
      path,
      '',
      outcome,
      outcome === 'removed' ? 'removed earlier, left out' : (messages.get(path) ?? ''),
    ]),
    ...contradictions.map((one) => [
      one.what,
      one.path,
      rowText(one.row),
      'contradicting',
      contradictionSentence(one),
    ]),
    ...changes.map((one) => ['label', one.path, rowText(one.row), 'changed', changeSentence(one)]),
    ...problems.map(({ row, file, problem }) => ['row', file, rowText(row), 'failed', problem]),
    ...notes.map((one) => ['note', one.path, '', one.kind, noteSentence(one)]),
    ...skipped.map((one) => ['skipped', one.ending, '', String(one.files), skippedSentence([one]) ?? '']),
  ]
  return { rows: rows.length, text: csvFile([['what', 'file', 'row', 'outcome', 'message'], ...rows]) }
}

const rowText = (row: number | null): string => (row === null ? '' : String(row))
