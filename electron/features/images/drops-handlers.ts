import { AppError } from '../../contract/index.ts'
import { cleanStorage } from '../workspace/clean-storage.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import type { DroppedFiles } from './dropped-files.ts'

export function dropHandlers(
  { session }: ServiceContext,
  drops: DroppedFiles,
): HandlersOf<'drop' | 'storage'> {
  return {
    'drop.begin': async (input) => ({ dropId: await drops.begin(input) }),
    'drop.discard': async ({ dropId }) => {
      await drops.discard(dropId)
      return {}
    },
    'storage.clean': async (parts) => {
      const { workspace } = session
      const active = session.queue.active()
      if (active !== null) throw new AppError('job.busy', { running: active.title })
      const removed = await cleanStorage(workspace, parts)
      if (parts.leftovers) await drops.clear()
      return removed
    },
  }
}
