import type { Failure, ImportPreview, RowProblem } from '../../contract/index.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import type { Workspace } from '../../store/index.ts'
import { droppedPath } from './drop-folders.ts'
import { casesFromFileNames, classFromFolders, findImages } from './find-images.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import { matchLabels, readLabelTable, type FileLabels } from './label-table.ts'

export interface ImportSources {
  paths: readonly string[]
  labels: 'folder' | 'none'
  labelsFile: string | null
  casesPattern: string | null
  workspace: Workspace
}

export interface PlannedFile extends FileLabels {
  path: string
  /** Where it was dropped on a page, as far as the browser tells (`Benign/case 1.png`); null: it lies at `path`. */
  dropped: string | null
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
  { paths, labels, labelsFile, casesPattern, workspace }: ImportSources,
  classNames: readonly string[],
  signal: AbortSignal,
): Promise<ImportPlan> {
  const table = labelsFile === null ? null : await readLabelTable(labelsFile, classNames)
  const { files, failed } = await findImages(paths, signal)
  const cases = casesFromFileNames(files, casesPattern)
  const { byFile, problems } =
    table === null ? { byFile: new Map<string, FileLabels>(), problems: [] } : matchLabels(table, files)
  const planned = files.map((path, index): PlannedFile => {
    const said = byFile.get(path)
    const dropped = droppedPath(workspace, path)
    // A workspace that lies in a folder named like a class labels nothing that was dropped into it.
    const folder = labels === 'folder' ? classFromFolders(path, classNames, dropped?.root) : null
    const fromFolder = folder === null ? [] : [{ className: folder, reader: null }]
    return {
      path,
      dropped: dropped?.path ?? null,
      caseName: said?.caseName ?? cases[index] ?? null,
      labels: said !== undefined && said.labels.length > 0 ? said.labels : fromFolder,
    }
  })
  return { files: planned, failed, rows: problems }
}

/**
 * What an import would make of its files, to be looked at. Of `mostFiles`, half are kept for files that get no
 * case, since those are what an expression is mended by.
 * @throws AppError as planImport
 */
export async function previewImport(
  sources: ImportSources,
  classNames: readonly string[],
  mostFiles: number | null,
): Promise<ImportPreview> {
  const { files, failed, rows } = await planImport(sources, classNames, new AbortController().signal)
  const withoutCase = files.filter(({ caseName }) => caseName === null)
  const withCase = files.filter(({ caseName }) => caseName !== null)
  const listed = mostFiles === null ? files : listSome(files, withoutCase, withCase, mostFiles)
  return {
    files: listed.map(({ path, dropped, caseName, labels }) => ({
      path: dropped ?? path,
      caseName,
      className: labels.at(-1)?.className ?? null,
    })),
    totals: {
      files: files.length,
      bytes: await sizeOf(files.map(({ path }) => path)),
      cases: new Set(withCase.map(({ caseName }) => caseName)).size,
      withoutCase: withoutCase.length,
      labelled: files.filter(({ labels }) => labels.length > 0).length,
    },
    freeBytes: await freeBytesAt(sources.workspace.path),
    failed,
    rows,
  }
}

function listSome(
  files: readonly PlannedFile[],
  withoutCase: readonly PlannedFile[],
  withCase: readonly PlannedFile[],
  most: number,
): PlannedFile[] {
  const ofThose = Math.max(Math.ceil(most / 2), most - withCase.length)
  const without = withoutCase.slice(0, ofThose)
  const chosen = new Set([...without, ...withCase.slice(0, most - without.length)])
  return files.filter((file) => chosen.has(file))
}
