import { existsSync } from 'node:fs'
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
} from '../contract/index.ts'
import { descriptorsDirectory, readFlags, saveFlags, type Writable } from '../store/index.ts'
import type { ComputeClient } from './compute-client.ts'
import type { DescribeResult } from './compute-protocol.ts'
import { failureOf } from './find-images.ts'
import { throwIfCancelled } from './queue.ts'

export interface DescribeInput {
  images: readonly ImageView[]
  recipe: Recipe
  homeDirectory: string
  workspacePath: string
  /** Default: `auto`. */
  backend?: BackendChoice
}

export interface DescribedImage {
  image: ImageView
  /** Descriptor files in the order of `constituentsOf(recipe)`. */
  files: string[]
  flags: QualityFlag[]
  /** Those that took part; empty where nothing had to be computed. */
  backends: BackendName[]
}

/** Failures after which no other image would fare better. */
const hopeless: readonly ErrorCode[] = [
  'encoder.missing',
  'encoder.invalid-file',
  'encoder.backend-failed',
  'job.cancelled',
]

/**
 * Makes the descriptors that are missing, image by image, each kept at once. An image that cannot be read
 * is listed and the others go on; one at which the compute process died is tried twice more.
 */
export async function describeImages(
  database: Writable,
  compute: ComputeClient,
  { images, recipe, homeDirectory, workspacePath, backend = 'auto' }: DescribeInput,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<{ described: DescribedImage[]; failed: Failure[] }> {
  const described: DescribedImage[] = []
  const failed: Failure[] = []
  const directory = descriptorsDirectory(workspacePath)
  for (const [index, image] of images.entries()) {
    throwIfCancelled(signal)
    report(index, images.length)
    const knownFlags = readFlags(database, image.id)
    const describe = (): Promise<DescribeResult> =>
      compute.run(
        'describe',
        {
          path: image.path,
          page: image.page,
          sha256: image.sha256,
          pixelSizeUm: image.pixelSizeUm,
          recipe,
          homeDirectory,
          directory,
          needFlags: knownFlags === null,
          backend,
        },
        { signal, onProgress: (done, total) => report(index + done / total, images.length) },
      )
    try {
      if (!existsSync(image.path)) throw new AppError('image.file-missing', { path: image.path })
      const { files, flags, backends } = await afterCrashes(describe)
      if (flags !== null) saveFlags(database, image.id, flags)
      described.push({ image, files, flags: flags ?? knownFlags ?? [], backends })
    } catch (error) {
      if (!(error instanceof AppError) || hasCode(error, ...hopeless)) throw error
      failed.push({ ...failureOf(image.path, error), imageId: image.id })
    }
  }
  report(images.length, images.length)
  return { described, failed }
}

/** A driver that brings the process down during its self-test is passed over the third time. */
async function afterCrashes<T>(work: () => Promise<T>, more = 2): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (more === 0 || !hasCode(error, 'compute.crashed')) throw error
    return afterCrashes(work, more - 1)
  }
}
