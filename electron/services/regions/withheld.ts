import { listRegionEntries, type Readable, type StoredRegionEntry } from '../../store/index.ts'

/** Who asks, and from which images what others drew is withheld (services/blind.ts). */
export interface RegionReader {
  name: string
  isWithheld: (imageId: number) => boolean
}

/** The entries of an image's regions that a reader may see: all, or while the image is withheld only their own. */
export function readableEntries(
  database: Readable,
  imageId: number,
  { name, isWithheld }: RegionReader,
): StoredRegionEntry[] {
  const entries = listRegionEntries(database, imageId)
  return isWithheld(imageId) ? entries.filter(({ reader }) => reader === name) : entries
}
