import type { DemoReport } from '../contract/index.ts'
import type { ComputeClient } from './compute-client.ts'
import type { DemoTask } from './compute-protocol.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

/** Writes a set of synthetic fields, one folder a class. */
export async function makeDemo(
  compute: ComputeClient,
  task: DemoTask,
  { signal, report }: JobContext,
): Promise<DemoReport> {
  const stage = 'Making synthetic tissue'
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const { images } = await compute.run('demo', task, {
    signal,
    onProgress: (done, total) => meter.report(stage, done, total),
  })
  return { directory: task.directory, images }
}
