import type { JobQueue } from '../jobs/queue.ts'
import { classifyInputSchema } from './job-plans.ts'

/**
 * What a classification was asked for; null: every image. None of a job of another kind.
 * @throws AppError `job.not-found`
 */
export function askedImages(queue: JobQueue, jobId: number): number[] | null {
  if (queue.get(jobId).kind !== 'classify') return []
  const input = classifyInputSchema.safeParse(queue.inputOf(jobId))
  return input.success ? input.data.imageIds : []
}
