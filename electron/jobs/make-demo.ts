import type { DemoReport } from '../contract/index.ts'
import { requireSpace } from './free-space.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { TaskInput } from '../compute/tasks.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

/** A PNG of a synthetic field is smaller than its pixels, 3 bytes each. */
const bytesPerPixel = 3
const classCount = 4

/**
 * Writes a set of synthetic fields, one folder a class.
 * @throws AppError `disk.full`, `path.not-writable`, `job.cancelled`
 */
export async function makeDemo(
  compute: ComputeClient,
  task: TaskInput<'demo'>,
  { signal, report }: JobContext,
): Promise<DemoReport> {
  const { directory, perClass, widthPx, heightPx } = task
  await requireSpace(directory, perClass * classCount * widthPx * heightPx * bytesPerPixel)
  const stage = 'Making synthetic tissue'
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const { images } = await compute.run('demo', task, {
    signal,
    onProgress: (done, total) => meter.report(stage, done, total),
  })
  return { directory: task.directory, images }
}
