import type { AnyEvent, CallName, Handlers, JobKind } from '../contract/index.ts'
import type { BoundedCompute } from '../compute/bounded-compute.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { JobServices } from './job-services.ts'
import type { JobDefinition } from '../queue/define-job.ts'
import type { DoorOptions } from './door-options.ts'
import type { Session } from './session.ts'
import type { Settings } from './settings.ts'
import type { SignedIn } from './signed-in.ts'

/** What every use case works with. */
export interface ServiceContext {
  readonly homeDirectory: string
  readonly version: string
  readonly door: DoorOptions
  readonly compute: ComputeClient
  /** Reads files and expressions from outside. */
  readonly bounded: BoundedCompute
  readonly session: Session
  readonly settings: Settings
  readonly signedIn: SignedIn
  readonly emit: (event: AnyEvent) => void
}

/** The handlers of the calls of one or more nouns, such as `'image'` for `image.list` and the others. */
export type HandlersOf<Noun extends string> = Pick<Handlers, Extract<CallName, `${Noun}.${string}`>>

/** Submits a job; the answer of every call that starts one. */
export const startJob = <K extends JobKind, I>(
  { session }: ServiceContext,
  job: JobDefinition<K, I, JobServices>,
  input: I,
): { jobId: number } => ({ jobId: session.queue.submit(job, input).id })
