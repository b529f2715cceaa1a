import { basename, dirname, resolve } from 'node:path'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { readCsvRows, tableLimits } from '../../base/csv.ts'
import { textOf } from '../../base/table-text.ts'
import { plainName } from '../../base/plain-name.ts'
import {
  AppError,
  labelSources,
  type LabelSource,
  type RowProblem,
  type TableEncoding,
} from '../../contract/index.ts'

/** Problems that are listed one by one; of further ones only the number. */
const maxProblems = 1000
/** Characters of a cell that a problem quotes. */
const maxQuoted = 200
/** Characters of the name of a reader or a case, as when they are typed. */
const maxName = { reader: 80, case: 200 } as const

interface LabelRow {
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
  /** Whether all its cells are empty, as in rows that a spreadsheet adds. */
  isBlank: boolean
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
  /** The rows that give it; none: a folder does. */
  rows: readonly number[]
}

/** A file's case and its labels, at most one of each reader and one adjudication, in the order of the rows. */
export interface FileLabels {
  caseName: string | null
  /** The rows that give the case; none: the file's name or folder does. */
  caseRows: readonly number[]
  labels: FileLabel[]
}

export interface LabelTableRequest {
  path: string
  /** Present names of the classes. */
  classNames: readonly string[]
  /** Further names that a row may call a class by, each with the present one. */
  formerNames?: readonly (readonly [former: string, present: string])[]
  /** Absolute paths of the files to import. */
  files: readonly string[]
  /** Absent: UTF-8. */
  encoding?: TableEncoding | undefined
}

export interface MatchedLabels {
  /** By the index of the file. */
  byFile: [file: number, labels: FileLabels][]
  /** Number of all rows. */
  rows: number
  problems: RowProblem[]
  /** All rows with problems, those beyond the listed ones included. */
  problemRows: number[]
}

/**
 * Reads a table of labels and assigns its rows to files: CSV with the columns `file` and `label` or `case`, optionally
 * `reader`, `kind` (`adjudication`), `unsure` (any text: the reader is unsure) and `source` (of a row without a reader, as
 * `labels --csv` writes it), in any order, in upper or lower case. Other columns are ignored, and so is a source that
 * Lobule does not know. A label that is no class, by no name that it had, is a problem of its row; those that are given have present names.
 *
 * A row names a file by its path, absolute or relative to the table's folder, or by the end of a path, such as the file
 * name, if only one file matches. Rows that match no file or several, or that contradict an earlier row, are problems, of
 * which the first 1000 are listed.
 * @throws AppError `labels.invalid-table`, also for a table beyond `tableLimits`; `path.not-found`, `path.unreadable`
 */
export async function matchLabelTable({
  path,
  classNames,
  formerNames = [],
  files,
  encoding,
}: LabelTableRequest): Promise<MatchedLabels> {
  const refuse = (reason: string): never => {
    throw new AppError('labels.invalid-table', { path, reason })
  }
  const text = textOf(await readBoundedFile(path, tableLimits.bytes, refuse), refuse, {
    encoding,
    advice: ', or state how it is written (--encoding windows-1252)',
  })
  const problems = new Problems()
  const find = fileFinder(dirname(resolve(path)), files)
  const byFile = new Map<number, FileRows>()
  let rows = 0
  for (const row of readRows(text, { classNames, formerNames }, problems, refuse)) {
    rows = row.row
    if (row.isBlank) continue
    const found = row.file === '' ? [] : find(row.file)
    const [file] = found
    if (row.file === '') problems.add(row, 'it names no file')
    else if (file === undefined) problems.add(row, 'no such file is among those to import')
    else if (found.length > 1)
      problems.add(row, `${found.length} files have this name; give more of the path`)
    else {
      const known = byFile.get(file) ?? { caseName: null, caseRows: [], labels: new Map() }
      byFile.set(file, known)
      addRow(known, row, basename(path), problems)
    }
  }
  return {
    byFile: Array.from(byFile, ([file, { labels, ...given }]) => [
      file,
      { ...given, labels: [...labels.values()] },
    ]),
    rows,
    problems: problems.list(),
    problemRows: [...problems.rows],
  }
}

/** What the rows so far give a file. */
interface FileRows {
  caseName: string | null
  caseRows: number[]
  /** By reader, and whether it is an adjudication. */
  labels: Map<string, FileLabel & { rows: number[] }>
}

function* readRows(
  text: string,
  { classNames, formerNames }: Required<Pick<LabelTableRequest, 'classNames' | 'formerNames'>>,
  problems: Problems,
  refuse: (reason: string) => never,
): Generator<LabelRow> {
  const lines = readCsvRows(text, refuse)
  const names = (lines.next().value ?? []).map((name) => name.toLowerCase())
  const columnOf = (name: string): number => names.lastIndexOf(name)
  const [file, label, caseName, reader, kind, unsure, sourceName] = [
    columnOf('file'),
    columnOf('label'),
    columnOf('case'),
    columnOf('reader'),
    columnOf('kind'),
    columnOf('unsure'),
    columnOf('source'),
  ]
  const byLowerCase = new Map(
    [...formerNames, ...classNames.map((name) => [name, name] as const)].map(([name, present]) => [
      plainName(name),
      present,
    ]),
  )
  let count = 0
  for (const cells of lines) {
    if (count === 0) requireColumns({ file, label, caseName }, refuse)
    const row = ++count
    const cellOf = (column: number): string => cells[column]?.trim() ?? ''
    const said = cellOf(label)
    const name = cellOf(file)
    const by = cellOf(reader)
    const caseCell = cellOf(caseName).normalize('NFC')
    const isTooLong = { reader: by.length > maxName.reader, case: caseCell.length > maxName.case }
    for (const what of ['reader', 'case'] as const)
      if (isTooLong[what])
        problems.add({ row, file: name }, `its ${what} has more than ${maxName[what]} characters`)
    const className = isTooLong.reader ? null : (byLowerCase.get(plainName(said)) ?? null)
    const source = labelSources.find((known) => known === cellOf(sourceName).toLowerCase()) ?? 'table'
    if (said !== '' && className === null && !isTooLong.reader) {
      problems.add(
        { row, file: name },
        `there is no class "${said.slice(0, maxQuoted)}" (known: ${classNames.join(', ')})`,
      )
    }
    yield {
      row,
      isBlank: cells.every((cell) => cell.trim() === ''),
      file: name,
      className,
      caseName: isTooLong.case ? null : caseCell || null,
      reader: by || null,
      source: by !== '' ? 'reader' : source === 'reader' ? 'table' : source,
      isUnsure: said === '' && cellOf(unsure) !== '' && !isTooLong.reader,
      isAdjudication: cellOf(kind).toLowerCase() === 'adjudication',
    }
  }
  if (count === 0) refuse('it has no rows')
}

function requireColumns(
  { file, label, caseName }: { file: number; label: number; caseName: number },
  refuse: (reason: string) => never,
): void {
  if (file === -1) refuse('it has no column "file"')
  if (label === -1 && caseName === -1) refuse('it has neither a column "label" nor a column "case"')
}

function addRow(known: FileRows, row: LabelRow, name: string, problems: Problems): void {
  const { className, caseName, reader, source, isUnsure, isAdjudication } = row
  if (caseName !== null && known.caseName !== null && known.caseName !== caseName) {
    problems.add(row, `an earlier row gives this file the case "${known.caseName.slice(0, maxQuoted)}"`)
  }
  known.caseName ??= caseName
  if (caseName !== null && caseName === known.caseName) known.caseRows.push(row.row)
  if (className === null && !isUnsure) return
  const by = JSON.stringify([reader, isAdjudication])
  const earlier = known.labels.get(by)
  const table = source === 'reader' || source === 'table' ? name : null
  if (earlier === undefined)
    known.labels.set(by, { className, reader, source, table, isAdjudication, rows: [row.row] })
  else if (earlier.className === className) earlier.rows.push(row.row)
  else {
    problems.add(row, `an earlier row labels this file ${earlier.className ?? 'unsure'}`)
  }
}

/** The indices of the files that a cell names. Paths are compared by their last parts, as many as the cell has. */
function fileFinder(directory: string, files: readonly string[]): (cell: string) => readonly number[] {
  const paths = files.map((file) => comparable(file))
  const byPath = new Map(paths.map((path, index) => [path, index]))
  const maxParts = paths.reduce((most, path) => Math.max(most, path.split('/').length), 0)
  const byEnd = new Map<number, Map<string, number[]>>()
  const indexOf = (parts: number): Map<string, number[]> => {
    const known = byEnd.get(parts)
    if (known !== undefined) return known
    const index = Map.groupBy(paths.keys(), (path) => lastParts(paths[path] ?? '', parts))
    byEnd.set(parts, index)
    return index
  }
  return (cell) => {
    const exact = byPath.get(comparable(resolve(directory, cell)))
    if (exact !== undefined) return [exact]
    const wanted = comparable(cell).replace(/^(\.\/)+/, '')
    const parts = wanted.split('/').length
    return parts > maxParts ? [] : (indexOf(parts).get(wanted) ?? [])
  }
}

/** The end of a path from its last `parts` separators on; the whole path if it has no more parts. */
function lastParts(path: string, parts: number): string {
  let at = path.length
  for (let i = 0; i < parts; i++) {
    if (at === 0) return path
    const before = path.lastIndexOf('/', at - 1)
    if (before === -1) return path
    at = before
  }
  return path.slice(at + 1)
}

/** Problems in the order of the rows. */
class Problems {
  readonly rows = new Set<number>()
  readonly #listed: RowProblem[] = []
  #further = 0
  #lastRow = 0

  add({ row, file }: { row: number; file: string }, problem: string): void {
    this.#lastRow = row
    this.rows.add(row)
    if (this.#listed.length < maxProblems) this.#listed.push({ row, file: file.slice(0, maxQuoted), problem })
    else this.#further++
  }

  list(): RowProblem[] {
    if (this.#further === 0) return this.#listed
    const problem = `this and ${this.#further - 1} of the rows before it have problems that are not listed`
    return [...this.#listed, { row: this.#lastRow, file: '', problem }]
  }
}

/** macOS decomposes accented letters; Windows uses backslashes and takes upper and lower case for the same. */
export function comparable(path: string, platform: NodeJS.Platform = process.platform): string {
  const spelled = path.normalize('NFC').replaceAll('\\', '/')
  return platform === 'win32' ? spelled.toLowerCase() : spelled
}
