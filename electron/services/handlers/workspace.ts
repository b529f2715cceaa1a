import type { WorkspaceView } from '../../contract/index.ts'
import { sweepDropped } from '../../jobs/dropped-files.ts'
import type { HandlersOf, ServiceContext } from '../context.ts'
import { startPlanned } from '../job-plans.ts'
import { syntheticDirectory, workspaceInfo } from '../workspace-info.ts'

export function workspaceHandlers(context: ServiceContext): HandlersOf<'workspace' | 'demo'> {
  const { session, settings } = context
  const remembered = (view: WorkspaceView): WorkspaceView => {
    settings.remember(view.path, view.name)
    return view
  }
  return {
    'workspace.current': () => session.view(),
    'workspace.recent': () => [...settings.content.recent],
    'workspace.create': async ({ path, classes }) => remembered(await session.create(path, classes)),
    'workspace.open': async ({ path }) => {
      const view = await session.open(path)
      await sweepDropped(view.path)
      return remembered(view)
    },
    'workspace.close': async () => {
      await session.close()
      return {}
    },
    'workspace.info': () => workspaceInfo(session.workspace.path, session.workspace.database),
    'workspace.check': () => {
      return startPlanned(context, { kind: 'check', title: 'Check the workspace', input: {} })
    },
    'workspace.relink': ({ directory }) => {
      return startPlanned(context, { kind: 'relink', title: 'Find moved images', input: { directory } })
    },

    'demo.create': ({ directory, ...rest }) => {
      const input = { ...rest, directory: directory ?? syntheticDirectory(session.workspace.path) }
      return startPlanned(context, { kind: 'demo', title: 'Make synthetic tissue', input })
    },
  }
}
