import { AppError, type Failure, type JobKind, type JobState, type JobView } from '../contract/index.ts'
import { actingReaderOf, type StoredJob, type Writable } from '../store/index.ts'
import type { JobDefinition } from './define-job.ts'

/** A job of this session, in the queue or ended. */
export interface QueuedJob {
  view: StoredJob
  /** As it was stored, parsed. */
  readonly input: unknown
  readonly isInteractive: boolean
  readonly since: string | null
  readonly controller: AbortController
  /**
   * Who submitted or resumed it, then who stopped it. Its events carry them, also if another user is signed in when it
   * ends.
   */
  reader: string | null
  /** When its progress was last stored. */
  savedAt: number
  /** Why nothing of it can be saved any more; null: it can. */
  failure: unknown
}

const endStates: readonly JobState[] = ['cancelled', 'interrupted', 'failed', 'done']
export const hasEnded = ({ state }: Pick<JobView, 'state'>): boolean => endStates.includes(state)
/** Neither waiting nor running. */
export const isAtRest = (job: StoredJob): boolean => job.state === 'paused' || hasEnded(job)

export const resumableStates: readonly JobState[] = ['paused', 'interrupted', 'cancelled', 'failed']

/** A job as it is stored, of who acts now. */
export const queuedJob = (database: Writable, view: StoredJob): QueuedJob => ({
  view,
  input: null,
  isInteractive: false,
  since: view.createdAt,
  controller: new AbortController(),
  reader: actingReaderOf(database),
  savedAt: -Infinity,
  failure: null,
})

/** Fails for an input that an older version stored and this one cannot run. */
export function parseInput<S>(definition: JobDefinition<JobKind, unknown, S>, stored: unknown): unknown {
  const { success, data } = definition.input.safeParse(stored)
  if (!success) throw new AppError('job.not-resumable', { job: definition.kind })
  return data
}

/** What a finished job could not do. */
export function failuresOf<S>(
  definition: JobDefinition<JobKind, unknown, S> | undefined,
  { state, report }: StoredJob,
): readonly Failure[] {
  if (state !== 'done' || report === null) return []
  return definition?.failures?.(report as never) ?? []
}
