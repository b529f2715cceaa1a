import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { parseCsv } from '../../base/csv.ts'
import { asPathError } from '../../base/path-errors.ts'
import { AppError, type RowProblem } from '../../contract/index.ts'

/** A table of a million rows is smaller. */
const mostBytes = 256 * 2 ** 20

export interface LabelRow {
  /** From 1, below the first line. */
  row: number
  file: string
  /** null: says nothing. */
  className: string | null
  caseName: string | null
  reader: string | null
  isUnsure: boolean
  isAdjudication: boolean
}

export interface LabelTable {
  /** Folder of the table, from which relative paths lead. */
  directory: string
  rows: LabelRow[]
  problems: RowProblem[]
}

/**
 * Reads a table of labels: CSV with the columns `file` and `label` or `case`, if wanted `reader`, `kind`
 * (`adjudication` settles an image) and `unsure` (anything: the reader cannot say), in any order and case of
 * letters; other columns are passed over. A label that is no class is a problem of its row.
 * @throws AppError `labels.invalid-table`, `path.not-found`, `path.unreadable`
 */
export async function readLabelTable(path: string, classNames: readonly string[]): Promise<LabelTable> {
  const refuse = (reason: string): never => {
    throw new AppError('labels.invalid-table', { path, reason })
  }
  const records = parseCsv(await readText(path, refuse), refuse).map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, cell]) => [name.toLowerCase(), cell.trim()])),
  )
  const [first] = records
  if (first === undefined) return refuse('it has no rows')
  if (!('file' in first)) refuse('it has no column "file"')
  if (!('label' in first) && !('case' in first)) refuse('it has neither a column "label" nor a column "case"')
  const byLowerCase = new Map(classNames.map((name) => [name.toLowerCase(), name]))
  const problems: RowProblem[] = []
  const rows = records.map((record, index): LabelRow => {
    const { file = '', label = '', case: caseName = '', reader = '', kind = '', unsure = '' } = record
    const className = byLowerCase.get(label.toLowerCase()) ?? null
    if (label !== '' && className === null) {
      const problem = `there is no class "${label}" (known: ${classNames.join(', ')})`
      problems.push({ row: index + 1, file, problem })
    }
    return {
      row: index + 1,
      file,
      className,
      caseName: caseName || null,
      reader: reader.slice(0, 80) || null,
      isUnsure: label === '' && unsure !== '',
      isAdjudication: kind.toLowerCase() === 'adjudication',
    }
  })
  return { directory: dirname(resolve(path)), rows, problems }
}

/** One label of a file; without a class its reader is unsure. */
export interface FileLabel {
  className: string | null
  reader: string | null
  isAdjudication?: boolean
}

/** What a table says of one file: a case at most, and a label of each reader, in the order of the rows. */
export interface FileLabels {
  caseName: string | null
  labels: FileLabel[]
}

/**
 * Finds the files that the rows mean: a path, absolute or from the table's folder, or the end of one (such as
 * the bare name) that fits a single file. Rows that name none, several, or what an earlier row says otherwise,
 * are problems.
 */
export function matchLabels(
  { directory, rows, problems: readProblems }: LabelTable,
  files: readonly string[],
): { byFile: Map<string, FileLabels>; problems: RowProblem[] } {
  const problems = [...readProblems]
  const byPath = new Map(files.map((file) => [comparable(file), file]))
  const byName = Map.groupBy(files, (file) => comparable(basename(file)))
  const byFile = new Map<string, FileLabels>()
  for (const { row, file, className, caseName, reader, isUnsure, isAdjudication } of rows) {
    const report = (problem: string): void => void problems.push({ row, file, problem })
    if (file === '') {
      report('it names no file')
      continue
    }
    const wanted = comparable(file).replace(/^(\.\/)+/, '')
    const exact = byPath.get(comparable(resolve(directory, file)))
    const found =
      exact === undefined
        ? (byName.get(wanted.split('/').at(-1) ?? '') ?? []).filter((path) =>
            `/${comparable(path)}`.endsWith(`/${wanted}`),
          )
        : [exact]
    const [path] = found
    if (path === undefined) report('no such file is among those to import')
    else if (found.length > 1) report(`${found.length} files have this name; give more of the path`)
    else {
      const known = byFile.get(path) ?? { caseName: null, labels: [] }
      byFile.set(path, known)
      if (caseName !== null && known.caseName !== null && known.caseName !== caseName) {
        report(`an earlier row gives this file the case "${known.caseName}"`)
      }
      known.caseName ??= caseName
      if (className === null && !isUnsure) continue
      const earlier = known.labels.find(
        (label) => label.reader === reader && (label.isAdjudication ?? false) === isAdjudication,
      )
      if (earlier === undefined) known.labels.push({ className, reader, isAdjudication })
      else if (earlier.className !== className) {
        report(`an earlier row labels this file ${earlier.className ?? 'unsure'}`)
      }
    }
  }
  return { byFile, problems: problems.toSorted((a, b) => a.row - b.row) }
}

/** macOS spells umlauts apart, Windows turns its slashes round. */
const comparable = (path: string): string => path.normalize('NFC').replaceAll('\\', '/')

async function readText(path: string, refuse: (reason: string) => never): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > mostBytes) refuse(`it has ${size} bytes; at most ${mostBytes} are read`)
    return await readFile(path, 'utf8')
  } catch (error) {
    throw asPathError(error, path)
  }
}
