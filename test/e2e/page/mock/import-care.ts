import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import {
  AppError,
  defaultSchedule,
  type BackupState,
  type CheckReport,
  type ErrorCode,
  type Failure,
  type Handlers,
  type WorkspaceInfo,
  type WorkspaceView,
} from '../../../../electron/contract/index.ts'
import { proposeCases } from '../../../../electron/engine/tables/propose-cases.ts'
import { matchCases } from '../../../../electron/engine/tables/cases-of-names.ts'
import { classFromFolders } from '../../../../electron/features/images/find-images.ts'

/** The files below paths of the made-up tree, each once. */
export type FilesBelow = (path: string) => string[]

/** The calls of the import dialog and the settings. */
export function importCareHandlers(
  workspaceOf: () => WorkspaceView,
  filesBelow: FilesBelow,
): Pick<
  Handlers,
  | 'image.preview'
  | 'image.proposeCases'
  | 'drop.begin'
  | 'drop.discard'
  | 'storage.clean'
  | 'workspace.info'
  | 'backup.state'
  | 'backup.schedule'
> {
  let descriptorBytes = 1_240_000_000
  let explanationBytes = 2_600_000
  let schedule = defaultSchedule
  const last = { at: '2026-03-02T08:00:00.000Z', path: '/media/backups/first.tar' }
  const backups = (): BackupState => ({ schedule, last, failure: null, remindDays: null })
  return {
    'image.preview': ({ paths, labels, labelsFile, casesPattern, mostFiles }) => {
      if (labelsFile?.endsWith('broken.csv') === true) {
        throw new AppError('labels.invalid-table', { path: labelsFile, reason: 'it has no column "file"' })
      }
      const classNames = workspaceOf().classes.map(({ name }) => name)
      const found = [...new Set(paths.flatMap(filesBelow))]
      const names = found.map((path) => basename(path))
      const cases = casesPattern === null ? [] : matchCases({ names, pattern: casesPattern, limitMs: 2000 })
      const files = found.map((path, index) => ({
        path,
        caseName: cases[index] ?? null,
        className: labels === 'folder' ? classFromFolders(path, classNames) : null,
      }))
      const named = files.flatMap(({ caseName }) => caseName ?? [])
      const sizes = [...Map.groupBy(named, (name) => name).values()].map(({ length }) => length)
      const failed: Failure[] = []
      const rows =
        labelsFile === null
          ? []
          : [{ row: 7, file: 'case99_a.tif', problem: 'no such file is among those to import' }]
      return {
        files: files.slice(0, mostFiles ?? files.length),
        totals: {
          files: files.length,
          bytes: files.length * 9_400_000,
          cases: new Set(named).size,
          withoutCase: files.length - named.length,
          labelled: files.filter(({ className }) => className !== null).length,
          minImages: sizes.length === 0 ? 0 : Math.min(...sizes),
          maxImages: Math.max(0, ...sizes),
        },
        similarCases: [],
        freeBytes: 20_000_000,
        failed,
        rows,
      }
    },
    'image.proposeCases': ({ paths }) =>
      proposeCases({
        files: [...new Set(paths.flatMap(filesBelow))].map((path) => ({
          name: basename(path),
          folder: null,
        })),
        last: null,
        limitMs: 2000,
      }),
    'backup.state': backups,
    'backup.schedule': (chosen) => {
      schedule = chosen
      return backups()
    },
    'drop.begin': () => ({ dropId: randomBytes(8).toString('hex') }),
    'drop.discard': () => ({}),
    'storage.clean': ({ descriptors, explanations }) => {
      const removedBytes = (descriptors ? descriptorBytes : 0) + (explanations ? explanationBytes : 0)
      if (descriptors) descriptorBytes = 0
      if (explanations) explanationBytes = 0
      return { removedFiles: 1, removedBytes }
    },
    'workspace.info': () => ({
      ...infoOf(workspaceOf()),
      bytes: { ...bytes, descriptors: descriptorBytes, explanations: explanationBytes },
    }),
  }
}

const bytes = {
  database: 4_800_000,
  copies: 0,
  descriptors: 0,
  boosters: 38_000_000,
  explanations: 0,
  synthetic: 450_000_000,
  slideMaps: 0,
  leftovers: 0,
}

const infoOf = ({ path, name, classes, imageCount, labelledCount }: WorkspaceView): WorkspaceInfo => ({
  path,
  name,
  format: 9,
  createdAt: '2026-03-01T08:00:00.000Z',
  images: imageCount,
  copied: 0,
  cases: 16,
  labelled: labelledCount,
  disputed: 0,
  unsure: 0,
  labelEntries: labelledCount,
  classEntries: labelledCount,
  models: 0,
  verdicts: 0,
  classes: classes.map((one) => ({ name: one.name, isPositive: one.isPositive, images: 0 })),
  readers: [],
  bytes,
  freeBytes: 53_000_000_000,
})

/** The report of an import of 48 images; files of a folder of other people's may fail. */
export function importReport(paths: readonly string[]) {
  const failure = (name: string, code: ErrorCode, message: string) => ({
    path: `/home/anna/images/${name}`,
    code,
    message,
  })
  const failed = paths.some((path) => path.includes('synthetic'))
    ? []
    : [
        failure('empty.tif', 'image.empty-file', 'empty.tif is empty.'),
        failure('notes.tif', 'image.unsupported-format', 'notes.tif is not an image: it is text.'),
        failure('cut.png', 'image.truncated', 'cut.png ends before its last line.'),
        failure('stack.tif', 'image.several-pages', 'stack.tif holds 3 pictures.'),
      ]
  const counts = { imported: 48, duplicates: 2, found: 0, labelled: 36, withoutPixelSize: 5 }
  return { ...counts, rows: [], failed, images: [] }
}

export const checkReport: CheckReport = {
  images: 48,
  descriptors: 192,
  boosters: 25,
  problems: [
    ...['case03-field1.tif', 'case03-field2.tif'].map((name) => ({
      kind: 'image-missing' as const,
      path: `/home/anna/images/${name}`,
      message: `The file /home/anna/images/${name} is gone.`,
    })),
    {
      kind: 'descriptors-damaged',
      path: '/home/anna/studies/first/descriptors/ab/ab12.npy',
      message: 'The descriptor file is damaged.',
    },
  ],
}
