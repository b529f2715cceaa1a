import { looksLikeReader } from '../../contract/index.ts'
import { hasRead, knownReaderName, readImagesOf, type Readable } from '../../store/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import type { Settings } from '../../session/settings.ts'

/**
 * Whether labels of others, predictions and the file name of an image are hidden from a reader. They are hidden
 * while the reader is blinded and has no entry on the image. A reader with an
 * entry has seen what others chose, so undoing that entry hides nothing again.
 */
export type IsHidden = (imageId: number) => boolean

const nothingIsHidden: IsHidden = () => false

/**
 * Whether a reader chose blinded reading on this machine, or its policy did. A name that looks like theirs is no way
 * around it.
 */
export const isBlinded = ({ content, policy }: Settings, reader: string): boolean =>
  policy.rules.requireBlindReading === true ||
  content.blindReaders.some((name) => looksLikeReader(name, reader))

/** The same at this entry point: the command line hides nothing. */
export const isBlindedHere = ({ door, settings }: ServiceContext, reader: string): boolean =>
  door.isCommandLine !== true && isBlinded(settings, reader)

/** Starts or ends blinded reading for one reader. The setting survives restarts. */
export function setBlinded(settings: Settings, reader: string, isOn: boolean): void {
  const others = settings.content.blindReaders.filter((name) => !looksLikeReader(name, reader))
  settings.change({ blindReaders: isOn ? [...others, reader] : others })
}

/**
 * The images of the open workspace that are hidden from a reader. Each image costs one query: for a few images. The
 * command line hides nothing.
 */
export function hiddenFrom(context: ServiceContext, reader: string): IsHidden {
  if (!isBlindedHere(context, reader)) return nothingIsHidden
  const { database } = context.session.workspace
  const known = knownReaderName(database, reader)
  return (imageId) => !hasRead(database, known, imageId)
}

/** The same for many images, with one query for all; for a reader who is known to be blinded. */
export function hiddenFromBlinded(database: Readable, reader: string): IsHidden {
  const read = readImagesOf(database, knownReaderName(database, reader))
  return (imageId) => !read.has(imageId)
}
