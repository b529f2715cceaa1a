import { AppError, type CallOutput } from '../../contract/index.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import {
  listCaseNames,
  listFolds,
  listModels,
  lockedImages,
  setCase,
  setPixelSize,
  type Writable,
} from '../../store/index.ts'
import { currentImages } from '../labels/labels.ts'

/**
 * Sets the case of images, all or none; null removes it. Models that were trained before keep their folds.
 * @throws AppError `image.not-found`, `test-set.case-locked`
 */
export function setCaseLater(
  database: Writable,
  imageIds: readonly number[],
  caseName: string | null,
): CallOutput<'image.setCase'> {
  const locked = lockedImages(database)
  const kept = imageIds.flatMap((id) => locked.get(id) ?? [])
  const [testSet] = kept
  if (testSet !== undefined) throw new AppError('test-set.case-locked', { testSet, images: kept.length })
  const composed = caseName?.normalize('NFC') ?? null
  const before = currentImages(database, imageIds)
  database.transaction(() => {
    for (const { id, caseName: old } of before) if (old !== composed) setCase(database, id, composed)
  })()
  const changed = new Set(before.filter((image) => image.caseName !== composed).map(({ id }) => id))
  return {
    images: currentImages(database, imageIds),
    changed: changed.size,
    models: listModels(database)
      .filter(({ id }) => [...listFolds(database, id).keys()].some((imageId) => changed.has(imageId)))
      .map(({ name }) => name),
    similarCases: findSimilarNames(listCaseNames(database))
      .map(({ names }) => names)
      .filter((names) => composed !== null && names.includes(composed)),
  }
}

/**
 * Sets the pixel size of images, as stated by a user. Left as they are: images whose file says it, and images from which
 * something was computed, since descriptors and predictions depend on it.
 * @throws AppError `image.not-found`
 */
export function setPixelSizeLater(
  database: Writable,
  imageIds: readonly number[],
  pixelSizeUm: number,
): CallOutput<'image.setPixelSize'> {
  const before = currentImages(database, imageIds)
  const counts = database.transaction(() => {
    const outcomes = before.map(({ id }) => setPixelSize(database, id, pixelSizeUm))
    const countOf = (wanted: (typeof outcomes)[number]): number =>
      outcomes.filter((outcome) => outcome === wanted).length
    return { changed: countOf('set'), fromFile: countOf('from-file'), used: countOf('used') }
  })()
  return { images: currentImages(database, imageIds), ...counts }
}
