import { join } from 'node:path'
import { z } from 'zod'
import { calls, type DemoReport } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { requireSpace } from '../../base/free-space.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

/** An upper bound: a PNG of a synthetic field is smaller than its raw pixels. */
const bytesPerPixel = 3
const classCount = 4

const stage = 'Making synthetic tissue'

const fieldsSchema = calls['demo.create'].input.extend({
  directory: z.string(),
})
const slideSchema = z.object({
  directory: z.string(),
  fileName: z.string(),
  seed: z.int(),
  widthPx: z.int(),
  heightPx: z.int(),
})

export const demoJob = defineJob({
  kind: 'demo',
  input: z.union([fieldsSchema, slideSchema]),
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  title: (input) => ('fileName' in input ? 'Make a synthetic slide' : 'Make synthetic tissue'),
  run: (input, job, services) =>
    'fileName' in input ? makeSlide(input, job, services) : makeFields(input, job, services),
})

/**
 * Writes a set of synthetic fields, one folder for each class.
 * @throws AppError `disk.full`, `path.not-writable`, `job.cancelled`
 */
async function makeFields(
  input: z.infer<typeof fieldsSchema>,
  job: JobRun,
  { compute }: JobServices,
): Promise<DemoReport> {
  const { directory, perClass, widthPx, heightPx } = input
  await requireSpace(directory, perClass * classCount * widthPx * heightPx * bytesPerPixel)
  const { images } = await compute.run('demo', input, job.during(stage))
  return { directory, images }
}

/**
 * Writes a synthetic slide and what is where on it.
 * @throws AppError `disk.full`, `path.exists`, `path.not-writable`, `job.cancelled`
 */
async function makeSlide(
  input: z.infer<typeof slideSchema>,
  job: JobRun,
  { compute }: JobServices,
): Promise<DemoReport> {
  const { directory, fileName, ...options } = input
  // Drawn without compression first; the slide itself takes a fifth of that.
  await requireSpace(directory, 1.4 * options.widthPx * options.heightPx * bytesPerPixel)
  await compute.run('demoSlide', { ...options, path: join(directory, fileName) }, job.during(stage))
  return { directory, images: 1 }
}
