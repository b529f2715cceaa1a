import { researchUseSentence, type DescribeReport, type EncodeReport } from '../contract/index.ts'
import { listImages, type Writable } from '../store/index.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { TaskInput } from '../compute/tasks.ts'
import { describeImages, type DescribeInput } from './describe-images.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

const stage = 'Encoding images'

/**
 * Makes the descriptors of every image of the workspace that are missing. What is done is kept, so asking again
 * does the rest; a file is found again by the image's content, wherever the image lies.
 * @throws AppError `encoder.missing`, `encoder.self-test-failed`, `encoder.backend-failed`, `job.cancelled`
 */
export async function encodeImages(
  database: Writable,
  compute: ComputeClient,
  input: Omit<DescribeInput, 'images'>,
  { signal, report }: JobContext,
): Promise<EncodeReport> {
  const startedAt = performance.now()
  const { recipe, homeDirectory } = input
  const { source } = await compute.run('encoderRequire', { homeDirectory, names: recipe.encoders })
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const { described, failed } = await describeImages(
    database,
    compute,
    { ...input, images: listImages(database) },
    signal,
    (done, total) => meter.report(stage, done, total),
  )
  return {
    recipe: recipe.name,
    images: described.length,
    files: described.reduce((sum, { files }) => sum + files.length, 0),
    failed,
    encoders: source,
    backends: [...new Set(described.flatMap(({ backends }) => backends))],
    durationMs: performance.now() - startedAt,
    researchUse: researchUseSentence,
  }
}

/**
 * Describes one image file.
 * @throws AppError as `describeImage`, `encoder.missing`, `path.not-writable`
 */
export async function describeFile(
  compute: ComputeClient,
  task: TaskInput<'describeFile'>,
  { signal, report }: JobContext,
): Promise<DescribeReport> {
  const startedAt = performance.now()
  const meter = new ProgressMeter([{ name: stage, unit: 'encodings', weight: 1 }], report)
  const onProgress = (done: number, total: number): void => meter.report(stage, done, total)
  const described = await compute.run('describeFile', task, { signal, onProgress })
  return { ...described, durationMs: performance.now() - startedAt }
}
