import { join } from 'node:path'
import type { WorkspaceView } from '../../contract/index.ts'
import { checkWorkspace } from '../../jobs/check-workspace.ts'
import { makeDemo } from '../../jobs/make-demo.ts'
import { relinkImages } from '../../jobs/relink-images.ts'
import { imagesChanged, startJob, type HandlersOf, type ServiceContext } from '../context.ts'
import { workspaceInfo } from '../workspace-info.ts'

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
    'workspace.info': () => workspaceInfo(session.workspace.path, session.workspace.database),
    'workspace.check': () => {
      const { database, path } = session.workspace
      return startJob(context, {
        kind: 'check',
        title: 'Check the workspace',
        input: {},
        run: (job) => checkWorkspace(database, compute, path, job),
      })
    },
    'workspace.relink': ({ directory }) => {
      const { database } = session.workspace
      return startJob(context, {
        kind: 'relink',
        title: 'Find moved images',
        input: { directory },
        run: (job) => relinkImages(database, compute, directory, job),
        changed: imagesChanged,
      })
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
