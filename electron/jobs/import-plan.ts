import type { Failure, RowProblem } from '../contract/index.ts'
import { caseFromFileName, classFromFolders, findImages, parseCasesPattern } from './find-images.ts'
import { matchLabels, readLabelTable, type FileLabels } from './label-table.ts'

export interface ImportSources {
  paths: readonly string[]
  labels: 'folder' | 'none'
  labelsFile: string | null
  casesPattern: string | null
}

export interface PlannedFile extends FileLabels {
  path: string
}

export interface ImportPlan {
  files: PlannedFile[]
  failed: Failure[]
  rows: RowProblem[]
}

/**
 * Finds the files of an import and what is said of each before it is opened. A table of labels goes before the
 * folder's name, its case before the pattern's.
 * @throws AppError `cases.invalid-pattern`, `labels.invalid-table`, `path.not-found`, `path.unreadable` of the
 *   table, `job.cancelled`
 */
export async function planImport(
  { paths, labels, labelsFile, casesPattern }: ImportSources,
  classNames: readonly string[],
  signal: AbortSignal,
): Promise<ImportPlan> {
  const pattern = parseCasesPattern(casesPattern)
  const table = labelsFile === null ? null : await readLabelTable(labelsFile, classNames)
  const { files, failed } = await findImages(paths, signal)
  const { byFile, problems } =
    table === null ? { byFile: new Map<string, FileLabels>(), problems: [] } : matchLabels(table, files)
  const planned = files.map((path): PlannedFile => {
    const said = byFile.get(path)
    const folder = labels === 'folder' ? classFromFolders(path, classNames) : null
    const fromFolder = folder === null ? [] : [{ className: folder, reader: null }]
    return {
      path,
      caseName: said?.caseName ?? caseFromFileName(path, pattern),
      labels: said !== undefined && said.labels.length > 0 ? said.labels : fromFolder,
    }
  })
  return { files: planned, failed, rows: problems }
}
