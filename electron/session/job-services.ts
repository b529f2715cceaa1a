import type { AnyEvent, JobKind } from '../contract/index.ts'
import type { BoundedCompute } from '../compute/bounded-compute.ts'
import type { ComputeClient } from '../compute/client.ts'
import type { JobDefinition } from '../queue/define-job.ts'
import type { Workspace } from '../store/index.ts'

/** What jobs work with. */
export interface JobServices {
  /** @throws AppError `workspace.none-open` */
  readonly workspace: Workspace
  /** The compute process of this job; another one where a job runs beside it. */
  readonly compute: ComputeClient
  /** Reads files from outside. */
  readonly bounded: BoundedCompute
  /** The user's data folder, which holds the encoders. */
  readonly homeDirectory: string
  /** Lobule's version. */
  readonly version: string
  readonly emit: (event: AnyEvent) => void
}

/** Declares a job kind: everything that the program knows about it, next to the code that runs it. */
export const defineJob = <K extends JobKind, I>(
  job: JobDefinition<K, I, JobServices>,
): JobDefinition<K, I, JobServices> => job

/** A `check` for jobs that need a workspace. @throws AppError `workspace.none-open` */
export const requireWorkspace = (_: unknown, { workspace }: JobServices): Workspace => workspace

export const imagesChanged: AnyEvent = { name: 'images.changed', payload: { imageIds: null } }
export const encodersChanged: AnyEvent = { name: 'encoders.changed', payload: {} }
export const modelsChanged: AnyEvent = { name: 'models.changed', payload: {} }
