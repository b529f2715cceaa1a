import type { AnyEvent, CallName, Handlers, JobKind, JobReports } from '../contract/index.ts'
import type { ComputeClient } from '../jobs/compute-client.ts'
import type { JobContext, JobFunction } from '../jobs/queue.ts'
import type { DoorOptions } from './application.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'

/** What every use case works with. */
export interface ServiceContext {
  readonly homeDirectory: string
  readonly version: string
  readonly door: DoorOptions
  readonly compute: ComputeClient
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
  { session, emit }: ServiceContext,
  job: { kind: K; title: string; input: unknown; run: JobFunction<K>; changed?: AnyEvent },
): { jobId: number } {
  const { kind, title, input, run, changed } = job
  const announcing = async (context: JobContext): Promise<JobReports[K]> => {
    try {
      return await run(context)
    } finally {
      if (changed !== undefined) emit(changed)
    }
  }
  return { jobId: session.queue.submit(kind, title, input, announcing).id }
}
