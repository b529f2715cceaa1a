import type { Failure, ImportPreview, RowProblem } from '../../contract/index.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import type { Workspace } from '../../store/index.ts'
import { droppedPath } from './dropped-file-paths.ts'
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
  /** Path within a drop, as the browser gives it (`Benign/case 1.png`); null: not dropped, the user knows `path`. */
  dropped: string | null
}

export interface ImportPlan {
  files: PlannedFile[]
  failed: Failure[]
  rows: RowProblem[]
}

/**
 * Finds the files of an import, with their labels and cases, without opening them. The labels of a table take
 * precedence over folder names, its cases over the pattern's.
 * @throws AppError `cases.invalid-pattern`, `labels.invalid-table`, `path.not-found` and `path.unreadable` for the
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
    const ofTable = byFile.get(path)
    const dropped = droppedPath(workspace, path)
    // The folders above the drop do not count: the workspace may be in one that is named like a class.
    const folder = labels === 'folder' ? classFromFolders(path, classNames, dropped?.root) : null
    const fromFolder =
      folder === null ? [] : [{ className: folder, reader: null, source: 'folder' as const, table: null }]
    return {
      path,
      dropped: dropped?.path ?? null,
      caseName: ofTable?.caseName ?? cases[index] ?? null,
      labels: ofTable !== undefined && ofTable.labels.length > 0 ? ofTable.labels : fromFolder,
    }
  })
  return { files: planned, failed, rows: problems }
}

/**
 * What an import would do, for the user to check. At least half of the listed files are ones without a case, if there
 * are that many, since they show what is wrong with the pattern.
 * @param maxFiles maximum number of files to list; null: all
 * @throws AppError as planImport
 */
export async function previewImport(
  sources: ImportSources,
  classNames: readonly string[],
  maxFiles: number | null,
): Promise<ImportPreview> {
  const { files, failed, rows } = await planImport(sources, classNames, new AbortController().signal)
  const withoutCase = files.filter(({ caseName }) => caseName === null)
  const withCase = files.filter(({ caseName }) => caseName !== null)
  const listed = maxFiles === null ? files : listSome(files, withoutCase, withCase, maxFiles)
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
  maxFiles: number,
): PlannedFile[] {
  const withoutCount = Math.max(Math.ceil(maxFiles / 2), maxFiles - withCase.length)
  const without = withoutCase.slice(0, withoutCount)
  const chosen = new Set([...without, ...withCase.slice(0, maxFiles - without.length)])
  return files.filter((file) => chosen.has(file))
}
