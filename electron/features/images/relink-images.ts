import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { AppError, type ImageView, type RelinkReport } from '../../contract/index.ts'
import { contentHash } from '../../engine/image/index.ts'
import { currentImages, moveImage } from '../../store/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { failureOf, findImages } from './find-images.ts'
import { defineJob, imagesChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'

const [checking, searching] = ['Checking for missing files', 'Searching the folder'] as const

const relinkInputSchema = z.object({ directory: z.string() })

export const relinkJob = defineJob({
  kind: 'relink',
  input: relinkInputSchema,
  stages: [
    { name: checking, unit: 'images', weight: 1 },
    { name: searching, unit: 'files', weight: 1 },
  ],
  resumable: true,
  runsBeside: false,
  audit: 'relink',
  announces: imagesChanged,
  title: () => 'Find moved images',
  check: requireWorkspace,
  run: relinkImages,
})

/** State of an image's file, compared with what was imported. */
export type FileState = 'unchanged' | 'missing' | 'changed'

/**
 * Whether an image's file still has the content that was imported. Reads the whole file.
 * @throws AppError `path.unreadable`, `job.cancelled`
 */
export async function fileState(
  compute: ComputeClient,
  { path, sha256, page }: ImageView,
  signal: AbortSignal,
): Promise<FileState> {
  const found = await stat(path).catch(() => null)
  if (found === null) return 'missing'
  const fileSha256 = await compute.run('hash', { path }, { signal })
  return contentHash(fileSha256, page) === sha256 ? 'unchanged' : 'changed'
}

/**
 * Searches a folder for the files of images whose own file is missing or changed, and sets their paths. Files are
 * matched by content hash, whatever their names. Each path is stored at once.
 */
async function relinkImages(
  { directory }: z.infer<typeof relinkInputSchema>,
  job: JobRun,
  { workspace, compute }: JobServices,
): Promise<RelinkReport> {
  const { database } = workspace
  const { signal } = job
  const images = await workspace.read((own) => currentImages(own, null))
  const lost = new Map<string, ImageView>()
  for (const [index, image] of images.entries()) {
    job.throwIfCancelled()
    job.progress.report(checking, index, images.length)
    const state = await fileState(compute, image, signal).catch(asMissing)
    if (state !== 'unchanged') lost.set(image.sha256, image)
  }
  job.progress.report(checking, images.length, images.length)

  const { files, failed } = await findImages([directory], signal)
  const found: RelinkReport['found'] = []
  for (const [index, path] of files.entries()) {
    if (lost.size === 0) break
    job.throwIfCancelled()
    job.progress.report(searching, index, files.length)
    try {
      const fileSha256 = await compute.run('hash', { path }, { signal })
      for (const page of new Set([...lost.values()].map((image) => image.page))) {
        const sha256 = contentHash(fileSha256, page)
        const image = lost.get(sha256)
        if (image === undefined) continue
        moveImage(database, image.id, path, 'relink')
        lost.delete(sha256)
        found.push({ imageId: image.id, from: image.path, to: path })
      }
    } catch (error) {
      job.throwIfCancelled()
      if (!(error instanceof AppError)) throw error
      failed.push(failureOf(path, error))
    }
  }
  job.progress.report(searching, files.length, files.length)
  const missing = [...lost.values()].map(({ id, path }) => ({ imageId: id, path }))
  return { found, missing, failed }
}

/** An unreadable file counts as missing. */
function asMissing(error: unknown): FileState {
  if (error instanceof AppError && error.code === 'path.unreadable') return 'missing'
  throw error
}
