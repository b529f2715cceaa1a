import { basename, dirname, extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isSameName } from '../../base/plain-name.ts'
import type { BoundedCompute } from '../../compute/bounded-compute.ts'
import {
  AppError,
  folderCases,
  hasCode,
  type CaseProposal,
  type Failure,
  type ImportPreview,
  type SkippedFiles,
  type RowProblem,
  type TableEncoding,
} from '../../contract/index.ts'
import { casesOfFolders } from '../../engine/tables/cases-of-names.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import type { FileLabels, MatchedLabels } from '../../engine/tables/label-table.ts'
import type { NamedFile } from '../../engine/tables/propose-cases.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import { currentClassNames, listCaseNames, readNewestInput, type Workspace } from '../../store/index.ts'
import { droppedPath } from './dropped-file-paths.ts'
import { classFromFolders, findImages } from './find-images.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import { refuseLabelsOfOthers } from './labels-of-others.ts'
import { spellReaders } from './table-readers.ts'

export interface ImportSources {
  paths: readonly string[]
  labels: 'folder' | 'none'
  labelsFile: string | null
  encoding?: TableEncoding | undefined
  casesPattern: string | null
  /** Whether new readers whose names look like those of known ones are other readers. */
  confirmReaders?: boolean | undefined
  /** The reader at this machine. */
  reader: string
  workspace: Workspace
  bounded: BoundedCompute
}

/** How long the matching of a case expression may take in all, ms: while it is typed, and at the import. */
export const matchingLimitMs = { preview: 200, import: 2000 } as const
/** Files between two moments at which the program can do something else. */
const filesPerTurn = 2000

export interface PlannedFile extends FileLabels {
  path: string
  /** Path within a drop, as the browser gives it (`Benign/case 1.png`); null: not dropped, the user knows `path`. */
  dropped: string | null
}

export interface ImportPlan {
  files: PlannedFile[]
  failed: Failure[]
  skipped: SkippedFiles[]
  rows: RowProblem[]
  /** null: the labels come from no table. */
  table: Pick<MatchedLabels, 'rows' | 'problemRows'> | null
  /** Files that are read as a part of another one. */
  parts: number
  /** Hidden files and folders. */
  hidden: number
}

/**
 * Finds the files of an import, with their labels and cases, without opening them. The labels of a table take
 * precedence over folder names, its cases over the pattern's.
 * @throws AppError `cases.invalid-pattern`, `labels.invalid-table`, `path.not-found` and `path.unreadable` for the
 *   table, `reader.looks-alike` for the reader at this machine, `job.cancelled`; as `refuseLabelsOfOthers`
 */
export async function planImport(
  {
    paths,
    labels,
    labelsFile,
    encoding,
    casesPattern,
    confirmReaders,
    reader,
    workspace,
    bounded,
  }: ImportSources,
  classNames: readonly string[],
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<ImportPlan> {
  const { files, parts, ...found } = await findSlidesOnce(paths, bounded, signal)
  const named = files.map((path) => namedFile(path, workspace, classNames))
  const cases = await casesOf(named, casesPattern, bounded, { signal, limitMs })
  // A table or folder from before a class was renamed has the former name.
  const rename = currentClassNames(workspace.database)
  const formerNames = classNames
    .map((name) => [name, rename(name)] as const)
    .filter(([name, now]) => name !== now)
  const table =
    labelsFile === null
      ? null
      : await bounded.run(
          'matchLabelTable',
          {
            path: labelsFile,
            classNames: [...new Set(classNames.map(rename))],
            formerNames,
            files,
            encoding,
          },
          {
            signal,
            refuse: (reason) => new AppError('labels.invalid-table', { path: labelsFile, reason }),
          },
        )
  const ofTable = new Map(table?.byFile)
  const planned: PlannedFile[] = []
  for (const [index, path] of files.entries()) {
    if (index % filesPerTurn === 0) await setImmediate()
    const own = ofTable.get(index)
    const dropped = droppedPath(workspace, path)
    // The folders above the drop do not count: the workspace may be in one that is named like a class.
    const folder = labels === 'folder' ? classFromFolders(path, classNames, dropped?.root) : null
    const fromFolder =
      folder === null
        ? []
        : [{ className: rename(folder), reader: null, source: 'folder' as const, table: null, rows: [] }]
    planned.push({
      path,
      dropped: dropped?.path ?? null,
      caseName: own?.caseName ?? cases[index] ?? null,
      caseRows: own?.caseRows ?? [],
      labels: own !== undefined && own.labels.length > 0 ? own.labels : fromFolder,
    })
  }
  refuseLabelsOfOthers(planned, workspace.database, reader)
  const readers = spellReaders(planned, workspace.database, reader, confirmReaders ?? false)
  const rows = [...(table?.problems ?? []), ...readers.problems]
  const problemRows = [...(table?.problemRows ?? []), ...readers.problemRows]
  return {
    ...found,
    files: planned,
    parts,
    rows,
    table: table === null ? null : { rows: table.rows, problemRows },
  }
}

/** `findImages`, with one file of each DICOM series: an import reads the others with it. */
async function findSlidesOnce(
  paths: readonly string[],
  bounded: BoundedCompute,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof findImages>> & { parts: number }> {
  const found = await findImages(paths, signal)
  const parts = found.files.filter((path) => extname(path).toLowerCase() === '.dcm')
  if (parts.length < 2) return { ...found, parts: 0 }
  const refuse = (reason: string): AppError =>
    new AppError('image.truncated', { path: dirname(parts[0] ?? ''), reason })
  const kept = await bounded
    .run('oneOfEachSeries', { files: parts }, { signal, refuse })
    .catch((error: unknown) => {
      // The import itself finds out that they are one image, and what is wrong with a file.
      if (hasCode(error, 'image.truncated')) return parts
      throw error
    })
  const others = new Set(parts)
  for (const path of kept) others.delete(path)
  return { ...found, files: found.files.filter((path) => !others.has(path)), parts: others.size }
}

/** The names of a file; a folder that a class or a drop has names no case. */
function namedFile(path: string, workspace: Workspace, classNames: readonly string[]): NamedFile {
  const dropped = droppedPath(workspace, path)
  const folder = basename(dirname(dropped?.path ?? path))
  const isClass = classNames.some((name) => isSameName(name, folder))
  return { name: basename(path), folder: isClass || folder === '' || folder === '.' ? null : folder }
}

/**
 * Ways to read the cases from the files at these paths, the best first.
 * @throws AppError `call.superseded`
 */
export async function proposeImportCases(
  paths: readonly string[],
  { workspace, bounded }: Pick<ImportSources, 'workspace' | 'bounded'>,
  classNames: readonly string[],
  signal: AbortSignal,
): Promise<CaseProposal[]> {
  const { files } = await findSlidesOnce(paths, bounded, signal)
  const input = readNewestInput(workspace.database, 'import') as { casesPattern?: string | null } | undefined
  return bounded.run(
    'proposeCases',
    {
      files: files.map((path) => namedFile(path, workspace, classNames)),
      last: input?.casesPattern ?? null,
      limitMs: matchingLimitMs.import,
    },
    { signal, refuse: (reason) => new AppError('cases.invalid-pattern', { pattern: '', reason }) },
  )
}

/** The case of each file by its name or folder; none without a pattern. */
async function casesOf(
  files: readonly NamedFile[],
  pattern: string | null,
  bounded: BoundedCompute,
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<(string | null)[]> {
  if (pattern === null || pattern === '') return []
  if (pattern === folderCases) return casesOfFolders(files)
  return bounded.run(
    'matchCases',
    { names: files.map(({ name }) => name), pattern, limitMs },
    { signal, refuse: (reason) => new AppError('cases.invalid-pattern', { pattern, reason }) },
  )
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
  signal: AbortSignal = new AbortController().signal,
): Promise<ImportPreview> {
  const options = { signal, limitMs: matchingLimitMs.preview }
  const { files, failed, skipped, rows } = await planImport(sources, classNames, options)
  const withoutCase = files.filter(({ caseName }) => caseName === null)
  const withCase = files.filter(({ caseName }) => caseName !== null)
  const sizes = [...Map.groupBy(withCase, ({ caseName }) => caseName).values()].map(({ length }) => length)
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
      cases: sizes.length,
      withoutCase: withoutCase.length,
      labelled: files.filter(({ labels }) => labels.length > 0).length,
      minImages: sizes.length === 0 ? 0 : sizes.reduce((min, size) => Math.min(min, size)),
      maxImages: sizes.reduce((max, size) => Math.max(max, size), 0),
    },
    similarCases: similarCases(withCase, listCaseNames(sources.workspace.database)),
    freeBytes: await freeBytesAt(sources.workspace.path),
    failed,
    skipped,
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

const maxSimilarCases = 20

/** Groups of case names that look like one patient's, with at least one new name. */
function similarCases(files: readonly PlannedFile[], existing: readonly string[]): string[][] {
  const coming = new Set(files.flatMap(({ caseName }) => caseName ?? []))
  const known = new Set(existing)
  return findSimilarNames([...coming, ...existing])
    .filter(({ names }) => names.some((name) => coming.has(name) && !known.has(name)))
    .slice(0, maxSimilarCases)
    .map(({ names }) => names)
}
