import { listStanding, readReadings, type Readable } from '../../store/index.ts'

/** The reader's current labels that were given blind, by image. */
function blindLabelsOf(database: Readable, imageIds: readonly number[], reader: string): Map<number, number> {
  const found = new Map<number, number>()
  for (const [imageId, { all }] of readReadings(database, imageIds)) {
    const blind = all.find((label) => label.reader === reader && label.isBlind)
    if (blind !== undefined) found.set(imageId, blind.id)
  }
  return found
}

/**
 * Does something that changes labels, and counts the images on which it withdraws a label that the reader gave blind:
 * they were revealed, so that no blind label can replace it. It is kept if it is in effect and its reader has a label
 * of the image at all.
 */
export function countLostBlind(
  database: Readable,
  { imageIds, reader }: { imageIds: readonly number[]; reader: string },
  work: () => void,
): number {
  const blind = blindLabelsOf(database, imageIds, reader)
  work()
  if (blind.size === 0) return 0
  const images = [...blind.keys()]
  const standing = new Set(listStanding(database, images).map(({ id }) => id))
  const readings = readReadings(database, images)
  const isKept = ([imageId, labelId]: [number, number]): boolean =>
    standing.has(labelId) && (readings.get(imageId)?.all.some((label) => label.reader === reader) ?? false)
  return [...blind].filter((label) => !isKept(label)).length
}
