import { isSameReader } from '../contract/index.ts'
import { hasRead, knownReaderName, readImagesOf, type Readable } from '../store/index.ts'
import type { ServiceContext } from './context.ts'
import type { Settings } from './settings.ts'

/** Whether a reader asked to read blind on this machine. */
export const readsBlind = ({ content }: Settings, reader: string): boolean =>
  content.blindReaders.some((name) => isSameReader(name, reader))

/** Begins or ends blind reading of one reader; it stays so until it is ended, over restarts too. */
export function setBlind(settings: Settings, reader: string, isBlind: boolean): void {
  const others = settings.content.blindReaders.filter((name) => !isSameReader(name, reader))
  settings.change({ blindReaders: isBlind ? [...others, reader] : others })
}

/**
 * Whether an image is withheld from a reader of the open workspace: they read blind and never entered anything
 * of it. Once they did, they have seen what others say, so that taking it back withholds nothing again. The
 * command line withholds nothing.
 */
export function withheldIn(
  { door, session, settings }: ServiceContext,
  reader: string,
): (imageId: number) => boolean {
  if (door.isCommandLine === true || !readsBlind(settings, reader)) return () => false
  const { database } = session.workspace
  const known = knownReaderName(database, reader)
  return (imageId) => !hasRead(database, known, imageId)
}

/** The same for a whole list of images, in one look at the database. */
export function withheldFrom(
  database: Readable,
  settings: Settings,
  reader: string,
): (imageId: number) => boolean {
  if (!readsBlind(settings, reader)) return () => false
  const read = readImagesOf(database, knownReaderName(database, reader))
  return (imageId) => !read.has(imageId)
}
