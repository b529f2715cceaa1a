import { readHandover } from '../../store/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import { isBlinded } from '../labels/blinded-reading.ts'
import { switchBlind, switchReader } from '../labels/readings.ts'

/**
 * Makes the reader that the open workspace was handed over to the reader of this machine, and blind if it was handed over
 * so; once: a later choice of the reader stays. The command line names its readers.
 */
export function beginHandedOver({ session, settings, door, emit }: ServiceContext): void {
  const { database } = session.workspace
  if (door.isCommandLine === true || database.isReadOnly) return
  const found = readHandover(database)
  if (found === null) return
  switchReader(database, settings, found.to)
  const { reader } = settings.content
  if (found.isBlind) switchBlind(database, settings, reader, true)
  emit({ name: 'reader.changed', payload: { reader, isBlind: isBlinded(settings, reader) } })
}
