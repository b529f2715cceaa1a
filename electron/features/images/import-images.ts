import { z } from 'zod'
import { AppError, calls, type Failure, type ImportReport } from '../../contract/index.ts'
import { listClassNames } from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import { removeDropped } from './dropped-file-paths.ts'
import { failureOf } from './find-images.ts'
import { requireSpace } from '../../base/free-space.ts'
import { Importer } from './importer.ts'
import { ImportLedger } from './import-ledger.ts'
import { matchingLimitMs, planImport, type PlannedFile } from './import-plan.ts'
import { importingReader } from './labels-of-others.ts'
import { inspectInOrder } from './inspect-in-order.ts'
import { defineJob, imagesChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'

const reading = 'Reading images'

const importInputSchema = calls['image.import'].input.omit({ dryRun: true }).extend({
  /** The reader at this machine. Labels that name no reader are not theirs, only imported by them. */
  reader: z.string(),
})
export type ImportInput = z.infer<typeof importInputSchema>

export const importJob = defineJob({
  kind: 'import',
  input: importInputSchema,
  stages: [{ name: reading, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  audit: 'import',
  announces: imagesChanged,
  title: () => 'Import images',
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  retry: (input: ImportInput, failures) => ({
    ...input,
    paths: [...new Set(failures.map(({ path }) => path))],
  }),
  run: importImages,
})

/** What an import would do: it reads the same files and decides the same, but writes nothing. */
export const tryImportJob = defineJob({
  kind: 'try-import',
  input: importInputSchema,
  stages: [{ name: reading, unit: 'images', weight: 1 }],
  resumable: false,
  runsBeside: true,
  title: () => 'Try an import',
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  run: (input, job, services) => importImages(input, job, services, { isDryRun: true }),
})

/**
 * Imports image files, from their current location or copied; dropped files are moved into the workspace. A file whose
 * content the workspace has already is a duplicate. It fills in what the image lacks: a label (`decideLabel`), a case, a
 * stated pixel size if nothing was computed without it, a file that was lost. A label or case that contradicts is listed.
 * A file that cannot be imported is listed with its reason and the next one follows. Images that were imported before a cancel or a crash
 * stay; the same import again adds the rest.
 * @throws AppError as planImport; `disk.full`, `job.cancelled`
 */
export async function importImages(
  started: ImportInput,
  job: JobRun,
  { workspace, compute, bounded }: Pick<JobServices, 'workspace' | 'compute' | 'bounded'>,
  { isDryRun } = { isDryRun: false },
): Promise<ImportReport> {
  const { database } = workspace
  const { progress } = job
  const input = { ...started, reader: importingReader(database, started.reader) }
  const plan = await planImport({ ...input, workspace, bounded }, listClassNames(database), {
    signal: job.signal,
    limitMs: matchingLimitMs.import,
  })
  if (input.copy) {
    const toCopy = plan.files.filter(({ dropped }) => dropped === null)
    await requireSpace(workspace.path, await sizeOf(toCopy.map(({ path }) => path)))
  }
  const ledger = new ImportLedger(plan)
  const importer = new Importer({ workspace, compute, input, since: job.since, isDryRun, ledger })
  const failed = [...plan.failed]
  const fail = (file: PlannedFile, failure: Failure): void => {
    failed.push(withDroppedPath(file, failure))
    ledger.files.push({ path: file.dropped ?? file.path, outcome: 'failed' })
  }
  let done = 0
  progress.report(reading, 0, plan.files.length)
  for await (const { file, result } of inspectInOrder(database, compute, plan.files, input, job.signal)) {
    try {
      if ('failure' in result) fail(file, result.failure)
      else {
        await importer.addFile(file, result)
        if (file.dropped !== null && !isDryRun) await removeDropped(workspace, file.path)
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      fail(file, failureOf(file.path, error))
    }
    progress.report(reading, ++done, plan.files.length)
  }
  const { skipped, rows } = plan
  return { ...importer.report, failed, skipped, rows, account: ledger.account(), files: ledger.files }
}

/** The message names the path that the user knows; `path` stays, so that the file can be retried. */
const withDroppedPath = ({ path, dropped }: PlannedFile, failure: Failure): Failure =>
  dropped === null ? failure : { ...failure, message: failure.message.replaceAll(path, dropped) }
