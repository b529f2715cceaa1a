import { AppError } from '../../contract/index.ts'
import {
  appendEvent,
  fileNameOf,
  insertLabel,
  joinAction,
  readLabelContext,
  type ActionPart,
  type LabelContext,
  type NewLabel,
  type ReceivedPlace,
  type ReplacedLabel,
  type Writable,
} from '../../store/index.ts'

/** A label to be recorded. */
export interface GivenLabel extends Omit<NewLabel, 'at' | 'kind' | 'received'> {
  /**
   * Absent: a reader's own label. `import`: from a table or a folder name; `source` says whose it is. `comment`: a
   * comment on an image that the reader has not labelled.
   */
  as?: 'import' | 'adjudication' | 'comment'
  /** Whether an entry that `undoes` another one redoes what that one undid. */
  isRedo?: boolean
  /** The step that the label is a part of; absent: none, as in an import. */
  action?: ActionPart
  /** Of a label from another workspace, with the time when it was given there. Its event is of now. */
  received?: ReceivedPlace & { at: string }
}

/**
 * Records a label with its audit event, in one transaction, and returns the entry's id. Callers check that the class is
 * one of the scheme.
 * @throws AppError `image.not-found`
 */
export const recordLabel = (database: Writable, given: GivenLabel): number =>
  database.transaction(() => {
    const { as, isRedo: _, action, received, ...entry } = given
    const kind = as === undefined || as === 'import' ? 'reading' : as
    const now = new Date().toISOString()
    const label: NewLabel = { ...entry, kind, at: received?.at ?? now, received: received ?? null }
    const context = readLabelContext(database, label)
    if (context === null) throw new AppError('image.not-found', { image: String(label.imageId) })
    const labelId = insertLabel(database, label)
    const { path, sha256, suggested, replaced } = context
    const undoes = label.undoes ?? null
    appendEvent(database, {
      kind: eventKindOf(given, context),
      at: now,
      reader: label.reader,
      object: { type: 'image', id: label.imageId, name: fileNameOf(path) },
      before: replaced === null ? null : beforeOf(replaced),
      after: {
        class: label.className,
        comment: label.comment ?? null,
        label: labelId,
        sha256,
        // What was suggested here was not what the reader saw elsewhere.
        suggested: received === undefined && as !== 'comment' ? suggested : null,
        ...(undoes === null ? {} : { undoes }),
        ...sourceOf(given),
        ...(label.isUnsure === true ? { unsure: true } : {}),
        ...(label.isBlind === true ? { blind: true } : {}),
        ...(as === 'comment' ? { alone: true } : {}),
        ...(received === undefined ? {} : { received: receivedOf(received) }),
      },
      ...(action === undefined ? {} : { rows: joinAction(database, action, { label: labelId }) }),
    })
    return labelId
  })()

/** How the events of received entries name the import that brought them (compare-labels.ts). */
export const receivedOf = ({
  importId,
  orderMs,
  at,
}: ReceivedPlace & { at: string }): Record<string, unknown> => ({ import: importId, orderMs, at })

/** A label that is no reader's names its source; another import is only marked as one. */
function sourceOf({ as, source = 'reader', table = null }: GivenLabel): Record<string, string> {
  const mark = source !== 'reader' ? source : as === 'import' ? 'import' : null
  return { ...(mark === null ? {} : { source: mark }), ...(table === null ? {} : { table }) }
}

function eventKindOf(
  given: GivenLabel,
  context: LabelContext,
): 'undo' | 'redo' | 'adjudication' | 'comment' | 'override' | 'label' {
  if ((given.undoes ?? null) !== null) return given.isRedo === true ? 'redo' : 'undo'
  if (given.as === 'adjudication' || given.as === 'comment') return given.as
  return isOverride(given, context) ? 'override' : 'label'
}

/** Whether a reader chooses another class than the suggested one that they have seen. A blinded reader has not. */
const isOverride = ({ as, className, isBlind }: GivenLabel, { suggested }: LabelContext): boolean =>
  as === undefined && isBlind !== true && className !== null && suggested !== null && suggested !== className

const beforeOf = ({ label, className, reader, source, comment, isUnsure, kind }: ReplacedLabel): unknown => ({
  class: className,
  comment,
  label,
  ...(source === 'reader' ? { reader } : { reader: null, source }),
  ...(isUnsure ? { unsure: true } : {}),
  ...(kind === 'adjudication' ? { adjudication: true } : {}),
})
