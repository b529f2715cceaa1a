import type { ServiceContext } from '../../session/context.ts'
import {
  knownReaderName,
  listEntriesOfRegions,
  listRegionEntries,
  type Readable,
  type StoredRegionEntry,
} from '../../store/index.ts'
import { hiddenFrom, type IsHidden } from '../labels/blinded-reading.ts'

/** The reader whose regions are read or changed, and from which images other readers' regions are hidden. */
export interface RegionReader {
  name: string
  isHidden: IsHidden
}

/** The reader that a call acts for; null: the one who reads at this machine. */
export function regionReaderOf(context: ServiceContext, readerName: string | null): RegionReader {
  const name = readerName ?? context.settings.content.reader
  return {
    name: knownReaderName(context.session.workspace.database, name),
    isHidden: hiddenFrom(context, name),
  }
}

/** The entries of an image's regions that a reader may see: all, or only their own while the image is hidden. */
export function readableEntries(
  database: Readable,
  imageId: number,
  { name, isHidden }: RegionReader,
): StoredRegionEntry[] {
  const entries = listRegionEntries(database, imageId)
  return isHidden(imageId) ? entries.filter(({ reader }) => reader === name) : entries
}

/** The same of some regions of an image. */
export function readableEntriesOf(
  database: Readable,
  regionIds: readonly number[],
  imageId: number,
  { name, isHidden }: RegionReader,
): StoredRegionEntry[] {
  const entries = listEntriesOfRegions(database, regionIds)
  return isHidden(imageId) ? entries.filter(({ reader }) => reader === name) : entries
}
