import { z } from 'zod'
import { done, id, nothing, started } from './atoms.ts'
import { call } from './call.ts'
import { jobViewSchema } from './job-views.ts'

const job = z.strictObject({ jobId: id })

export const jobCalls = {
  'job.list': call({ input: nothing, output: z.array(jobViewSchema), audit: 'reads', blinded: 'redacted' }),
  'job.get': call({ input: job, output: jobViewSchema, audit: 'reads', blinded: 'redacted' }),
  /** The job's own event says that it was cancelled. */
  'job.cancel': call({ input: job, output: done, audit: 'untracked', blinded: 'open' }),
  /** Stops a waiting or running job where it is; what it finished is kept. Errors `job.wrong-state`. */
  'job.pause': call({ input: job, output: done, audit: 'untracked', blinded: 'open' }),
  /**
   * Takes up a job that was paused, interrupted, cancelled or failed: the same job goes on with what is not finished.
   * Errors `job.wrong-state`, `job.not-resumable`.
   */
  'job.resume': call({
    input: job,
    output: done,
    audit: ['import', 'relink', 'classification'],
    blinded: 'open',
  }),
  /** A new job with just what a finished one could not do. Errors `job.wrong-state`, `job.nothing-failed`. */
  'job.retry': call({ input: job, output: started, audit: ['import', 'classification'], blinded: 'open' }),
  /** What a classification was asked for; null: every image. None for jobs of other kinds. Errors `job.not-found`. */
  'job.images': call({
    input: job,
    output: z.object({ imageIds: z.array(id).nullable() }),
    audit: 'reads',
    blinded: 'open',
  }),
}
