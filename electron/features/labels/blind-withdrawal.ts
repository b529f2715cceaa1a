import { AppError } from '../../contract/index.ts'
import { listStanding, readReadings, type Readable, type Writable } from '../../store/index.ts'

/** The reader's current label of an image if it was given blind; null otherwise. */
const blindLabelOf = (database: Readable, imageId: number, reader: string): number | null =>
  readReadings(database, imageId)
    .get(imageId)
    ?.all.find((label) => label.reader === reader && label.isBlind)?.id ?? null

/** Whether a label event is in effect, and its reader has a label of the image at all. */
const isKept = (database: Readable, imageId: number, reader: string, labelId: number): boolean =>
  listStanding(database, imageId).some(({ id }) => id === labelId) &&
  (readReadings(database, imageId).get(imageId)?.all ?? []).some((label) => label.reader === reader)

/**
 * Does something in one transaction, unless it would withdraw labels that the reader gave blind: their images were
 * revealed, so that no blind label can replace them. With `isConfirmed` it is done all the same.
 * @throws AppError `label.blind-withdrawal`; then nothing was changed
 */
export const withoutLosingBlind = <T>(
  database: Writable,
  { imageIds, reader, isConfirmed }: { imageIds: readonly number[]; reader: string; isConfirmed: boolean },
  work: () => T,
): T =>
  database.transaction(() => {
    if (isConfirmed) return work()
    const blind = imageIds.flatMap((imageId) => {
      const labelId = blindLabelOf(database, imageId, reader)
      return labelId === null ? [] : { imageId, labelId }
    })
    const result = work()
    const lost = blind.filter(({ imageId, labelId }) => !isKept(database, imageId, reader, labelId))
    if (lost.length > 0) throw new AppError('label.blind-withdrawal', { images: lost.length })
    return result
  })()
