import { extname } from 'node:path'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { parseCsv, tableLimits } from '../../base/csv.ts'
import { textOf } from '../../base/table-text.ts'
import { AppError, type EvaluationReport } from '../../contract/index.ts'
import { evaluate } from './evaluate.ts'
import { readPredictionTable } from './prediction-table.ts'

export interface TableToEvaluate {
  path: string
  positive: readonly string[] | null
  thresholds: readonly number[]
}

/**
 * Evaluates a table of out-of-fold predictions from a CSV file or, with any other extension, a JSON file (columns as in
 * `readPredictionTable`). Of the file's content, messages only quote the names of classes and images.
 * @throws AppError `path.not-found`, `path.unreadable`, `evaluation.invalid-table`, `classes.unknown`
 */
export async function evaluateTable({
  path,
  positive,
  thresholds,
}: TableToEvaluate): Promise<EvaluationReport> {
  const text = textOf(await readBoundedFile(path, tableLimits.bytes, refuse), refuse)
  const records: unknown = extname(path).toLowerCase() === '.csv' ? parseCsv(text, refuse) : parseJson(text)
  return evaluate(readPredictionTable(records, positive), { thresholds })
}

const refuse = (reason: string): never => {
  throw new AppError('evaluation.invalid-table', { reason })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('evaluation.invalid-table', { reason: 'it is not valid JSON' }, { cause: error })
  }
}
