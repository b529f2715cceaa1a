import { z } from 'zod'
import { calls, type DemoReport } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { requireSpace } from '../../base/free-space.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

/** An upper bound: a PNG of a synthetic field is smaller than its raw pixels. */
const bytesPerPixel = 3
const classCount = 4

const stage = 'Making synthetic tissue'

const demoInputSchema = calls['demo.create'].input.extend({
  directory: z.string(),
})

export const demoJob = defineJob({
  kind: 'demo',
  input: demoInputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  title: () => 'Make synthetic tissue',
  run: makeDemo,
})

/**
 * Writes a set of synthetic fields, one folder for each class.
 * @throws AppError `disk.full`, `path.not-writable`, `job.cancelled`
 */
async function makeDemo(
  input: z.infer<typeof demoInputSchema>,
  job: JobRun,
  { compute }: JobServices,
): Promise<DemoReport> {
  const { directory, perClass, widthPx, heightPx } = input
  await requireSpace(directory, perClass * classCount * widthPx * heightPx * bytesPerPixel)
  const { images } = await compute.run('demo', input, job.during(stage))
  return { directory, images }
}
