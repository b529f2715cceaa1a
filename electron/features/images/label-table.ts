import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { parseCsv } from '../../base/csv.ts'
import { asPathError } from '../../base/path-errors.ts'
import { AppError, labelSources, type LabelSource, type RowProblem } from '../../contract/index.ts'

/** A table of a million rows is smaller. */
const maxBytes = 256 * 2 ** 20

export interface LabelRow {
  /** From 1; the header does not count. */
  row: number
  file: string
  /** null: no label. */
  className: string | null
  caseName: string | null
  reader: string | null
  /** `reader` if the row names one. */
  source: LabelSource
  isUnsure: boolean
  isAdjudication: boolean
}

export interface LabelTable {
  /** Its file name. */
  name: string
  /** Folder of the table; relative paths start here. */
  directory: string
  rows: LabelRow[]
  problems: RowProblem[]
}

/**
 * Reads a table of labels: CSV with the columns `file` and `label` or `case`, optionally `reader`, `kind`
 * (`adjudication`), `unsure` (any text: the reader is unsure) and `source` (of a row without a reader, as
 * `labels --csv` writes it), in any order, in upper or lower case. Other columns are ignored, and so is a source that
 * Lobule does not know. A label that is not a class is a problem of its row.
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
    const source = labelSources.find((known) => known === record['source']?.toLowerCase()) ?? 'table'
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
      source: reader !== '' ? 'reader' : source === 'reader' ? 'table' : source,
      isUnsure: label === '' && unsure !== '',
      isAdjudication: kind.toLowerCase() === 'adjudication',
    }
  })
  return { name: basename(path), directory: dirname(resolve(path)), rows, problems }
}

/** One label of a file. */
export interface FileLabel {
  /** null: the reader is unsure. */
  className: string | null
  /** null: it is no reader's. */
  reader: string | null
  source: LabelSource
  /** Name of the table that it was read from, unless that only hands on another source. */
  table: string | null
  isAdjudication?: boolean
}

/** A file's case and its labels, at most one of each reader and one adjudication, in the order of the rows. */
export interface FileLabels {
  caseName: string | null
  labels: FileLabel[]
}

/**
 * Assigns the rows to files. A row names a file by its path, absolute or relative to the table's folder, or by the end
 * of a path, such as the file name, if only one file matches. Rows that match no file or several, or that contradict an
 * earlier row, are problems.
 */
export function matchLabels(
  { name, directory, rows, problems: readProblems }: LabelTable,
  files: readonly string[],
): { byFile: Map<string, FileLabels>; problems: RowProblem[] } {
  const problems = [...readProblems]
  const byPath = new Map(files.map((file) => [comparable(file), file]))
  const byName = Map.groupBy(files, (file) => comparable(basename(file)))
  const byFile = new Map<string, FileLabels>()
  for (const { row, file, className, caseName, reader, source, isUnsure, isAdjudication } of rows) {
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
      const table = source === 'reader' || source === 'table' ? name : null
      if (earlier === undefined) known.labels.push({ className, reader, source, table, isAdjudication })
      else if (earlier.className !== className) {
        report(`an earlier row labels this file ${earlier.className ?? 'unsure'}`)
      }
    }
  }
  return { byFile, problems: problems.toSorted((a, b) => a.row - b.row) }
}

/** macOS decomposes accented letters, Windows uses backslashes. */
const comparable = (path: string): string => path.normalize('NFC').replaceAll('\\', '/')

async function readText(path: string, refuse: (reason: string) => never): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) refuse(`it has ${size} bytes; at most ${maxBytes} are read`)
    return await readFile(path, 'utf8')
  } catch (error) {
    throw asPathError(error, path)
  }
}
