import { z } from 'zod'

const job = z.strictObject({ jobId: z.int().positive() })
const done = z.object({})

/** What may be done to a job beside looking at it and cancelling it. */
export const jobCalls = {
  /** Stops a waiting or running job where it is; what it finished is kept. Errors `job.wrong-state`. */
  'job.pause': { input: job, output: done },
  /**
   * Takes up a job that was paused, interrupted, cancelled or failed: the same job goes on with what is not finished.
   * Errors `job.wrong-state`, `job.not-resumable`.
   */
  'job.resume': { input: job, output: done },
  /** A new job with just what a finished one could not do. Errors `job.wrong-state`, `job.nothing-failed`. */
  'job.retry': { input: job, output: z.object({ jobId: z.int().positive() }) },
  /** What a classification was asked for; null: every image. None for jobs of other kinds. Errors `job.not-found`. */
  'job.images': { input: job, output: z.object({ imageIds: z.array(z.int().positive()).nullable() }) },
} as const

/** Kinds of jobs that can be paused and taken up again, also after a restart. */
export const resumableKinds = ['import', 'train', 'classify', 'encode', 'relink', 'check', 'demo'] as const
export type ResumableKind = (typeof resumableKinds)[number]

export const isResumable = (kind: string): kind is ResumableKind =>
  (resumableKinds as readonly string[]).includes(kind)

/** Kinds whose failures can be tried again by themselves. */
export const retriableKinds = ['import', 'classify', 'encode'] as const
