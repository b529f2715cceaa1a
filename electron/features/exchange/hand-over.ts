import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { moveFile, removeFolder } from '../../base/patient-files.ts'
import { z } from 'zod'
import { throwIfCancelled } from '../../base/cancellation.ts'
import {
  severalFilesExtensions,
  AppError,
  hasCode,
  type HandoverReport,
  type ImageView,
} from '../../contract/index.ts'
import { withPauses } from '../../base/slices.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { requireSpace } from '../../base/free-space.ts'
import { contentHash } from '../../engine/image/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import {
  appendEvent,
  chainHead,
  copyClassNames,
  createWorkspace,
  insertImage,
  firstClasses,
  listImages,
  readIdentity,
  readNewImage,
  type Workspace,
} from '../../store/index.ts'
import { makeFolder, requireNothingAt } from '../backup/restore-backup.ts'
import { copyIntoWorkspace } from '../images/copy-file.ts'
import { findOrAddReader } from '../labels/readings.ts'
import { sizeOf } from '../workspace/clean-storage.ts'
import { readingsText } from './export-readings.ts'
import { importReadings } from './import-readings.ts'
import { readReadingsFile } from './read-readings-file.ts'

const stage = 'Handing images over'

const inputSchema = z.object({
  path: z.string(),
  cases: z.array(z.string()).nullable(),
  to: z.string(),
  copyImages: z.boolean(),
  isBlind: z.boolean(),
})
type Input = z.infer<typeof inputSchema>

export const handOverJob = defineJob({
  kind: 'hand-over',
  input: inputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: false,
  runsBeside: false,
  audit: 'export',
  title: ({ to }) => `Hand over to ${to}`,
  check: requireWorkspace,
  run: handOver,
})

/**
 * Makes a workspace for a reader on another computer: the images of cases with their classes, and unless it is blind the
 * readings. It is made under another name first: at `path` there is nothing, or the whole workspace. Blind, it has no
 * label, no suggestion and no file name, so its images are copied, under the beginnings of their hashes and in the order of
 * these: the order of an import is often that of folders named by class.
 * @throws AppError `backup.folder-exists`, `case.not-found`, `image.several-files`, `image.file-changed`,
 *   `readings.invalid`, `path.not-found`, `disk.full`, `path.not-writable`, `workspace.network-share`, `job.cancelled`
 */
export async function handOver(
  { path, cases, to, copyImages, isBlind }: Input,
  job: JobRun,
  { workspace: from, compute, version }: Pick<JobServices, 'workspace' | 'compute' | 'version'>,
): Promise<HandoverReport> {
  await requireNothingAt(path)
  const found = imagesOf(from, cases)
  const images = isBlind ? found.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1)) : found
  const isCopied = copyImages || isBlind
  if (isCopied) await requireSpace(path, await sizeOf(images.map((image) => image.path)))
  const draft = `${path}.handing-over-${randomUUID().slice(0, 8)}`
  try {
    await makeFolder(draft)
    // Its name is that of its folder.
    const made = join(draft, basename(path))
    const workspace = createWorkspace(made, firstClasses(from.database), `Lobule ${version}`)
    let labels = 0
    try {
      const handedOver = {
        cases: new Set(images.map(({ caseName }) => caseName)).size,
        images: images.length,
      }
      recordHandover(workspace, from, { to, isBlind, ...handedOver })
      // Packages, tables and readings from here may have any of them.
      copyClassNames(from.database, workspace.database, 'As in the workspace that it was handed over from.')
      for (const [index, image] of images.entries()) {
        throwIfCancelled(job.signal)
        job.progress.report(stage, index, images.length)
        const copiedPath = isCopied ? await copyImage(workspace, image, compute) : null
        const stored = readNewImage(from.database, image.id)
        const shown = isBlind
          ? `${image.sha256.slice(0, 12)}${extname(image.path).toLowerCase()}`
          : stored.path
        insertImage(workspace.database, { ...stored, path: shown, copiedPath })
      }
      if (!isBlind) labels = await copyReadings(from, workspace, { draft, images, version })
      // After the readings: the reader may be known from them.
      findOrAddReader(workspace.database, to)
    } finally {
      workspace.close()
    }
    await requireNothingAt(path)
    await moveFile(made, path).catch((error: unknown) => {
      throw asNotWritable(error, path)
    })
    job.progress.report(stage, images.length, images.length)
    const names = new Set(images.map(({ caseName }) => caseName))
    return { path, to, isBlind, images: images.length, cases: names.size, labels, copied: isCopied }
  } finally {
    await removeFolder(draft)
  }
}

/** @throws AppError `case.not-found` for a case without images here */
function imagesOf({ database }: Workspace, cases: readonly string[] | null): ImageView[] {
  const all = listImages(database)
  if (cases === null) return all
  const known = new Set(all.map(({ caseName }) => caseName))
  for (const name of cases) if (!known.has(name)) throw new AppError('case.not-found', { case: name })
  const wanted = new Set(cases)
  return all.filter(({ caseName }) => caseName !== null && wanted.has(caseName))
}

/** @throws AppError `image.several-files`, `image.file-changed` if the file is no longer the one that was imported */
async function copyImage(
  workspace: Workspace,
  { path, page, sha256 }: ImageView,
  compute: JobServices['compute'],
): Promise<string> {
  if (severalFilesExtensions.includes(extname(path).toLowerCase()))
    throw new AppError('image.several-files', { path })
  const fileSha256 = await compute.run('hash', { path })
  if (contentHash(fileSha256, page) !== sha256) throw new AppError('image.file-changed', { path })
  return copyIntoWorkspace(workspace, path, fileSha256)
}

/** The third event of the new trail, by which its first opening knows what it is (`readHandover`). */
function recordHandover(
  { database }: Workspace,
  from: Workspace,
  { to, ...about }: { to: string; isBlind: boolean; cases: number; images: number },
): void {
  const head = chainHead(from.database)
  appendEvent(database, {
    kind: 'import',
    object: { type: 'workspace', id: null, name: null },
    after: {
      ...{ what: 'handover', to, ...about },
      workspace: { id: readIdentity(from.database).id },
      head: head && { event: head.id, hash: head.hash },
    },
  })
}

/** Returns the number of label events. */
async function copyReadings(
  from: Workspace,
  to: Workspace,
  { draft, images, version }: { draft: string; images: readonly { id: number }[]; version: string },
): Promise<number> {
  const imageIds = new Set(images.map(({ id }) => id))
  const { text } = await from.read((database) =>
    readingsText(database, { onlyReader: null, imageIds, version }),
  )
  const file = join(draft, 'handover.jsonl')
  await writeFile(file, text, { mode: 0o600 })
  // What is here is handed over, also what a clock that was wrong put into the future.
  const own = await readReadingsFile(file, { latestMs: Infinity }).catch((error: unknown) => {
    if (!hasCode(error, 'readings.invalid')) throw error
    // The file is gone when the message is read.
    const { reason } = (error as AppError<'readings.invalid'>).details
    throw new AppError('readings.invalid', { path: from.path, reason })
  })
  const read = { ...own, isChecked: true as const }
  const { report } = await withPauses(importReadings(to.database, file, read))
  return report.added.labels
}
