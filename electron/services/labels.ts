import { AppError, type ClassScheme } from '../contract/index.ts'
import {
  countClassedRegionEntries,
  countLabels,
  getImage,
  insertLabel,
  listClasses,
  listLabels,
  replaceClasses,
  type Writable,
} from '../store/index.ts'

interface Said {
  reader: string
  comment: string | null
}

/**
 * Labels images, all or none; null withdraws. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`
 */
export function setLabels(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  said: Said,
): void {
  const known = listClasses(database).map((c) => c.name)
  if (className !== null && !known.includes(className))
    throw new AppError('classes.unknown', { className, known })
  database.transaction(() => {
    for (const imageId of imageIds) {
      getImage(database, imageId)
      insertLabel(database, { imageId, className, ...said })
    }
  })()
}

/**
 * Takes back the newest entry that still stands of each image, all or none, by a new entry that says what
 * stood before it. Asked again, it takes back the one before.
 * @throws AppError `image.not-found`, `label.nothing-to-undo`
 */
export function undoLabels(database: Writable, imageIds: readonly number[], said: Said): void {
  database.transaction(() => {
    for (const imageId of imageIds) {
      getImage(database, imageId)
      const entries = listLabels(database, imageId)
      const undone = new Set(entries.flatMap(({ undoes }) => undoes ?? []))
      const standing = entries.filter(({ id, undoes }) => undoes === null && !undone.has(id))
      const last = standing.at(-1)
      if (last === undefined) throw new AppError('label.nothing-to-undo', { image: String(imageId) })
      const className = standing.at(-2)?.className ?? null
      insertLabel(database, { imageId, className, ...said, undoes: last.id })
    }
  })()
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
