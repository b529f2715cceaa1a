import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { AppError, calls, type BackupCheckReport, type CallInput } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import { databaseName, type DatabaseFacts } from '../../store/index.ts'
import { findLosses } from './workspace-files.ts'

const stages = { read: 'Reading the backup', check: 'Checking the database' } as const

export const verifyBackupJob = defineJob({
  kind: 'verify-backup',
  input: calls['backup.verify'].input,
  stages: [
    { name: stages.read, unit: 'bytes', weight: 4 },
    { name: stages.check, unit: 'parts', weight: 1 },
  ],
  resumable: false,
  runsBeside: false,
  isInteractive: () => true,
  title: ({ path }) => `Verify ${path}`,
  run: verifyBackup,
})

/**
 * Reads a whole backup, compares every file with its hash, and checks the database in it as the check of a workspace does.
 * Nothing is kept.
 * @throws AppError `backup.invalid`, `backup.newer`, `path.not-found`, `path.unreadable`, `job.cancelled`
 */
export async function verifyBackup(
  { path }: CallInput<'backup.verify'>,
  job: JobRun,
  { compute }: Pick<JobServices, 'compute'>,
): Promise<BackupCheckReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lobule-backup-'))
  try {
    const database = join(folder, databaseName)
    const read = await compute.run('readBackup', { path, into: { database } }, job.during(stages.read))
    job.progress.report(stages.check, 0, 1)
    const facts = await examineBackup(path, database, compute, job.signal)
    job.progress.report(stages.check, 1, 1)
    const { header, bytes, sha256, contents } = read
    return { path, bytes, sha256, header, files: contents.length, problems: findLosses(facts, contents) }
  } finally {
    await removeFolder(folder)
  }
}

/** What is known of the database that was in a backup. @throws AppError `backup.invalid` if it is damaged */
export async function examineBackup(
  path: string,
  database: string,
  compute: ComputeClient,
  signal: AbortSignal,
): Promise<DatabaseFacts> {
  const facts = await compute.run('examineDatabase', { path: database }, { signal })
  if (facts.damage !== null)
    throw new AppError('backup.invalid', { path, reason: `its database is damaged: ${facts.damage}` })
  return facts
}
