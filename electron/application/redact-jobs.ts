import type { BackupCheckReport, Failure, ImportReport, JobReports, JobView } from '../contract/index.ts'
import { neutralName, type BlindedView } from './blinded-view.ts'
import { redactJobError } from './redact-errors.ts'
import { withheld } from './withheld-names.ts'

type ReportRedactions = {
  readonly [K in keyof JobReports]: (report: JobReports[K], view: BlindedView) => unknown
}

const whole = <T>(report: T): T => report
const later = 'Shown when blind reading ends.'

/**
 * What a blinded reader gets of the report of a finished job, by kind: numbers of images and files, never a name, a label
 * or which file became which image. A kind without a function does not compile.
 */
export const redactedReports: ReportRedactions = {
  demo: whole,
  import: redactImport,
  'try-import': redactImport,
  backends: whole,
  encoders: (report, view) => ({ ...report, failed: redactFailures(report.failed, view) }),
  // A model's own record has the rest (`model.list`).
  train: (report, view) => ({
    ...report,
    ...(report.use === undefined ? {} : { use: { ...report.use, guessing: null, comparison: null } }),
    warnings: [],
    skipped: redactFailures(report.skipped, view),
  }),
  classify: (report, view) => ({
    ...report,
    locked: undefined,
    failed: redactFailures(report.failed, view),
  }),
  encode: (report, view) => ({ ...report, failed: redactFailures(report.failed, view) }),
  describe: (report) => ({ ...report, image: withheld, sha256: '0'.repeat(64), path: withheld }),
  explain: whole,
  relink: ({ found, missing, failed }, view) => ({
    found: inOrder(found, view).map(({ imageId, from, to }) => {
      const name = nameOfHidden(imageId, view)
      return { imageId, from: name ?? from, to: name ?? to }
    }),
    missing: inOrder(missing, view).map(({ imageId, path }) => ({
      imageId,
      path: nameOfHidden(imageId, view) ?? path,
    })),
    failed: redactFailures(failed, view),
  }),
  check: (report, view) => {
    const idByPath = new Map(view.images.map(({ id, path }) => [path, id]))
    const problems = report.problems.map((problem) => {
      const name = nameOfHidden(idByPath.get(problem.path), view)
      if (name === null) return problem
      return { ...problem, path: name, message: problem.message.replaceAll(problem.path, name) }
    })
    return { ...report, problems: problems.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
  },
  'export-model': whole,
  'import-model': (report) => ({ ...report, imagesHere: 0 }),
  'import-descriptors': (report, view) => ({
    ...report,
    passedOver: [],
    failed: redactFailures(report.failed, view),
  }),
  // Content hashes would tell which image is which.
  'plan-shards': () => null,
  'plan-training': () => null,
  'plan-slides': () => null,
  'hand-over': () => null,
  'collect-shards': () => null,
  // Figures of a model on labels that the reader may not know.
  'open-test-set': () => null,
  'learning-curve': () => null,
  'compare-encoders': () => null,
  backup: redactBackup,
  'verify-backup': redactBackup,
  leaks: (report, view) => ({
    ...report,
    imageIds: [],
    copies: [],
    copyCount: 0,
    failed: redactFailures(report.failed, view),
  }),
  // The number of places tells how much tissue an image shows.
  'analyse-slides': (report, view) => ({
    ...report,
    analyses: [],
    failed: redactFailures(report.failed, view),
  }),
  restore: (report) => ({ ...report, header: { ...report.header, labels: 0 } }),
}

/** Its account counts labels, and names files and cases. */
function redactImport(report: ImportReport, view: BlindedView): ImportReport {
  const { account: _account, files: _files, ...rest } = report
  return { ...rest, labelled: 0, rows: [], failed: redactFailures(report.failed, view), images: [] }
}

/** Its record counts labels, and its problems name files. */
function redactBackup<R extends BackupCheckReport>(report: R): R {
  const header = { ...report.header, labels: 0 }
  return { ...report, header, problems: report.problems.map(() => later) }
}

/** A job without the names of hidden images, which occur in its title, its report, its failures and its error. */
export function redactJob(job: JobView, view: BlindedView): JobView {
  const redact = (redactedReports as Partial<Record<string, (report: never, view: BlindedView) => unknown>>)[
    job.kind
  ]
  const report = job.report === null || job.report === undefined ? null : redact?.(job.report as never, view)
  return {
    ...job,
    title: view.names.in(job.title),
    progress: job.kind === 'analyse-slides' ? withoutPlaces(job.progress) : job.progress,
    error: job.error === null ? null : redactJobError(job.error, view),
    report: report ?? null,
  }
}

/**
 * Progress without numbers of places, which tell how much tissue an image shows. Shares are whole percents: exact ones are multiples of
 * one place.
 */
const withoutPlaces = (progress: JobView['progress']): JobView['progress'] => {
  if (progress === null) return null
  const { stage, unit, fraction, etaMs } = progress
  return { stage, unit, done: 0, total: 0, fraction: Math.floor(100 * fraction) / 100, etaMs }
}

/**
 * Failures of images, in an order that tells nothing. Without an image, a file is not named: the reader may have named any
 * file when the job was started, and could see from a replacement that it belongs to a withheld image.
 */
const redactFailures = (failures: readonly Failure[], view: BlindedView): Failure[] =>
  inOrder(failures, view).map((failure) => {
    if (failure.imageId === undefined) return { ...failure, path: withheld, message: later }
    const path = nameOfHidden(failure.imageId, view)
    if (path === null) return failure
    return { ...failure, path, message: failure.message.replaceAll(failure.path, path) }
  })

const inOrder = <T extends { imageId?: number | undefined }>(items: readonly T[], view: BlindedView): T[] =>
  items.toSorted((a, b) => view.aliasOf(a.imageId ?? 0) - view.aliasOf(b.imageId ?? 0))

/** null: no image, or the reader has decided on it. */
function nameOfHidden(imageId: number | undefined, view: BlindedView): string | null {
  const image = imageId === undefined ? undefined : view.image(imageId)
  return image === undefined || !view.isHidden(image.id) ? null : neutralName(image)
}
