import type { HandlersOf, ServiceContext } from '../../session/context.ts'

export function jobHandlers({ session }: ServiceContext): HandlersOf<'job'> {
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
      session.queue.resume(jobId)
      return {}
    },
    'job.retry': ({ jobId }) => ({ jobId: session.queue.retry(jobId).id }),
    'job.images': ({ jobId }) => ({ imageIds: session.queue.imagesOf(jobId) }),
  }
}
