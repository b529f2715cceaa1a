import type { WorkspaceView } from '../../contract/index.ts'
import { mendWorkspace } from '../../store/index.ts'
import { admitToMend } from './admit-to-mend.ts'
import { checkJob } from './check-workspace.ts'
import { beginHandedOver, requireBegun } from '../exchange/begin-handed-over.ts'
import { removeOldDrops } from '../images/dropped-file-paths.ts'
import { demoJob } from '../images/make-demo.ts'
import { relinkJob } from '../images/relink-images.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { workspaceInfo } from './workspace-info.ts'

export function workspaceHandlers(context: ServiceContext): HandlersOf<'workspace' | 'demo'> {
  const { session, settings, version } = context
  /** The workspace is open: what fails afterwards must not look like a failed opening. */
  const remembered = (view: WorkspaceView): WorkspaceView => {
    try {
      settings.remember(view.path, view.name)
    } catch (error) {
      console.error('the list of recent workspaces was not stored', error)
    }
    return view
  }
  return {
    'workspace.current': () => session.view(),
    'workspace.recent': () => [...settings.content.recent],
    'workspace.create': async ({ path, classes }) => remembered(await session.create(path, classes)),
    'workspace.open': async ({ path, handover }) => {
      const view = await session.open(path, (database) => {
        requireBegun(database, { path, handover, door: context.door })
      })
      if (handover === 'begin') beginHandedOver(context)
      // Old drops only take space. They are removed at the next opening.
      await removeOldDrops(session.workspace).catch(() => undefined)
      return remembered(view)
    },
    'workspace.mend': ({ path, reason, ...given }) => {
      const { reader } = settings.content
      return mendWorkspace(path, {
        program: `Lobule ${version}`,
        reader,
        reason,
        admit: (database) => admitToMend(database, given, reader),
      })
    },
    'workspace.close': async () => {
      await session.close()
      return {}
    },
    'workspace.info': () => workspaceInfo(session.workspace),
    'workspace.check': () => startJob(context, checkJob, {}),
    'workspace.relink': (input) => startJob(context, relinkJob, input),

    'demo.create': ({ directory, ...rest }) =>
      startJob(context, demoJob, { ...rest, directory: directory ?? session.workspace.folders.synthetic }),
    'demo.slide': ({ directory, ...rest }) =>
      startJob(context, demoJob, { ...rest, directory: directory ?? session.workspace.folders.synthetic }),
  }
}
