import { AppError, type CallOutput } from '../../contract/index.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import {
  insertAction,
  knownReaderName,
  listCaseNames,
  listFolds,
  listModels,
  lockedImages,
  pixelSizeChange,
  setCase,
  setPixelSize,
  type ImageSetting,
  type SettingStep,
  type Writable,
} from '../../store/index.ts'
import { currentImages } from '../labels/labels.ts'

/**
 * Sets the case of images, all or none, as one step that its reader can undo; null removes it. Models that were trained
 * before keep their folds.
 * @throws AppError `image.not-found`, `test-set.case-locked`
 */
export function setCaseLater(
  database: Writable,
  imageIds: readonly number[],
  caseName: string | null,
  reader: string,
): CallOutput<'image.setCase'> {
  const locked = lockedImages(database)
  const kept = imageIds.flatMap((id) => locked.get(id) ?? [])
  const [testSet] = kept
  if (testSet !== undefined) throw new AppError('test-set.case-locked', { testSet, images: kept.length })
  const composed = caseName?.normalize('NFC') ?? null
  const before = currentImages(database, imageIds)
  const changing = before.filter((image) => image.caseName !== composed).map(({ id }) => id)
  inOneStep(database, { reader, kind: 'case', imageIds: changing }, (id, step) =>
    setCase(database, id, composed, step),
  )
  const changed = new Set(changing)
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
 * Sets the pixel size of images, as stated by a user, as one step that its reader can undo. Left as they are: images whose
 * file says it, and images from which something was computed, since descriptors and predictions depend on it.
 * @throws AppError `image.not-found`
 */
export function setPixelSizeLater(
  database: Writable,
  imageIds: readonly number[],
  pixelSizeUm: number,
  reader: string,
): CallOutput<'image.setPixelSize'> {
  const changes = currentImages(database, imageIds).map(
    ({ id }) => [id, pixelSizeChange(database, id, pixelSizeUm)] as const,
  )
  const changing = changes.flatMap(([id, change]) => (change === 'set' ? id : []))
  inOneStep(database, { reader, kind: 'pixel-size', imageIds: changing }, (id, step) =>
    setPixelSize(database, id, pixelSizeUm, step),
  )
  const countOf = (wanted: (typeof changes)[number][1]): number =>
    changes.filter(([, change]) => change === wanted).length
  return {
    images: currentImages(database, imageIds),
    changed: changing.length,
    fromFile: countOf('from-file'),
    used: countOf('used'),
  }
}

function inOneStep(
  database: Writable,
  {
    reader: named,
    kind,
    imageIds,
  }: { reader: string; kind: ImageSetting['what']; imageIds: readonly number[] },
  set: (imageId: number, step: SettingStep) => void,
): void {
  if (imageIds.length === 0) return
  const reader = knownReaderName(database, named)
  database.transaction(() => {
    const action = { id: insertAction(database, { reader, kind }), isListed: true }
    for (const [index, id] of imageIds.entries())
      set(id, { reader, undoes: null, action: { ...action, isLast: index === imageIds.length - 1 } })
  })()
}
