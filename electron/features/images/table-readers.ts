import { AppError, isSameReader, looksLikeReader, type RowProblem } from '../../contract/index.ts'
import type { FileLabels } from '../../engine/tables/label-table.ts'
import { knownReaderName, listReaders, type Readable } from '../../store/index.ts'

interface TableReaders {
  /** A problem for each name that is not added, in the order of the files. */
  problems: RowProblem[]
  /** All rows that name such a reader. */
  problemRows: number[]
}

interface RefusedRow {
  row: number
  path: string
  /** The case of the image is taken from the row all the same. */
  givesCase: boolean
}

/**
 * Gives each label of a table its reader's name as the workspace spells it. A new name that could be taken for that of a
 * known reader, or of another new one before it, is not added: its labels are removed, and its rows are problems.
 * @param importedBy the reader at this machine, for labels that are no reader's
 * @param isConfirmed whether such names are other readers
 * @throws AppError `reader.looks-alike` if `importedBy` is such a name and is needed; the user has to choose another one
 */
export function spellReaders(
  files: readonly (FileLabels & { path: string; dropped: string | null })[],
  database: Readable,
  importedBy: string,
  isConfirmed: boolean,
): TableReaders {
  const names = new Set(listReaders(database).map(({ name }) => name))
  const refused = new Map<string, { known: string; rows: RefusedRow[] }>()
  const spellOnce = (name: string): string | null => {
    const inWorkspace = knownReaderName(database, name)
    if (names.has(inWorkspace)) return inWorkspace
    const others = [...names]
    const same = others.find((other) => isSameReader(other, name))
    if (same !== undefined) return same
    const alike = isConfirmed ? undefined : others.find((other) => looksLikeReader(other, name))
    if (alike === undefined) names.add(inWorkspace)
    else refused.set(name, { known: alike, rows: [] })
    return alike === undefined ? inWorkspace : null
  }
  const spellings = new Map<string, string | null>()
  const spell = (name: string): string | null => {
    const spelling = spellings.has(name) ? (spellings.get(name) ?? null) : spellOnce(name)
    spellings.set(name, spelling)
    return spelling
  }
  for (const file of files)
    file.labels = file.labels.flatMap((label) => {
      const name = label.reader ?? importedBy
      const spelling = spell(name)
      if (spelling !== null) return [label.reader === null ? label : { ...label, reader: spelling }]
      const { known = '', rows = [] } = refused.get(name) ?? {}
      if (label.reader === null) throw new AppError('reader.looks-alike', { name, known })
      const path = file.dropped ?? file.path
      rows.push(...label.rows.map((row) => ({ row, path, givesCase: file.caseRows.includes(row) })))
      return []
    })
  const problems = [...refused].map(([name, { known, rows }]): RowProblem => {
    const others = rows.length - 1
    const further =
      others === 0 ? '' : `, nor ${others === 1 ? 'is that' : 'are those'} of ${others} more with this name`
    const first = rows.reduce((one, other) => (other.row < one.row ? other : one))
    return {
      row: first.row,
      file: first.path,
      problem: `the new reader "${name}" looks like "${known}", so the label of this row is not used${first.givesCase ? ' (its case is)' : ''}${further}: correct the name, or confirm that it is another reader (on the command line: --confirm-readers)`,
    }
  })
  const problemRows = [...refused.values()].flatMap(({ rows }) => rows.map(({ row }) => row))
  return { problems, problemRows }
}
