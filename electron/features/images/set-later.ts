import { inSlices, type Sliced } from '../../base/slices.ts'
import { AppError, type CallOutput } from '../../contract/index.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import {
  currentImages,
  getImages,
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

/**
 * Sets the case of images as one step that its reader can undo; null removes it. Models that were trained
 * before keep their folds.
 * @throws AppError `image.not-found`, `test-set.case-locked`; then nothing was changed
 */
export function* setCaseLater(
  database: Writable,
  imageIds: readonly number[],
  caseName: string | null,
  reader: string,
): Sliced<CallOutput<'image.setCase'>> {
  const locked = lockedImages(database)
  const kept = imageIds.flatMap((id) => locked.get(id) ?? [])
  const [testSet] = kept
  if (testSet !== undefined) throw new AppError('test-set.case-locked', { testSet, images: kept.length })
  const composed = caseName?.normalize('NFC') ?? null
  const before = yield* currentImages(database, imageIds)
  const changing = before.filter((image) => image.caseName !== composed).map(({ id }) => id)
  yield* inOneStep(database, { reader, kind: 'case', imageIds: changing }, (id, step) =>
    setCase(database, id, composed, step),
  )
  const changed = new Set(changing)
  const images = yield* currentImages(database, imageIds)
  yield
  return {
    images,
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
 * @throws AppError `image.not-found`; then nothing was changed
 */
export function* setPixelSizeLater(
  database: Writable,
  imageIds: readonly number[],
  pixelSizeUm: number,
  reader: string,
): Sliced<CallOutput<'image.setPixelSize'>> {
  const changes = new Map<number, ReturnType<typeof pixelSizeChange>>()
  const look = (id: number): boolean => {
    changes.set(id, pixelSizeChange(database, id, pixelSizeUm))
    return changes.get(id) === 'set'
  }
  yield* inSlices(imageIds, (slice) => {
    for (const { id } of getImages(database, slice)) look(id)
  })
  const changing = imageIds.filter((id) => changes.get(id) === 'set')
  // A job may have computed something from an image since.
  yield* inOneStep(
    database,
    { reader, kind: 'pixel-size', imageIds: changing, isPossible: look },
    (id, step) => setPixelSize(database, id, pixelSizeUm, step),
  )
  const countOf = (wanted: ReturnType<typeof pixelSizeChange>): number =>
    [...changes.values()].filter((change) => change === wanted).length
  const changed = countOf('set')
  return {
    images: yield* currentImages(database, imageIds),
    changed,
    fromFile: countOf('from-file'),
    used: countOf('used'),
  }
}

interface OneStep {
  reader: string
  kind: ImageSetting['what']
  imageIds: readonly number[]
  /** Called again before an image is written. */
  isPossible?: (imageId: number) => boolean
}

/** Each slice is a part of the step. */
function* inOneStep(
  database: Writable,
  { reader: named, kind, imageIds, isPossible = () => true }: OneStep,
  set: (imageId: number, step: SettingStep) => void,
): Sliced<void> {
  const reader = knownReaderName(database, named)
  let first: number | null = null
  yield* inSlices(imageIds, (slice) => {
    const possible = slice.filter(isPossible)
    if (possible.length === 0) return
    database.transaction(() => {
      const action = { id: insertAction(database, { reader, kind, partOf: first }), isListed: true }
      for (const [index, id] of possible.entries())
        set(id, { reader, undoes: null, action: { ...action, isLast: index === possible.length - 1 } })
      first ??= action.id
    })()
  })
}
