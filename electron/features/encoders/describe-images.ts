import { existsSync } from 'node:fs'
import { throwIfCancelled } from '../../base/cancellation.ts'
import {
  AppError,
  hasCode,
  type BackendChoice,
  type BackendName,
  type ErrorCode,
  type Failure,
  type ImageView,
  type QualityFlag,
  type Recipe,
} from '../../contract/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { readFlags, saveFlags, type Writable } from '../../store/index.ts'
import type { DescribeTask } from '../../compute/verdict-tasks.ts'
import { failureOf } from '../images/find-images.ts'
import type { JobServices } from '../../session/job-services.ts'

/** How descriptors are made. */
export interface DescribeOptions {
  recipe: Recipe
  /** Default: `auto`. */
  backend?: BackendChoice
}

export interface DescribedImage {
  image: ImageView
  /** Descriptor files in the order of `constituentsOf(recipe)`. */
  files: string[]
  flags: QualityFlag[]
  /** Back-ends that were used; empty if nothing had to be computed. */
  backends: BackendName[]
  /** What happened to them. */
  notes: string[]
}

/** Errors that every other image would have too. They end the job. */
export const fatalCodes: readonly ErrorCode[] = [
  'encoder.missing',
  'encoder.invalid-file',
  'encoder.backend-failed',
  'descriptors.set-missing',
  'model.corrupt',
  'boosting.failed',
  'boosting.addon-missing',
  'job.cancelled',
]

/** Makes the missing descriptors, image by image, and stores each at once. Failures as in `forEachImage`. */
export async function describeImages(
  images: readonly ImageView[],
  options: DescribeOptions,
  services: JobServices,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<{ described: DescribedImage[]; failed: Failure[] }> {
  const describe = async (image: ImageView, onProgress: TaskProgress): Promise<DescribedImage> => {
    const task = describeTask(image, options, services)
    const described = await services.compute.run('describe', task, { signal, onProgress })
    const { files, flags, backends, notes = [] } = described
    return { image, files, flags: updateFlags(services.workspace.database, image, flags), backends, notes }
  }
  const { done, failed } = await forEachImage(images, describe, signal, report)
  return { described: done, failed }
}

/** What the compute process needs to describe an image. */
export const describeTask = (
  image: ImageView,
  { recipe, backend = 'auto' }: DescribeOptions,
  { workspace, homeDirectory }: Pick<JobServices, 'workspace' | 'homeDirectory'>,
): DescribeTask => ({
  image: toImageFile(image),
  recipe,
  homeDirectory,
  directory: workspace.folders.descriptors,
  needFlags: readFlags(workspace.database, image.id) === null,
  backend,
})

/** Stores quality flags that were just measured (null: none were) and returns the stored ones. */
export function updateFlags(
  database: Writable,
  { id }: ImageView,
  measured: readonly QualityFlag[] | null,
): QualityFlag[] {
  if (measured !== null) saveFlags(database, id, [...measured])
  return readFlags(database, id) ?? []
}

type TaskProgress = (done: number, total: number) => void

/**
 * Runs `work` on each image in turn. An image that fails is listed and the next one follows; `fatalCodes` end the loop.
 * An image at which the compute process crashed is retried twice.
 */
export async function forEachImage<T>(
  images: readonly ImageView[],
  work: (image: ImageView, onProgress: TaskProgress) => Promise<T>,
  signal: AbortSignal,
  report: TaskProgress,
): Promise<{ done: T[]; failed: Failure[] }> {
  const results: T[] = []
  const failed: Failure[] = []
  for (const [index, image] of images.entries()) {
    throwIfCancelled(signal)
    report(index, images.length)
    const onProgress = (done: number, total: number): void =>
      report(index + (0.99 * done) / total, images.length)
    try {
      if (!existsSync(image.path)) throw new AppError('image.file-missing', { path: image.path })
      results.push(await retryAfterCrashes(() => work(image, onProgress)))
    } catch (error) {
      if (!(error instanceof AppError) || hasCode(error, ...fatalCodes)) throw error
      failed.push({ ...failureOf(image.path, error), imageId: image.id })
    }
  }
  report(images.length, images.length)
  return { done: results, failed }
}

/** A back-end whose driver crashed the process in two self-tests is skipped in the third attempt. */
export async function retryAfterCrashes<T>(work: () => Promise<T>, retries = 2): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (retries === 0 || !hasCode(error, 'compute.crashed')) throw error
    return retryAfterCrashes(work, retries - 1)
  }
}
