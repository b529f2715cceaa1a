import { knownReaderName, type UndoDirection } from '../../store/index.ts'
import type { CallOutput, Handlers } from '../../contract/index.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { isBlindedHere } from '../labels/blinded-reading.ts'
import { currentImages } from '../labels/labels.ts'
import { makeStep, undoState } from './undo-stack.ts'

export function undoHandlers(context: ServiceContext): HandlersOf<'undo'> {
  const { session, settings, emit } = context
  const take = (
    direction: UndoDirection,
    { reader, action, confirmBlind }: Parameters<Handlers['undo.undo']>[0],
  ): CallOutput<'undo.undo'> => {
    const { database } = session.workspace
    const name = knownReaderName(database, reader ?? settings.content.reader)
    const step = { direction, reader: name, isBlinded: isBlindedHere(context, name) }
    const { action: made, imageIds } = makeStep(database, step, { action, confirmBlind })
    if (made.kind === 'region' || made.kind === 'entry-undo')
      for (const imageId of imageIds) emit({ name: 'regions.changed', payload: { imageId } })
    if (made.kind !== 'region') emit({ name: 'images.changed', payload: { imageIds } })
    return { action: made, images: currentImages(database, imageIds) }
  }
  return {
    'undo.state': ({ reader }) => {
      const { database } = session.workspace
      return undoState(database, knownReaderName(database, reader ?? settings.content.reader))
    },
    'undo.undo': (input) => take('undo', input),
    'undo.redo': (input) => take('redo', input),
  }
}
