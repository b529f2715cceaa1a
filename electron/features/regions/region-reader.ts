import {
  listEntriesOfRegions,
  listRegionEntries,
  type Readable,
  type StoredRegionEntry,
} from '../../store/index.ts'
import type { IsHidden } from '../labels/blinded-reading.ts'

/** The reader whose regions are read or changed, and from which images other readers' regions are hidden. */
export interface RegionReader {
  name: string
  isHidden: IsHidden
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
