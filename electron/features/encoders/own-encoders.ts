import { resolve } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { AppError, hasCode, isBuiltIn, type EncoderName, type EncoderOffer } from '../../contract/index.ts'
import { OwnEncoderStore, viewOf } from '../../engine/encoders/own/own-store.ts'
import type { StagedEncoder } from '../../engine/encoders/own/stage-encoder.ts'
import type { EncoderTrial } from '../../engine/encoders/own/try-encoder.ts'
import type { JobServices } from '../../session/job-services.ts'

type Services = Pick<JobServices, 'compute' | 'bounded' | 'homeDirectory'>

interface Looked {
  readonly draft: string
  readonly staged: StagedEncoder
  readonly trial: EncoderTrial
}

/**
 * Copies an encoder to a draft, which is checked in a process of its own before ONNX Runtime opens it in the compute process, and
 * runs it once. `use` may keep the draft; otherwise it is removed.
 */
async function lookAt<T>(
  path: string,
  { compute, bounded, homeDirectory }: Services,
  use: (looked: Looked, store: OwnEncoderStore) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const store = new OwnEncoderStore(homeDirectory)
  const draft = await store.draft()
  const refused = (reason: string): AppError => new AppError('encoder.refused', { path, reason })
  const options = signal === undefined ? {} : { signal }
  try {
    const staged = await bounded.run(
      'stageEncoder',
      { path: resolve(path), directory: draft },
      { ...options, refuse: refused },
    )
    const task = { homeDirectory, path, directory: draft, fingerprint: staged.fingerprint }
    const trial = await compute.run('encoderTry', task, options).catch((error: unknown) => {
      throw hasCode(error, 'compute.crashed') ? refused('the process that ran it ended') : error
    })
    return await use({ draft, staged, trial }, store)
  } finally {
    await removeFolder(draft)
  }
}

/**
 * What is known of an encoder before it is installed: its licence, and how it ran.
 * @throws AppError `encoder.refused`, `path.*`, `disk.full`
 */
export const inspectEncoder = (path: string, services: Services): Promise<EncoderOffer> =>
  lookAt(path, services, async ({ staged: { manifest, fingerprint, files }, trial }, store) => {
    const before = await store.find(manifest.name)
    return {
      own: viewOf(manifest, fingerprint, trial.cosine),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      milliseconds: trial.milliseconds,
      sizePx: trial.sizePx,
      replaces:
        before.source === 'missing' ? 'nothing' : before.fingerprint === fingerprint ? 'same' : 'other',
    }
  })

/**
 * Installs an encoder and returns its name.
 * @param fingerprint of what a person agreed to
 * @throws AppError as `inspectEncoder`; `encoder.refused` if it is another one by now; `job.cancelled`
 */
export const installEncoder = (
  { path, fingerprint }: { path: string; fingerprint: string },
  services: Services,
  signal: AbortSignal,
): Promise<EncoderName> =>
  lookAt(
    path,
    services,
    async ({ draft, staged, trial }, store) => {
      if (staged.fingerprint !== fingerprint) {
        const reason = 'it has changed since its terms were shown'
        throw new AppError('encoder.refused', { path, reason })
      }
      return (await store.install(draft, staged, trial)).name
    },
    signal,
  )

/** @throws AppError `encoder.not-own`, `encoder.missing`, `path.not-writable` */
export async function removeEncoder(
  name: EncoderName,
  { homeDirectory }: Pick<Services, 'homeDirectory'>,
): Promise<void> {
  if (isBuiltIn(name)) throw new AppError('encoder.not-own', { encoder: name })
  await new OwnEncoderStore(homeDirectory).remove(name)
}
