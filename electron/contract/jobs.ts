import { z } from 'zod'
import { done, fraction, id, isoTime, nothing, started } from './atoms.ts'
import { call } from './call.ts'
import { errorViewSchema } from './error-view.ts'

export const jobKinds = [
  'demo',
  'import',
  'try-import',
  'encoders',
  'backends',
  'train',
  'classify',
  'relink',
  'check',
  'encode',
  'describe',
  'explain',
  'export-model',
  'import-model',
  'import-descriptors',
  'plan-shards',
  'plan-training',
  'plan-slides',
  'collect-shards',
  'open-test-set',
  'learning-curve',
  'compare-encoders',
  'backup',
  'verify-backup',
  'restore',
  'hand-over',
  'leaks',
  'analyse-slides',
] as const
export const jobStates = [
  'queued',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'cancelled',
  'interrupted',
  'failed',
  'done',
] as const

export const progressSchema = z.object({
  stage: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  unit: z.string(),
  /** Over all stages. */
  fraction,
  etaMs: z.number().nonnegative().nullable(),
  /** Units of the stage a second, at its latest rate; absent: unknown, or of no interest. */
  perSecond: z.number().positive().optional(),
})
export type Progress = z.infer<typeof progressSchema>

export const jobViewSchema = z.object({
  id,
  kind: z.enum(jobKinds),
  title: z.string(),
  state: z.enum(jobStates),
  /** Whether it can be paused, and resumed if it stopped unfinished. */
  resumable: z.boolean(),
  /** Whether it has failures that can be retried (`job.retry`). */
  retriable: z.boolean(),
  progress: progressSchema.nullable(),
  error: errorViewSchema.nullable(),
  /** The report of a finished job, by its kind (JobReports). */
  report: z.unknown(),
  createdAt: isoTime,
  endedAt: isoTime.nullable(),
})
export type JobView = z.infer<typeof jobViewSchema>
export type JobKind = JobView['kind']
export type JobState = JobView['state']

const job = z.strictObject({ jobId: id })

export const jobCalls = {
  'job.list': call({
    input: nothing,
    output: z.array(jobViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  'job.get': call({
    input: job,
    output: jobViewSchema,
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** The job's own event records that it was cancelled. */
  'job.cancel': call({ input: job, output: done, audit: 'untracked', blinded: 'open', role: 'technician' }),
  /** Stops a waiting or running job. Finished work is kept. Errors `job.wrong-state`. */
  'job.pause': call({ input: job, output: done, audit: 'untracked', blinded: 'open', role: 'technician' }),
  /**
   * Resumes a job that was paused, interrupted, cancelled or failed: the same job continues with the unfinished work.
   * Errors `job.wrong-state`, `job.not-resumable`.
   */
  'job.resume': call({
    input: job,
    output: done,
    audit: ['import', 'relink', 'classification', 'slide'],
    blinded: 'open',
    role: 'technician',
  }),
  /** A new job with only the failures of a finished one. Errors `job.wrong-state`, `job.nothing-failed`. */
  'job.retry': call({
    input: job,
    output: started,
    audit: ['import', 'classification', 'slide'],
    blinded: 'open',
    role: 'technician',
  }),
  /** Images of a classification; null: every image. An empty list for other kinds of jobs. Errors `job.not-found`. */
  'job.images': call({
    input: job,
    output: z.object({ imageIds: z.array(id).nullable() }),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
}
