import { atOnce } from '../../base/slices.ts'
import { isSameReader } from '../../contract/index.ts'
import type { FileLabel } from '../../engine/tables/label-table.ts'
import { getImage, listLabels, type Readable } from '../../store/index.ts'

/** A label of an image, as far as an import compares it. */
export interface KnownLabel {
  /** null: it is no reader's. */
  reader: string | null
  /** The reader, or who imported a label that is no reader's. */
  by: string
  isAdjudication: boolean
  /** null: unsure, or withdrawn. */
  className: string | null
  isWithdrawn: boolean
  isFromTable: boolean
  /** Whether this import gave it. */
  isRecent: boolean
}

/** What an import compares with what a file offers. */
export interface KnownImage {
  /** null: a dry run would add it. */
  imageId: number | null
  path: string
  caseName: string | null
  labels: KnownLabel[]
}

/** A label that a file offers. */
export interface OfferedLabel extends Pick<FileLabel, 'className'> {
  reader: string | null
  by: string
  isAdjudication: boolean
  isFromTable: boolean
}

export type LabelDecision =
  | { outcome: 'added' }
  | { outcome: 'present'; isRecent: boolean }
  | { outcome: 'changed'; replaced: KnownLabel }
  | { outcome: 'contradicting'; present: string }

/** @param since labels from then on are of this import, which was interrupted; null: it was not */
export function loadKnownImage(database: Readable, imageId: number, since: string | null): KnownImage {
  const { path, caseName, readings } = getImage(database, imageId, { withRemoved: true })
  const { all, adjudication } = readings
  const isRecent = (at: string): boolean => since !== null && at >= since
  const labels = [...all, ...(adjudication === null ? [] : [adjudication])].map((reading): KnownLabel => ({
    reader: reading.reader,
    by: reading.reader ?? reading.importedBy ?? '',
    isAdjudication: reading === adjudication,
    className: reading.className,
    isWithdrawn: false,
    isFromTable: reading.table !== null,
    isRecent: isRecent(reading.at),
  }))
  // A label that was undone or withdrawn must not return with the next import of its table.
  for (const { reader, importedBy, kind } of atOnce(listLabels(database, imageId))) {
    if (kind === 'comment') continue
    const isAdjudication = kind === 'adjudication'
    const withdrawn = { reader, by: reader ?? importedBy ?? '', isAdjudication }
    if (labels.some((label) => isOwn(label, withdrawn))) continue
    labels.push({ ...withdrawn, className: null, isWithdrawn: true, isFromTable: false, isRecent: false })
  }
  return { imageId, path, caseName, labels }
}

/** Whether one label takes the place of the other: both the reader's, both no reader's, or both adjudications. */
const isOwn = (
  label: Pick<KnownLabel, 'reader' | 'isAdjudication'>,
  { reader, isAdjudication }: Pick<KnownLabel, 'reader' | 'isAdjudication'>,
): boolean =>
  label.isAdjudication === isAdjudication &&
  (isAdjudication || (reader === null ? label.reader === null : isSameReader(label.reader, reader)))

export const labelText = ({ className }: Pick<KnownLabel, 'className'>): string => className ?? 'unsure'

/**
 * What an import does with a label. Only a label from a table is replaced, by a later table: what a reader chose or
 * withdrew in the program stays, and so does what an earlier file of the same import gave.
 */
export function decideLabel(labels: readonly KnownLabel[], offered: OfferedLabel): LabelDecision {
  const own = labels.filter((label) => isOwn(label, offered))
  const standing = own.filter(({ isWithdrawn }) => !isWithdrawn)
  const equal = standing.find(({ className }) => className === offered.className)
  if (equal !== undefined) return { outcome: 'present', isRecent: equal.isRecent }
  const replaced = standing.find(
    ({ isFromTable, isRecent, by }) => isFromTable && !isRecent && isSameReader(by, offered.by),
  )
  if (replaced !== undefined && offered.isFromTable) return { outcome: 'changed', replaced }
  // A label that is no reader's adds nothing to what readers chose.
  const isReaders = offered.reader !== null || offered.isAdjudication
  const others = isReaders ? [] : labels.filter((label) => !label.isAdjudication && !label.isWithdrawn)
  if (others.some(({ className }) => className === offered.className))
    return { outcome: 'present', isRecent: false }
  const [other = own[0]] = [...standing, ...others]
  if (other === undefined) return { outcome: 'added' }
  return { outcome: 'contradicting', present: other.isWithdrawn ? 'withdrawn' : labelText(other) }
}
