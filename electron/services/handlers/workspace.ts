import { join } from 'node:path'
import type { WorkspaceView } from '../../contract/index.ts'
import { makeDemo } from '../../jobs/make-demo.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../context.ts'

export function workspaceHandlers(context: ServiceContext): HandlersOf<'workspace' | 'demo' | 'job'> {
  const { session, settings, compute } = context
  const remembered = (view: WorkspaceView): WorkspaceView => {
    settings.remember(view.path, view.name)
    return view
  }
  return {
    'workspace.current': () => session.view(),
    'workspace.recent': () => [...settings.content.recent],
    'workspace.create': async ({ path, classes }) => remembered(await session.create(path, classes)),
    'workspace.open': async ({ path }) => remembered(await session.open(path)),
    'workspace.close': async () => {
      await session.close()
      return {}
    },

    'demo.create': ({ directory, ...rest }) => {
      const task = { ...rest, directory: directory ?? join(session.workspace.path, 'synthetic') }
      return startJob(context, {
        kind: 'demo',
        title: 'Make synthetic tissue',
        input: task,
        run: (job) => makeDemo(compute, task, job),
      })
    },

    'job.list': () => session.queue.list(),
    'job.get': ({ jobId }) => session.queue.get(jobId),
    'job.cancel': ({ jobId }) => {
      session.queue.cancel(jobId)
      return {}
    },
  }
}
