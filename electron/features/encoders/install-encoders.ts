import { z } from 'zod'
import {
  AppError,
  builtInEncoders,
  encoderNameSchema,
  hasCode,
  toErrorView,
  type EncodersReport,
  type Failure,
} from '../../contract/index.ts'
import { weightFilesAt } from '../../engine/encoders/weight-files.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { installEncoder, removeEncoder } from './own-encoders.ts'
import { defineJob, encodersChanged, type JobServices } from '../../session/job-services.ts'

const stage = 'Installing encoders'

/**
 * `demo`: deterministic untrained weights; `official`: downloaded; `files`: from files on this computer; `own`: an encoder that a
 * lab brings.
 */
const encodersInputSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('demo'), names: z.array(z.enum(builtInEncoders)) }),
  z.object({ from: z.literal('official'), names: z.array(z.enum(builtInEncoders)) }),
  z.object({ from: z.literal('files'), paths: z.array(z.string()), allowUnofficial: z.boolean() }),
  z.object({ from: z.literal('own'), path: z.string(), fingerprint: z.string() }),
  z.object({ from: z.literal('removal'), name: encoderNameSchema }),
])
type EncodersInput = z.infer<typeof encodersInputSchema>

const titles = {
  demo: 'Install untrained encoders',
  official: 'Download encoders',
  files: 'Install encoders',
  own: 'Install an encoder',
  removal: 'Remove an encoder',
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
  { compute, bounded, homeDirectory }: JobServices,
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
    case 'own':
      return {
        installed: [await installEncoder(input, { compute, bounded, homeDirectory }, job.signal)],
        failed: [],
      }
    case 'removal':
      await removeEncoder(input.name, { homeDirectory })
      return { installed: [], removed: [input.name], failed: [] }
    case 'files':
      return installFiles(input, job, { compute, bounded, homeDirectory })
  }
}

/** Each file by itself, so that a damaged one fails nothing but itself. */
async function installFiles(
  { paths, allowUnofficial }: Extract<EncodersInput, { from: 'files' }>,
  { signal, progress }: JobRun,
  { compute, bounded, homeDirectory }: Pick<JobServices, 'compute' | 'bounded' | 'homeDirectory'>,
): Promise<EncodersReport> {
  const files = (await Promise.all(paths.map(weightFilesAt))).flat()
  const installed: string[] = []
  const failed: Failure[] = []
  for (const [index, path] of files.entries()) {
    progress.report(stage, index, files.length)
    try {
      const name = await bounded.run(
        'importWeightFile',
        { homeDirectory, path, allowUnofficial },
        { signal, refuse: (reason) => new AppError('encoder.invalid-file', { path, reason }) },
      )
      installed.push(name)
    } catch (error) {
      if (!(error instanceof AppError) || hasCode(error, 'path.not-writable', 'job.cancelled')) throw error
      const { code, message } = toErrorView(error)
      failed.push({ path, code, message })
    }
  }
  progress.report(stage, files.length, files.length)
  if (installed.length === 0) return { installed, unofficial: [], failed }
  const encoders = await compute.run('encoderList', { homeDirectory })
  const unofficial = encoders
    .filter(({ name, source }) => source === 'unofficial' && installed.includes(name))
    .map(({ name }) => name)
  return { installed, unofficial, failed }
}
