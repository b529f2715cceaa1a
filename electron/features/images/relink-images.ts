import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { AppError, type ImageView, type RelinkReport } from '../../contract/index.ts'
import { contentHash } from '../../engine/image/index.ts'
import { listImages, moveImage } from '../../store/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { failureOf, findImages } from './find-images.ts'
import { defineJob, imagesChanged, requireWorkspace, type JobServices } from '../../session/job-services.ts'

const [looking, searching] = ['Looking for what is missing', 'Searching the folder'] as const

const relinkInputSchema = z.object({ directory: z.string() })

export const relinkJob = defineJob({
  kind: 'relink',
  input: relinkInputSchema,
  stages: [
    { name: looking, unit: 'images', weight: 1 },
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

/** What an image's file is like now. */
export type FileState = 'there' | 'missing' | 'changed'

/**
 * Whether the file of an image still holds what was imported; reads the whole file.
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
  return contentHash(fileSha256, page) === sha256 ? 'there' : 'changed'
}

/**
 * Looks in a folder for the files of images that are gone or changed, by content, and reads them from there
 * from now on. Whatever name they have; what was found is kept at once.
 */
async function relinkImages(
  { directory }: z.infer<typeof relinkInputSchema>,
  job: JobRun,
  { workspace, compute }: JobServices,
): Promise<RelinkReport> {
  const { database } = workspace
  const { signal } = job
  const images = listImages(database)
  const lost = new Map<string, ImageView>()
  for (const [index, image] of images.entries()) {
    job.throwIfCancelled()
    job.progress.report(looking, index, images.length)
    const state = await fileState(compute, image, signal).catch(asLost)
    if (state !== 'there') lost.set(image.sha256, image)
  }
  job.progress.report(looking, images.length, images.length)

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
        moveImage(database, image.id, path)
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

/** A file that cannot be read is no use to its image. */
function asLost(error: unknown): FileState {
  if (error instanceof AppError && error.code === 'path.unreadable') return 'missing'
  throw error
}
