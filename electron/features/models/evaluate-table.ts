import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { parseCsv } from '../../base/csv.ts'
import { asPathError } from '../../base/path-errors.ts'
import { AppError, type EvaluationReport } from '../../contract/index.ts'
import { evaluate, readPredictionTable } from '../../engine/evaluation/index.ts'

/** A table of a million images is smaller. */
const maxBytes = 256 * 2 ** 20

/**
 * Evaluates a table of out-of-fold predictions from a CSV file or, with any other extension, a JSON file (columns as in
 * `readPredictionTable`). Of the file's content, messages only quote the names of classes and images.
 * @throws AppError `path.not-found`, `path.unreadable`, `evaluation.invalid-table`, `classes.unknown`
 */
export async function evaluateTable({
  path,
  positive,
  thresholds,
}: {
  path: string
  positive: readonly string[] | null
  thresholds: readonly number[]
}): Promise<EvaluationReport> {
  const text = await readText(path)
  const records: unknown = extname(path).toLowerCase() === '.csv' ? parseCsv(text, refuse) : parseJson(text)
  return evaluate(readPredictionTable(records, positive), { thresholds })
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) {
      const reason = `it has ${size} bytes; at most ${maxBytes} are read`
      throw new AppError('evaluation.invalid-table', { reason })
    }
    const text = await readFile(path, 'utf8')
    // Spreadsheets write a byte order mark.
    return text.replace(/^\uFEFF/, '')
  } catch (error) {
    throw asPathError(error, path)
  }
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
