import { slicesOf, type Sliced } from '../../base/slices.ts'
import { AppError, type AssignmentView } from '../../contract/index.ts'
import {
  insertAssignment,
  isRemoved,
  listAssignments,
  listImageIds,
  readReadings,
  requireReaderName,
  rowsOfSlice,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import { findOrAddReader } from '../labels/readings.ts'

/** What is assigned, with how many of the images each reader has read, in slices. */
export function* readAssignments(database: Readable): Sliced<AssignmentView[]> {
  const standing = listAssignments(database)
  const assigned = [...new Set(standing.map(({ imageId }) => imageId))]
  const readers = new Map<number, ReadonlySet<string | null>>()
  yield
  for (const imageIds of slicesOf(assigned, rowsOfSlice)) {
    for (const [imageId, { all }] of readReadings(database, imageIds))
      readers.set(imageId, new Set(all.map(({ reader }) => reader)))
    yield
  }
  return [...Map.groupBy(standing, ({ reader, due }) => `${due ?? ''}\n${reader}`).values()]
    .flatMap((group): AssignmentView[] => {
      const [first] = group
      if (first === undefined) return []
      const imageIds = group.map(({ imageId }) => imageId)
      const read = imageIds.filter((imageId) => readers.get(imageId)?.has(first.reader) === true).length
      return [{ reader: first.reader, due: first.due, imageIds, read }]
    })
    .sort((a, b) => order(a.reader, b.reader) || order(a.due ?? noDate, b.due ?? noDate))
}

/** After every date. */
const noDate = '~'

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/**
 * Assigns images to a reader, and adds the reader if there is none of this name. Returns how many images were not assigned
 * to the reader before, or had another due date.
 * @throws AppError `image.not-found`, `image.removed`, `reader.looks-alike`; then nothing was changed
 */
export function assignImages(
  database: Writable,
  { imageIds, to, due }: { imageIds: readonly number[]; to: string; due: string | null },
): number {
  return database.transaction(() => {
    requirePresent(database, imageIds)
    const reader = findOrAddReader(database, to)
    const before = dueDates(database, imageIds, reader)
    const changing = imageIds.filter((imageId) => before.get(imageId) !== due)
    if (changing.length > 0)
      insertAssignment(database, { reader, imageIds: changing, isAssigned: true, due, reason: null })
    return changing.length
  })()
}

/**
 * Ends the assignment of images to a reader. Returns how many were assigned.
 * @throws AppError `image.not-found`, `image.removed`, `reader.looks-alike`; then nothing was changed
 */
export function endAssignment(
  database: Writable,
  { imageIds, to, reason }: { imageIds: readonly number[]; to: string; reason: string | null },
): number {
  return database.transaction(() => {
    requirePresent(database, imageIds)
    const reader = requireReaderName(database, to)
    const before = dueDates(database, imageIds, reader)
    const changing = imageIds.filter((imageId) => before.has(imageId))
    if (changing.length > 0)
      insertAssignment(database, { reader, imageIds: changing, isAssigned: false, due: null, reason })
    return changing.length
  })()
}

/** The due date of each of the images that is assigned to a reader; null: none. */
const dueDates = (
  database: Readable,
  imageIds: readonly number[],
  reader: string,
): Map<number, string | null> =>
  new Map(
    listAssignments(database, imageIds)
      .filter((assignment) => assignment.reader === reader)
      .map(({ imageId, due }) => [imageId, due]),
  )

/** @throws AppError `image.not-found`, `image.removed` */
function requirePresent(database: Readable, imageIds: readonly number[]): void {
  const present = new Set(listImageIds(database))
  for (const imageId of imageIds)
    if (!present.has(imageId) && isRemoved(database, imageId))
      throw new AppError('image.removed', { image: String(imageId) })
}
