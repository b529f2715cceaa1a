import type { EncodersReport } from '../contract/index.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { TaskInput } from '../compute/tasks.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

const stage = 'Installing encoders'

/** Installs the deterministic untrained weights. */
export const installDemoEncoders = async (
  compute: ComputeClient,
  task: TaskInput<'encoderDemo'>,
  context: JobContext,
): Promise<EncodersReport> => ({
  ...(await compute.run('encoderDemo', task, runOptions(context))),
  failed: [],
})

/** Downloads official weights and installs them; one that fails ends the job, the ones before it are there. */
export const fetchEncoders = async (
  compute: ComputeClient,
  task: TaskInput<'encoderFetch'>,
  context: JobContext,
): Promise<EncodersReport> => ({
  ...(await compute.run('encoderFetch', task, runOptions(context))),
  failed: [],
})

/** Installs official weight files that were carried in by hand; a bad one is listed, the rest is installed. */
export const importEncoders = (
  compute: ComputeClient,
  task: TaskInput<'encoderImport'>,
  context: JobContext,
): Promise<EncodersReport> => compute.run('encoderImport', task, runOptions(context))

function runOptions({ signal, report }: JobContext): {
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
} {
  const meter = new ProgressMeter([{ name: stage, unit: 'encoders', weight: 1 }], report)
  return { signal, onProgress: (done, total) => meter.report(stage, done, total) }
}
