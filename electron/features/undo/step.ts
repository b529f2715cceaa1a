import { AppError, type ErrorDetails } from '../../contract/index.ts'
import type { ActionPart, UndoDirection } from '../../store/index.ts'

/** An undo or redo that is being made. */
export interface Step {
  direction: UndoDirection
  /** As the workspace spells the name (`knownReaderName`). */
  reader: string
  /** Whether the reader reads blind: other readers are not named to them. */
  isBlinded: boolean
}

/** The same for one entry of it. */
export interface StepPart extends Step {
  action: ActionPart
}

/** The refusal because a later change is in the way. */
export const changedSince = (
  { direction, isBlinded }: Step,
  what: ErrorDetails<'undo.changed-since'>['what'],
  reader: string | null,
): AppError => new AppError('undo.changed-since', { direction, what, reader: isBlinded ? null : reader })
