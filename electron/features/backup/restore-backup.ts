import { randomUUID } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { moveFile, removeFolder } from '../../base/patient-files.ts'
import { requireSpace } from '../../base/free-space.ts'
import { makeFolders } from '../../base/folders.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError, calls, type CallInput, type RestoreReport } from '../../contract/index.ts'
import { flushFolder, type BackupRead } from '../../engine/backup-file/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import {
  appendEvent,
  chainHead,
  databaseName,
  openWorkspace,
  readCreatedAt,
  removeUnfinishedBackups,
} from '../../store/index.ts'
import { KnownHeads, type KnownHead } from '../audit/known-heads.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import { examineBackup } from './verify-backup.ts'

const stages = { read: 'Restoring the files', check: 'Checking the database' } as const

export const restoreJob = defineJob({
  kind: 'restore',
  input: calls['backup.restore'].input,
  stages: [
    { name: stages.read, unit: 'bytes', weight: 4 },
    { name: stages.check, unit: 'parts', weight: 1 },
  ],
  resumable: false,
  runsBeside: false,
  title: ({ directory }) => `Restore ${directory}`,
  run: restoreBackup,
})

/**
 * Makes a new workspace of a backup. It is made under another name and checked: at `directory` there is nothing, or
 * the whole workspace. Its trail gets an event, and this computer knows it as restored, not as an older copy.
 * @throws AppError `backup.folder-exists`, `backup.invalid`, `backup.newer`, `workspace.newer`, `disk.full`,
 *   `path.not-writable`, `path.not-found`, `job.cancelled`
 */
export async function restoreBackup(
  { path, directory }: CallInput<'backup.restore'>,
  job: JobRun,
  { compute, homeDirectory, version }: Pick<JobServices, 'compute' | 'homeDirectory' | 'version'>,
): Promise<RestoreReport> {
  const target = resolve(directory)
  await requireNothingAt(target)
  await requireSpace(target, await sizeOf([path]))
  // Beside it, so that it only has to be renamed.
  const draft = `${target}.restoring-${randomUUID().slice(0, 8)}`
  try {
    await makeFolder(draft)
    const read = await compute.run(
      'readBackup',
      { path, into: { directory: draft } },
      job.during(stages.read),
    )
    job.progress.report(stages.check, 0, 1)
    await examineBackup(path, join(draft, databaseName), compute, job.signal)
    const heads = new KnownHeads(homeDirectory)
    const { head, known } = record(draft, `Lobule ${version}`, {
      path,
      read,
      knownOf: (at) => heads.of(target, at),
    })
    await requireNothingAt(target)
    await moveFile(draft, target).catch((error: unknown) => {
      throw asNotWritable(error, target)
    })
    await flushFolder(dirname(target))
    heads.save(target, head)
    job.progress.report(stages.check, 1, 1)
    const { header, contents, bytes } = read
    const lostEvents = Math.max(0, (known?.event ?? 0) - (header.head?.event ?? 0))
    return { directory: target, path, header, files: contents.length, bytes, lostEvents }
  } finally {
    await removeFolder(draft)
  }
}

/** @throws AppError `backup.folder-exists` */
export async function requireNothingAt(path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  )
  if (isThere) throw new AppError('backup.folder-exists', { path })
}

/** With the parents that do not exist yet; only this user may enter it. */
export async function makeFolder(path: string): Promise<void> {
  try {
    makeFolders(dirname(path))
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    throw asNotWritable(error, path)
  }
}

/** Opens the workspace once, which brings it to the newest format, and records in its trail that it was restored. */
function record(
  folder: string,
  program: string,
  {
    path,
    read,
    knownOf,
  }: { path: string; read: BackupRead; knownOf: (createdAt: string) => KnownHead | null },
): { head: KnownHead; known: KnownHead | null } {
  const workspace = openWorkspace(folder, program)
  try {
    const { database } = workspace
    const createdAt = readCreatedAt(database)
    const known = knownOf(createdAt)
    const { header, sha256 } = read
    database.transaction(() => {
      removeUnfinishedBackups(database)
      appendEvent(database, {
        kind: 'restore',
        object: { type: 'file', id: null, name: basename(path) },
        before: known === null ? null : { lastSeenEvent: known.event, lastSeenHash: known.hash },
        after: { sha256, madeAt: header.madeAt, head: header.head, from: header.workspace.path },
      })
    })()
    const newest = chainHead(database)
    if (newest === null)
      throw new AppError('backup.invalid', { path, reason: 'its database has no audit trail' })
    return { head: { createdAt, event: newest.id, hash: newest.hash }, known }
  } finally {
    workspace.close()
  }
}
