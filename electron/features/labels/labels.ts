import { AppError, type ClassScheme, type ImageView } from '../../contract/index.ts'
import { withoutLosingBlind } from './blind-withdrawal.ts'
import { recordLabel, type GivenLabel } from './record-label.ts'
import {
  countClassedRegionEntries,
  countLabels,
  getImage,
  insertAction,
  listClasses,
  replaceClasses,
  requireReaderName,
  type Readable,
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
  /** Whether labels that were given blind may be withdrawn. */
  confirmBlind?: boolean
}

/**
 * Records a reader's label on images, on all or none. null without `isUnsure` withdraws the reader's labels, and those
 * that they imported and can see, and skips images without one. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`, `reader.looks-alike`, `label.nothing-to-withdraw` if every
 *   image was skipped, `label.blind-withdrawal`
 */
export function setLabels(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  { isUnsure = false, isBlind, confirmBlind = false, reader: named, comment }: LabelOptions,
): void {
  requireKnownClass(database, className)
  const reader = requireReaderName(database, named)
  const isWithdrawal = className === null && !isUnsure
  withoutLosingBlind(database, { imageIds, reader, isConfirmed: confirmBlind || !isWithdrawal }, () => {
    const given = imageIds.flatMap((imageId) => {
      const blind = isBlind?.(imageId) ?? false
      if (isWithdrawal && !canWithdraw(database, imageId, reader, blind)) return []
      return [{ imageId, className, reader, comment, isUnsure, isBlind: blind }]
    })
    if (given.length === 0) throw new AppError('label.nothing-to-withdraw', { reader })
    recordAction(database, 'label', given)
  })
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
    const given = imageIds.map((imageId) => {
      const { readings } = getImage(database, imageId)
      const isReady = className === null ? readings.adjudication !== null : readings.all.length > 0
      if (!isReady) throw new AppError('reading.nothing-to-adjudicate', { image: String(imageId) })
      return { imageId, className, reader, comment, as: 'adjudication' as const }
    })
    recordAction(database, 'adjudication', given)
  })()
}

/** Records labels of one reader as one step. */
function recordAction(
  database: Writable,
  kind: 'label' | 'adjudication',
  given: readonly GivenLabel[],
): void {
  const [first] = given
  if (first === undefined) return
  const id = insertAction(database, { reader: first.reader, kind })
  for (const [index, label] of given.entries()) {
    const action = { id, isListed: true, isLast: index === given.length - 1 }
    recordLabel(database, { ...label, action })
  }
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
