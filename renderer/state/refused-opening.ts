import { hasCode, type AppError } from '../../electron/contract/index.ts'
import type { Panel } from './navigation.svelte.ts'

/** The dialog that says how a workspace can be opened that was refused; null: there is none, and the failure is shown. */
export function dialogAfterRefusal(path: string, error: unknown): Panel | null {
  if (hasCode(error, 'workspace.foreign-schema')) {
    const { differences } = (error as AppError<'workspace.foreign-schema'>).details
    return { name: 'mend', path, differences }
  }
  if (!hasCode(error, 'workspace.handed-over')) return null
  const { to, isBlind } = (error as AppError<'workspace.handed-over'>).details
  return { name: 'handed-over', path, to, isBlind }
}
