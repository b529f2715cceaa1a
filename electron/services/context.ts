import type { AnyEvent, CallName, Handlers, JobKind } from '../contract/index.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { JobContext, JobFunction } from '../jobs/queue.ts'
import type { DoorOptions } from './door-options.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'

/** What every use case works with. */
export interface ServiceContext {
  readonly homeDirectory: string
  readonly version: string
  readonly door: DoorOptions
  readonly compute: ComputeClient
  /** The compute process of a job: another one where the first is busy with a job beside it. */
  readonly computeOf: (job: JobContext) => ComputeClient
  readonly session: Session
  readonly settings: Settings
  readonly emit: (event: AnyEvent) => void
}

/** The handlers of the calls of one noun or several, such as `'image'` for `image.list` and the others. */
export type HandlersOf<Noun extends string> = Pick<Handlers, Extract<CallName, `${Noun}.${string}`>>

export const imagesChanged: AnyEvent = { name: 'images.changed', payload: { imageIds: null } }
export const encodersChanged: AnyEvent = { name: 'encoders.changed', payload: {} }
export const modelsChanged: AnyEvent = { name: 'models.changed', payload: {} }

/** Queues a job; when it ends, however it ends, the page is told what may have changed. */
export function startJob<K extends JobKind>(
  context: ServiceContext,
  job: { kind: K; title: string; input: unknown; run: JobFunction<K>; changed?: AnyEvent },
): { jobId: number } {
  const { session } = context
  const { kind, title, input, run, changed } = job
  return { jobId: session.queue.submit(kind, title, input, announcing(context, run, changed)).id }
}

/** The work of a job that tells an event when it ends, however it ends. */
export const announcing =
  <K extends JobKind>({ emit }: ServiceContext, run: JobFunction<K>, changed?: AnyEvent): JobFunction<K> =>
  async (job, since) => {
    try {
      return await run(job, since)
    } finally {
      if (changed !== undefined) emit(changed)
    }
  }
