import { AppError, type CallInput } from '../../contract/index.ts'
import { appendEvent, readHandover, type Writable } from '../../store/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import { isBlinded, setBlinded } from '../labels/blinded-reading.ts'
import { switchReader } from '../labels/readings.ts'

type Answer = CallInput<'workspace.open'>['handover']

/**
 * Refuses a workspace that was handed over until its reader begins, since the one who opens it may only want to check what they
 * send. One for a blind reader cannot be looked at here before that. The command line names its readers and hides nothing.
 * @throws AppError `workspace.handed-over`
 */
export function requireBegun(
  database: Writable,
  { path, handover, door }: { path: string; handover: Answer; door: ServiceContext['door'] },
): void {
  if (door.isCommandLine === true || database.isReadOnly || handover === 'begin') return
  const found = readHandover(database)
  if (found === null || (handover === 'look' && !found.isBlind)) return
  throw new AppError('workspace.handed-over', { path, ...found })
}

/**
 * Makes the reader that the open workspace was handed over to the reader of this machine, and blind if it was handed over
 * so. Its event is written once, also if that was the reader before, and a later choice of the reader stays.
 */
export function beginHandedOver({ session, settings, emit }: ServiceContext): void {
  const { database } = session.workspace
  const found = readHandover(database)
  if (found === null) return
  database.transaction(() => {
    const before = settings.content.reader
    switchReader(database, settings, found.to)
    const { reader } = settings.content
    const wasBlind = isBlinded(settings, reader)
    const isBlind = found.isBlind || wasBlind
    appendEvent(database, {
      kind: 'reading',
      reader,
      object: { type: 'reader', id: null, name: reader },
      before: { reads: before, blind: wasBlind },
      after: { handover: 'begun', reads: reader, blind: isBlind },
    })
    if (isBlind !== wasBlind) setBlinded(settings, reader, isBlind)
  })()
  const { reader } = settings.content
  emit({ name: 'reader.changed', payload: { reader, isBlind: isBlinded(settings, reader) } })
}
