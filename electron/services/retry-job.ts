import {
  AppError,
  type CallInput,
  type Effort,
  type Failure,
  type JobReports,
  type JobView,
} from '../contract/index.ts'
import { listImages } from '../store/index.ts'
import type { ServiceContext } from './context.ts'
import { startPlanned } from './job-plans.ts'

/**
 * Starts a new job with just what a finished one could not do.
 * @throws AppError `job.not-found`, `job.wrong-state`, `job.nothing-failed`
 */
export function retryJob(context: ServiceContext, jobId: number): { jobId: number } {
  const { queue } = context.session
  const job = queue.get(jobId)
  if (job.state !== 'done')
    throw new AppError('job.wrong-state', { job: job.title, state: job.state, wanted: 'tried again' })
  const input = queue.inputOf(jobId)
  const title = `${job.title.replace(/, again$/, '')}, again`
  switch (job.kind) {
    case 'import': {
      const failed = failuresOf(job)
      const paths = [...new Set(failed.map(({ path }) => path))]
      return startPlanned(context, {
        kind: 'import',
        title,
        input: { ...(input as CallInput<'image.import'>), paths },
      })
    }
    case 'classify': {
      const imageIds = imagesOf(context, failuresOf(job))
      const asked = input as { model: string; effort?: Effort }
      return startPlanned(context, { kind: 'classify', title, input: { ...asked, imageIds } })
    }
    case 'encode': {
      failuresOf(job)
      // What is there is passed over, so the whole job is just the rest.
      return startPlanned(context, { kind: 'encode', title, input })
    }
    default:
      throw new AppError('job.nothing-failed', { job: job.title })
  }
}

/** @param report of a kind that lists its failures */
function failuresOf({ title, report }: JobView): readonly Failure[] {
  const { failed } = report as JobReports['import' | 'classify' | 'encode']
  if (failed.length === 0) throw new AppError('job.nothing-failed', { job: title })
  return failed
}

/** The images that failures are about; by their path where an older version did not write the number. */
function imagesOf({ session }: ServiceContext, failures: readonly Failure[]): number[] {
  const byPath = Map.groupBy(listImages(session.workspace.database), ({ path }) => path)
  const ids = failures.flatMap(
    ({ imageId, path }) => imageId ?? (byPath.get(path) ?? []).map((image) => image.id),
  )
  return [...new Set(ids)]
}
