import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { z } from 'zod'
import { makePrivateFolder } from '../../base/private-files.ts'
import {
  AppError,
  backendDeviceSchema,
  hasCode,
  installableNameSchema,
  type BackendInstallReport,
  type InstallableName,
} from '../../contract/index.ts'
import { diskBytesOf, downloadBytesOf } from '../../engine/encoders/installable/backend-sets.ts'
import {
  publishBackend,
  removeBackend,
  requireSet,
} from '../../engine/encoders/installable/install-backend.ts'
import { installedBackend } from '../../engine/encoders/installable/installed-backend.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import { FolderLock } from '../../store/index.ts'

const downloading = 'Downloading'
const unpacking = 'Unpacking'
const trying = 'First run'

const inputSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('install'),
    name: installableNameSchema,
    device: backendDeviceSchema,
    folder: z.string().nullable(),
  }),
  z.object({ action: z.literal('remove'), name: installableNameSchema }),
])
type Input = z.infer<typeof inputSchema>

/** What is installed under a name; without that, the name. */
function titleOf(name: InstallableName, homeDirectory: string): string {
  const device = installedBackend(homeDirectory, name)?.device
  return device === undefined ? name : requireSet(name, device).title
}

export const backendsJob = defineJob({
  kind: 'backends',
  input: inputSchema,
  stages: [
    { name: downloading, unit: 'MB', weight: 6 },
    { name: unpacking, unit: 'MB', weight: 3 },
    { name: trying, unit: 'runs', weight: 1 },
  ],
  // What was downloaded is kept, so that an installation that is started again goes on.
  resumable: false,
  runsBeside: false,
  title: (input, { homeDirectory }) =>
    input.action === 'install'
      ? `Install ${requireSet(input.name, input.device).title}`
      : `Remove ${titleOf(input.name, homeDirectory)}`,
  run: (input, job, services) =>
    alone(services.homeDirectory, () =>
      input.action === 'install' ? install(input, job, services) : remove(input, services),
    ),
})

/**
 * Does work that changes what is installed while no other process does: two would remove each other's downloads and drafts.
 * @throws AppError `backend.busy`
 */
async function alone<T>(homeDirectory: string, work: () => Promise<T>): Promise<T> {
  // Beside the folder of back-ends, which is removed once it is empty.
  const folder = join(homeDirectory, 'backends-lock')
  let lock: FolderLock | null = null
  try {
    await makePrivateFolder(folder)
    lock = new FolderLock(folder, 'Lobule')
  } catch (error) {
    if (hasCode(error, 'workspace.locked')) {
      const { holder } = (error as AppError<'workspace.locked'>).details
      throw new AppError('backend.busy', { holder }, { cause: error })
    }
    // A disk without locks, as of some network shares, does not end the work; a full one is named by what follows.
  }
  try {
    return await work()
  } finally {
    lock?.release()
  }
}

/**
 * Downloads, unpacks and tries a back-end; only then it counts as installed. A failure or a cancellation leaves what was installed before, and
 * of this installation nothing but whole or partial downloads, which the next attempt uses.
 */
async function install(
  { name, device, folder }: Extract<Input, { action: 'install' }>,
  job: JobRun,
  { compute, bounded, homeDirectory }: JobServices,
): Promise<BackendInstallReport> {
  const set = requireSet(name, device)
  const task = { homeDirectory, name, device }
  if (folder === null)
    await compute.run('backendDownload', task, inMegabytes(job, downloading, downloadBytesOf(set)))
  const { staging } = await compute.run(
    'backendUnpack',
    { ...task, folder },
    inMegabytes(job, unpacking, diskBytesOf(set)),
  )
  try {
    const { note } = await bounded.run(
      'tryBackend',
      { name, title: set.title, device, folder: staging },
      {
        signal: job.signal,
        refuse: (reason) => new AppError('backend.refused', { title: set.title, reason }),
      },
    )
    job.progress.report(trying, 1, 1)
    await publishBackend(homeDirectory, set, staging)
    // A process keeps the libraries that it has loaded until it ends.
    compute.stopProcess()
    return { name, title: set.title, action: 'installed', bytes: diskBytesOf(set), note }
  } finally {
    await removeFolder(staging)
  }
}

async function remove(
  { name }: Extract<Input, { action: 'remove' }>,
  { compute, homeDirectory }: JobServices,
): Promise<BackendInstallReport> {
  const title = titleOf(name, homeDirectory)
  const bytes = await removeBackend(homeDirectory, name)
  compute.stopProcess()
  return { name, title, action: 'removed', bytes, note: null }
}

/** @param bytes of the whole stage */
function inMegabytes(job: JobRun, stage: string, bytes: number): ReturnType<JobRun['during']> {
  const { signal, onProgress } = job.during(stage)
  const total = Math.round(bytes / 1e6)
  // The first report of a stage begins its clock.
  onProgress(0, total)
  return { signal, onProgress: (done) => onProgress(Math.round(done / 1e6), total) }
}
