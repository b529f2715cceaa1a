import { inSlices, type Sliced } from '../../base/slices.ts'
import { AppError, type ClassScheme, type ImageView, type Readings } from '../../contract/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import { recordLabel, type GivenLabel } from './record-label.ts'
import {
  countClassEntries,
  currentImages,
  getImages,
  insertAction,
  listClasses,
  replaceClasses,
  requireClassName,
  restyleClasses,
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
 * Records a reader's label on images. null without `isUnsure` withdraws the reader's labels, and those that they imported
 * and can see, and skips images without one. What may be refused is checked first, for all images. Then slices are
 * written, each on disk before the next one begins: all are one step.
 * @throws AppError `image.not-found`, `classes.unknown`, `reader.looks-alike`, `label.nothing-to-withdraw` if every
 *   image was skipped, `label.blind-withdrawal`; then nothing was changed
 */
export function* setLabels(
  database: Writable,
  imageIds: readonly number[],
  named: string | null,
  { isUnsure = false, isBlind, confirmBlind = false, reader: namedReader, comment }: LabelOptions,
): Sliced<void> {
  const className = named === null ? null : requireClassName(database, named)
  const reader = requireReaderName(database, namedReader)
  const isWithdrawal = className === null && !isUnsure
  const given: GivenLabel[] = []
  let lostBlind = 0
  yield* inSlices(imageIds, (slice) => {
    for (const { id: imageId, readings } of getImages(database, slice)) {
      const blind = isBlind?.(imageId) ?? false
      if (isWithdrawal) {
        if (!canWithdraw(readings, reader, blind)) continue
        if (readings.all.some((label) => label.reader === reader && label.isBlind)) lostBlind++
      }
      // What the reader wrote before the label is the comment on it.
      const note = readings.notes?.find((own) => own.reader === reader)?.comment ?? null
      given.push({
        ...{ imageId, className, reader, isUnsure, isBlind: blind },
        comment: comment ?? (isWithdrawal ? null : note),
      })
    }
  })
  if (given.length === 0) throw new AppError('label.nothing-to-withdraw', { reader })
  if (lostBlind > 0 && !confirmBlind) throw new AppError('label.blind-withdrawal', { images: lostBlind })
  yield* recordAction(database, 'label', given)
}

/**
 * Adjudicates images: the class becomes their label, whatever the readers chose. null removes the adjudication. The
 * images must have a label. Slices as above.
 * @throws AppError `image.not-found`, `classes.unknown`, `reader.looks-alike`, `reading.nothing-to-adjudicate`; then
 *   nothing was changed
 */
export function* adjudicate(
  database: Writable,
  imageIds: readonly number[],
  named: string | null,
  { reader: namedReader, comment }: Author,
): Sliced<void> {
  const className = named === null ? null : requireClassName(database, named)
  const reader = requireReaderName(database, namedReader)
  yield* inSlices(imageIds, (slice) => {
    for (const { id, readings } of getImages(database, slice)) {
      const isReady = className === null ? readings.adjudication !== null : readings.all.length > 0
      if (!isReady) throw new AppError('reading.nothing-to-adjudicate', { image: String(id) })
    }
  })
  const given = imageIds.map((imageId) => ({
    imageId,
    className,
    reader,
    comment,
    as: 'adjudication' as const,
  }))
  yield* recordAction(database, 'adjudication', given)
}

/** Records labels of one reader as one step; each slice is a part of it. */
function* recordAction(
  database: Writable,
  kind: 'label' | 'adjudication',
  given: readonly GivenLabel[],
): Sliced<void> {
  let step: number | null = null
  yield* inSlices(given, (slice) =>
    database.transaction(() => {
      const id = insertAction(database, { reader: slice[0]?.reader ?? '', kind, partOf: step })
      for (const [index, label] of slice.entries()) {
        const action = { id, isListed: true, isLast: index === slice.length - 1 }
        recordLabel(database, { ...label, action })
      }
      step ??= id
    })(),
  )
}

/** Whether a reader has a current label, or has imported one that is not hidden from them. */
const canWithdraw = ({ all }: Readings, reader: string, isBlind: boolean): boolean =>
  all.some((label) => label.reader === reader || (label.importedBy === reader && !isBlind))

/**
 * The current views of images that were changed, in slices, for the answer to the call; every page receives the event. It comes last:
 * what a job changes between two slices is read again.
 */
export function* announcedImages(
  { emit }: Pick<ServiceContext, 'emit'>,
  database: Readable,
  imageIds: readonly number[],
): Sliced<ImageView[]> {
  const images = yield* currentImages(database, imageIds)
  emit({ name: 'images.changed', payload: { imageIds: [...imageIds] } })
  return images
}

/**
 * Replaces the class scheme, as long as no reader has used a class of the present one. After that only keys and
 * colours change here, and names one by one (`renameClass`): each class must keep its meaning. Where only keys and colours
 * change, the classes stay and keep their former names, with labels or without.
 * @throws AppError `classes.in-use`
 */
export function setClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const labels = countClassEntries(database)
    if (isOnlyRestyled(listClasses(database), classes)) restyleClasses(database, classes)
    else if (labels > 0) throw new AppError('classes.in-use', { labels })
    else replaceClasses(database, classes)
  })()
}

const isOnlyRestyled = (present: ClassScheme, classes: ClassScheme): boolean =>
  present.length === classes.length &&
  present.every(({ name, isPositive }, index) => {
    const other = classes[index]
    return name === other?.name && isPositive === other.isPositive
  })
