import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { z } from 'zod'
import type { ExportKind } from '../../base/export-file.ts'
import { requireSpace } from '../../base/free-space.ts'
import {
  AppError,
  backupEndings,
  backupScheduleSchema,
  backupVersion,
  toErrorView,
  type BackupHeader,
  type BackupReport,
} from '../../contract/index.ts'
import { partialEnding } from '../../engine/backup-file/index.ts'
import {
  appendEvent,
  databaseFiles,
  databaseName,
  isWorkspace,
  readCreatedAt,
  snapshotDatabase,
  type DatabaseFacts,
  type Workspace,
} from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import { BackupRecords } from './backup-records.ts'
import { removeOldBackups } from './schedule-files.ts'
import { findLosses, listWorkspaceFiles } from './workspace-files.ts'

export const backupFile: ExportKind = { what: 'a backup', endings: backupEndings }

const stages = {
  database: 'Copying the database',
  check: 'Checking the copy',
  files: 'Writing and reading back',
} as const

const inputSchema = z.object({
  path: z.string(),
  replace: z.boolean(),
  withDerived: z.boolean(),
  /** A workspace that another process has open; null: the one that is open here. */
  workspace: z.string().nullable(),
  isScheduled: z.boolean(),
  /** What a scheduled one keeps, under the policy of the computer; absent: as the schedule of the workspace says. */
  keep: backupScheduleSchema.shape.keep.optional(),
})
type Input = z.infer<typeof inputSchema>

export const backupJob = defineJob({
  kind: 'backup',
  input: inputSchema,
  stages: [
    { name: stages.database, unit: 'pages', weight: 1 },
    { name: stages.check, unit: 'parts', weight: 1 },
    { name: stages.files, unit: 'bytes', weight: 4 },
  ],
  resumable: false,
  runsBeside: false,
  // It changes nothing that a training reads, so that one of hours does not put it off.
  isInteractive: () => true,
  title: ({ workspace }, services) => `Back up ${workspace ?? services.workspace.path}`,
  check: ({ path, workspace }, services) => requireOutside(path, workspace ?? services.workspace.path),
  run: backUp,
})

/** A backup inside the workspace would be lost with it. */
function requireOutside(path: string, workspace: string): void {
  const folder = isWorkspace(workspace) ? realpathSync(workspace) : resolve(workspace)
  const inside = relative(folder, resolve(path))
  if (!inside.startsWith('..') && !isAbsolute(inside))
    throw new AppError('path.not-writable', {
      path,
      reason: 'it is inside the workspace; choose another disk',
    })
  if (!backupEndings.some((ending) => path.endsWith(ending)))
    throw new AppError('path.not-writable', {
      path,
      reason: `the name of a backup must end in ${backupEndings.join(' or ')}`,
    })
}

/**
 * Writes a workspace as it is at one moment into one file, while it is in use: the database of one transaction and every
 * file that it refers to. The copy of the database is checked before, and the whole file read back after.
 * @throws AppError `path.exists`, `backup.invalid`, `workspace.corrupt`, `workspace.replaced`, `disk.full`,
 *   `path.not-writable`, `path.unreadable`, `job.cancelled`
 */
export async function backUp(input: Input, job: JobRun, services: JobServices): Promise<BackupReport> {
  const own = input.workspace === null ? services.workspace : null
  try {
    return await write(input, own, job, services)
  } catch (error) {
    if (input.isScheduled && own !== null && !job.signal.aborted) {
      const { message } = toErrorView(error)
      const records = new BackupRecords(services.homeDirectory)
      records.change(own.path, readCreatedAt(own.database), { failure: message })
    }
    throw error
  }
}

async function write(
  { path, replace, withDerived, workspace, isScheduled, keep }: Input,
  own: Workspace | null,
  job: JobRun,
  { compute, homeDirectory, version }: JobServices,
): Promise<BackupReport> {
  const root = own?.path ?? realpathSync(workspace ?? '')
  if (!isWorkspace(root)) throw new AppError('workspace.not-found', { path: root })
  const madeAt = new Date().toISOString()
  // Beside the backup: there is room for it, and what a killed program leaves is found there.
  const copy = `${path}.database${partialEnding}`
  try {
    for (const file of databaseFiles(copy)) await removeFile(file)
    await requireSpace(dirname(path), await sizeOf([join(root, databaseName)]))
    const run = job.during(stages.database)
    if (own === null) await snapshotDatabase(join(root, databaseName), copy, run)
    else await own.snapshotInto(copy, run)
    job.progress.report(stages.check, 0, 1)
    const facts = await compute.run('examineDatabase', { path: copy }, { signal: job.signal })
    if (facts.damage !== null) throw new AppError('workspace.corrupt', { path: root, reason: facts.damage })
    // After the copy of the database: every file that it refers to is there by now.
    const { files, problems } = await listWorkspaceFiles(root, facts, withDerived)
    await requireSpace(
      dirname(path),
      (await sizeOf([copy, ...files.map(({ file }) => file)])) + 1024 * files.length,
    )
    job.progress.report(stages.check, 1, 1)
    const header = headerOf(facts, { path: root, madeAt, withDerived, version })
    const written = await compute.run(
      'writeBackup',
      { path, replace, header, files: [{ name: databaseName, file: copy }, ...files] },
      job.during(stages.files),
    )
    problems.push(...findLosses(facts, written.contents))
    const { bytes, sha256 } = written
    const records = new BackupRecords(homeDirectory)
    records.change(root, facts.createdAt, { last: { at: madeAt, path }, failure: null })
    const kept = keep ?? records.of(root, facts.createdAt).schedule.keep
    const removed = isScheduled ? await removeOldBackups(dirname(path), facts, kept) : []
    const isRecorded = own !== null && record(own, { path, bytes, sha256, header, removed })
    return { path, bytes, sha256, header, files: written.contents.length, problems, isRecorded, removed }
  } finally {
    for (const file of databaseFiles(copy)) await removeFile(file)
  }
}

function headerOf(
  { name, createdAt, format, head, images, labels, models }: DatabaseFacts,
  made: { path: string; madeAt: string; withDerived: boolean; version: string },
): BackupHeader {
  return {
    format: 'lobule-backup',
    version: backupVersion,
    software: made.version,
    madeAt: made.madeAt,
    workspace: { name, path: made.path, createdAt, format },
    head,
    images,
    labels,
    models,
    withDerived: made.withDerived,
  }
}

/** Whether the trail now has an event of the backup: the backup itself does not contain it. */
function record(
  { database }: Workspace,
  {
    path,
    bytes,
    sha256,
    header,
    removed,
  }: Pick<BackupReport, 'path' | 'bytes' | 'sha256' | 'header' | 'removed'>,
): boolean {
  const number = appendEvent(database, {
    kind: 'backup',
    object: { type: 'file', id: null, name: path },
    after: { bytes, sha256, head: header.head, withDerived: header.withDerived, removed: removed.length },
  })
  return number > 0
}
