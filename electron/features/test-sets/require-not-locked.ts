import { AppError } from '../../contract/index.ts'
import { lockedImages, type Readable } from '../../store/index.ts'

/**
 * Refuses to let a model suggest a class for images of a locked test set that are given by name.
 * @throws AppError `test-set.locked`
 */
export function requireNotLocked(database: Readable, imageIds: readonly number[]): void {
  const locked = lockedImages(database)
  const found = imageIds.flatMap((id) => locked.get(id) ?? [])
  const [testSet] = found
  if (testSet !== undefined) throw new AppError('test-set.locked', { testSet, images: found.length })
}
