import { AppError, isCorrection, type ClassScheme, type ImageView } from '../../contract/index.ts'
import { recordLabel } from './record-label.ts'
import {
  countClassedRegionEntries,
  countLabels,
  getImage,
  knownReaderName,
  listClasses,
  listStanding,
  replaceClasses,
  requireReaderName,
  type Readable,
  type StandingEntry,
  type Writable,
} from '../../store/index.ts'

/** Who changes labels, and their comment. */
interface Author {
  reader: string
  comment: string | null
}

interface LabelOptions extends Author {
  /** The reader has looked and is unsure; the class is null then. */
  isUnsure?: boolean
  /** Whether the reader was blinded for an image; absent: not for any. */
  isBlind?: (imageId: number) => boolean
}

/**
 * Records a reader's label on images, on all or none. null without `isUnsure` withdraws the reader's labels, and those
 * that they imported and can see, and skips images without one. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`, `reader.looks-alike`, `label.nothing-to-withdraw` if every
 *   image was skipped
 */
export function setLabels(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  { isUnsure = false, isBlind, reader: named, comment }: LabelOptions,
): void {
  requireKnownClass(database, className)
  const reader = requireReaderName(database, named)
  database.transaction(() => {
    let written = 0
    for (const imageId of imageIds) {
      const blind = isBlind?.(imageId) ?? false
      if (className === null && !isUnsure && !canWithdraw(database, imageId, reader, blind)) continue
      recordLabel(database, { imageId, className, reader, comment, isUnsure, isBlind: blind })
      written++
    }
    if (written === 0) throw new AppError('label.nothing-to-withdraw', { reader })
  })()
}

/**
 * Undoes this reader's newest entry on each image, on all or none: a new entry restores what the reader chose before.
 * Called again, it undoes the entry before that one. Other readers' entries are never changed.
 * @throws AppError `image.not-found`, `label.nothing-to-undo`
 */
export function undoLabels(
  database: Writable,
  imageIds: readonly number[],
  { reader: named, comment }: Author,
): void {
  const reader = knownReaderName(database, named)
  database.transaction(() => {
    for (const imageId of imageIds) {
      getImage(database, imageId)
      const entries = listStanding(database, imageId)
      const last = entries.findLast((entry) => entry.reader === reader)
      if (last === undefined) throw new AppError('label.nothing-to-undo', { image: String(imageId), reader })
      // An adjudication replaces another reader's too; a label only those of the same reader, and what they imported
      // and corrected with it.
      const isReplaced = ({ reader: own, importedBy }: StandingEntry): boolean =>
        own === reader || (importedBy === reader && isCorrection(last))
      const before = entries.findLast(
        (entry) =>
          entry.id < last.id &&
          entry.isAdjudication === last.isAdjudication &&
          (last.isAdjudication || isReplaced(entry)),
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
 * Adjudicates images, all or none: the class becomes their label, whatever the readers chose. null removes the
 * adjudication. The images must have a label.
 * @throws AppError `image.not-found`, `classes.unknown`, `reader.looks-alike`, `reading.nothing-to-adjudicate`
 */
export function adjudicate(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  { reader: named, comment }: Author,
): void {
  requireKnownClass(database, className)
  const reader = requireReaderName(database, named)
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
 * Whether a reader has a current label on an image, or has imported one that is not hidden from them.
 * @throws AppError `image.not-found`
 */
const canWithdraw = (database: Readable, imageId: number, reader: string, isBlind: boolean): boolean =>
  getImage(database, imageId).readings.all.some(
    (label) => label.reader === reader || (label.importedBy === reader && !isBlind),
  )

/**
 * The current views of images, each once.
 * @throws AppError `image.not-found`
 */
export const currentImages = (database: Readable, imageIds: readonly number[]): ImageView[] =>
  [...new Set(imageIds)].map((imageId) => getImage(database, imageId))

/** @throws AppError `classes.unknown` */
function requireKnownClass(database: Readable, className: string | null): void {
  const known = listClasses(database).map((c) => c.name)
  if (className !== null && !known.includes(className))
    throw new AppError('classes.unknown', { className, known })
}

/**
 * Replaces the class scheme, as long as no reader has used a class of the present one.
 * @throws AppError `classes.in-use`
 */
export function setClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const labels = countLabels(database) + countClassedRegionEntries(database)
    if (labels > 0) throw new AppError('classes.in-use', { labels })
    replaceClasses(database, classes)
  })()
}
