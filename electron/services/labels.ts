import { AppError } from '../contract/index.ts'
import { getImage, insertLabel, listClasses, type Writable } from '../store/index.ts'

/**
 * Labels images, all or none; null withdraws. On disk when this returns.
 * @throws AppError `image.not-found`, `classes.unknown`
 */
export function setLabels(
  database: Writable,
  imageIds: readonly number[],
  className: string | null,
  reader: string,
): void {
  const known = listClasses(database).map((c) => c.name)
  if (className !== null && !known.includes(className))
    throw new AppError('classes.unknown', { className, known })
  database.transaction(() => {
    for (const imageId of imageIds) {
      getImage(database, imageId)
      insertLabel(database, { imageId, className, reader })
    }
  })()
}
