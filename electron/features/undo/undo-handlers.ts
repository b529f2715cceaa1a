import type { Sliced } from '../../base/slices.ts'
import {
  currentImages,
  knownReaderName,
  presentImages,
  type UndoDirection,
  type Writable,
} from '../../store/index.ts'
import type { CallOutput, Handlers } from '../../contract/index.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { isBlindedHere } from '../labels/blinded-reading.ts'
import { announcedImages } from '../labels/labels.ts'
import { makeStep, undoState } from './undo-stack.ts'

export function undoHandlers(context: ServiceContext): HandlersOf<'undo'> {
  const { session, settings, emit } = context
  const take = (
    direction: UndoDirection,
    { reader: named, ...meant }: Parameters<Handlers['undo.undo']>[0],
  ): ReturnType<Handlers['undo.undo']> => {
    const reader = named ?? settings.content.reader
    return session.change((database) => makeAndTell(database, direction, { reader, ...meant }))
  }
  function* makeAndTell(
    database: Writable,
    direction: UndoDirection,
    { reader, ...meant }: { reader: string } & Parameters<typeof makeStep>[2],
  ): Sliced<CallOutput<'undo.undo'>> {
    const name = knownReaderName(database, reader)
    const step = { direction, reader: name, isBlinded: isBlindedHere(context, name) }
    const { action: made, imageIds } = yield* makeStep(database, step, meant)
    if (made.kind === 'region' || made.kind === 'entry-undo')
      for (const imageId of imageIds) emit({ name: 'regions.changed', payload: { imageId } })
    const images =
      made.kind === 'region' || made.kind === 'removal'
        ? currentImages(database, made.kind === 'removal' ? presentImages(database, imageIds) : imageIds)
        : announcedImages(context, database, imageIds)
    const answer = { action: made, images: yield* images }
    if (made.kind === 'removal') emit({ name: 'images.changed', payload: { imageIds: null } })
    return answer
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
