import type { z } from 'zod'
import type { AnyEvent, AuditKind, Failure, JobKind, JobReports } from '../contract/index.ts'
import type { JobRun } from './job-run.ts'
import type { Stage } from './progress.ts'

/**
 * Everything that the program knows of a job kind, in one record. `S` is what jobs work with (the workspace, the
 * compute process ...); the queue passes it on and does not look into it.
 */
export interface JobDefinition<K extends JobKind, I, S> {
  readonly kind: K
  /**
   * What a job is made from, alone, the first time and when it is resumed. It is stored as JSON: inputs that earlier
   * versions stored must still parse.
   */
  readonly input: z.ZodType<I>
  /** In the order in which they run. */
  readonly stages: readonly Stage[]
  /** Whether a job can be paused and resumed, also after a restart. */
  readonly resumable: boolean
  /** Long work that neither changes nor removes what an interactive job reads, so that one may run beside it. */
  readonly runsBeside: boolean
  /** A job that changes the workspace bit by bit leaves events of this kind, when it begins and when it stops. */
  readonly audit?: AuditKind
  /** Sent when a job ends, however it ends. */
  readonly announces?: AnyEvent
  title(input: I, services: S): string
  /** Refuses, when a job is submitted or resumed, what could only fail. @throws AppError */
  check?(input: NoInfer<I>, services: S): void
  /** Whether a person waits for the job before the screen; default: no. */
  isInteractive?(input: I): boolean
  /** Images that the job was submitted for; null: every image. Default: none. */
  imageIds?(input: I): number[] | null
  /** What a finished job could not do. Default: nothing. */
  failures?(report: JobReports[K]): readonly Failure[]
  /** The input of a job that repeats only what failed. Default: the kind cannot be retried. */
  retry?(input: I, failures: readonly Failure[], services: S): I
  /** @throws AppError `job.cancelled` once the signal is aborted */
  run(input: I, job: JobRun, services: S): Promise<JobReports[K]>
}

/** One definition for each kind. */
export type JobRegistry<S> = { readonly [K in JobKind]: JobDefinition<K, unknown, S> }
