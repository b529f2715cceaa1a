import { AppError, type ClassScheme, type ImageView } from '../../contract/index.ts'
import { recordLabel } from './record-label.ts'
import {
  countClassedRegionEntries,
  countLabels,
  getImage,
  knownReaderName,
  listClasses,
  listStanding,
  replaceClasses,
  type Readable,
  type Writable,
} from '../../store/index.ts'

interface Said {
  reader: string
  comment: string | null
}

interface SaidOfImages extends Said {
  /** The reader looked and cannot say; the class is null then. */
  isUnsure?: boolean
  /** Whether everything that could lead the reader was withheld for an image; absent: nothing was. */
  isBlind?: (imageId: number) => boolean
}

/**
 * Records what a reader says of images, all or none; null without `isUnsure` withdraws what this reader said,
 * and passes images over of which they say nothing. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`, `label.nothing-to-withdraw` where that holds for all
 */
export function setLabels(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  { isUnsure = false, isBlind, reader: named, comment }: SaidOfImages,
): void {
  requireKnownClass(database, className)
  const reader = knownReaderName(database, named)
  database.transaction(() => {
    let written = 0
    for (const imageId of imageIds) {
      if (className === null && !isUnsure && !hasLabelOf(database, imageId, reader)) continue
      const blind = isBlind?.(imageId) ?? false
      recordLabel(database, { imageId, className, reader, comment, isUnsure, isBlind: blind })
      written++
    }
    if (written === 0) throw new AppError('label.nothing-to-withdraw', { reader })
  })()
}

/**
 * Takes back the newest entry of this reader that still stands of each image, all or none, by a new entry that
 * says what stood before it. Asked again, it takes back the one before. What others said is left alone.
 * @throws AppError `image.not-found`, `label.nothing-to-undo`
 */
export function undoLabels(
  database: Writable,
  imageIds: readonly number[],
  { reader: named, comment }: Said,
): void {
  const reader = knownReaderName(database, named)
  database.transaction(() => {
    for (const imageId of imageIds) {
      getImage(database, imageId)
      const standing = listStanding(database, imageId)
      const last = standing.findLast((entry) => entry.reader === reader)
      if (last === undefined) throw new AppError('label.nothing-to-undo', { image: String(imageId), reader })
      // An adjudication settles the image whoever gave it; a reading is its reader's own.
      const before = standing.findLast(
        (entry) =>
          entry.id < last.id &&
          entry.isAdjudication === last.isAdjudication &&
          (last.isAdjudication || entry.reader === reader),
      )
      recordLabel(database, {
        imageId,
        className: before?.className ?? null,
        isUnsure: before?.isUnsure ?? false,
        reader,
        comment,
        undoes: last.id,
        ...(last.isAdjudication ? { as: 'adjudication' as const } : {}),
      })
    }
  })()
}

/**
 * Settles images that were read, all or none: the class counts from then on, whatever the readers say. null
 * takes the adjudication away.
 * @throws AppError `image.not-found`, `classes.unknown`, `reading.nothing-to-adjudicate`
 */
export function adjudicate(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  { reader: named, comment }: Said,
): void {
  requireKnownClass(database, className)
  const reader = knownReaderName(database, named)
  database.transaction(() => {
    for (const imageId of imageIds) {
      const { readings } = getImage(database, imageId)
      const isReady = className === null ? readings.adjudication !== null : readings.all.length > 0
      if (!isReady) throw new AppError('reading.nothing-to-adjudicate', { image: String(imageId) })
      recordLabel(database, { imageId, className, reader, comment, as: 'adjudication' })
    }
  })()
}

/**
 * Whether a reader has a current label on an image.
 * @throws AppError `image.not-found`
 */
const hasLabelOf = (database: Readable, imageId: number, reader: string): boolean =>
  getImage(database, imageId).readings.all.some((label) => label.reader === reader)

/**
 * Images as they now are, each once.
 * @throws AppError `image.not-found`
 */
export const imagesNow = (database: Readable, imageIds: readonly number[]): ImageView[] =>
  [...new Set(imageIds)].map((imageId) => getImage(database, imageId))

/** @throws AppError `classes.unknown` */
function requireKnownClass(database: Readable, className: string | null): void {
  const known = listClasses(database).map((c) => c.name)
  if (className !== null && !known.includes(className))
    throw new AppError('classes.unknown', { className, known })
}

/**
 * Another class scheme, as long as nobody labelled anything with this one.
 * @throws AppError `classes.in-use`
 */
export function setClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const labels = countLabels(database) + countClassedRegionEntries(database)
    if (labels > 0) throw new AppError('classes.in-use', { labels })
    replaceClasses(database, classes)
  })()
}
