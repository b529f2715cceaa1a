import { z } from 'zod'
import { encoderNameSchema, type EncodersReport } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, encodersChanged, type JobServices } from '../../session/job-services.ts'

const stage = 'Installing encoders'

/** `demo`: deterministic untrained weights; `official`: downloaded; `files`: from files on this computer. */
const encodersInputSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('demo'), names: z.array(encoderNameSchema) }),
  z.object({ from: z.literal('official'), names: z.array(encoderNameSchema) }),
  z.object({ from: z.literal('files'), paths: z.array(z.string()), allowUnofficial: z.boolean() }),
])
type EncodersInput = z.infer<typeof encodersInputSchema>

const titles = {
  demo: 'Install untrained encoders',
  official: 'Download encoders',
  files: 'Install encoders',
} as const

export const encodersJob = defineJob({
  kind: 'encoders',
  input: encodersInputSchema,
  stages: [{ name: stage, unit: 'encoders', weight: 1 }],
  resumable: false,
  runsBeside: false,
  audit: 'encoder',
  announces: encodersChanged,
  title: ({ from }) => titles[from],
  run: installEncoders,
})

/** For tests, and for mirrors inside a hospital's network. Downloads from there are checked as all others are. */
const baseUrl = (): string | null => process.env['LOBULE_ENCODER_BASE_URL'] ?? null

/**
 * Installs encoders. A file that is refused is listed and the others are installed. A download that fails ends the
 * job; encoders installed before it stay installed.
 */
async function installEncoders(
  input: EncodersInput,
  job: JobRun,
  { compute, homeDirectory }: JobServices,
): Promise<EncodersReport> {
  switch (input.from) {
    case 'demo': {
      const task = { homeDirectory, names: input.names }
      return { ...(await compute.run('encoderDemo', task, job.during(stage))), failed: [] }
    }
    case 'official': {
      const task = { homeDirectory, names: input.names, baseUrl: baseUrl() }
      return { ...(await compute.run('encoderFetch', task, job.during(stage))), failed: [] }
    }
    case 'files': {
      const { paths, allowUnofficial } = input
      return compute.run('encoderImport', { homeDirectory, paths, allowUnofficial }, job.during(stage))
    }
  }
}
