import type { HandlersOf, ServiceContext } from '../context.ts'
import { resumeJob } from '../job-plans.ts'
import { askedImages } from '../job-images.ts'
import { retryJob } from '../retry-job.ts'

export function jobHandlers(context: ServiceContext): HandlersOf<'job'> {
  const { session } = context
  return {
    'job.list': () => session.queue.list(),
    'job.get': ({ jobId }) => session.queue.get(jobId),
    'job.cancel': ({ jobId }) => {
      session.queue.cancel(jobId)
      return {}
    },
    'job.pause': ({ jobId }) => {
      session.queue.pause(jobId)
      return {}
    },
    'job.resume': ({ jobId }) => {
      resumeJob(context, jobId)
      return {}
    },
    'job.retry': ({ jobId }) => retryJob(context, jobId),
    'job.images': ({ jobId }) => ({ imageIds: askedImages(session.queue, jobId) }),
  }
}
