import { inSlices, type Sliced } from '../../base/slices.ts'
import { AppError, type CallOutput } from '../../contract/index.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import {
  currentImages,
  getImages,
  isRemoved,
  insertAction,
  knownReaderName,
  listCaseNames,
  listFolds,
  listModels,
  lockedImages,
  pixelSizeChange,
  setCase,
  setPixelSize,
  setRemoved,
  type ImageSetting,
  type Readable,
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
    models: modelsTrainedOn(database, changed),
    similarCases: findSimilarNames(listCaseNames(database))
      .map(({ names }) => names)
      .filter((names) => composed !== null && names.includes(composed)),
  }
}

/**
 * Removes images from the workspace as one step that its reader can undo, or restores removed ones. Their files, labels,
 * predictions and regions stay, and so do the models that were trained on them.
 * @throws AppError `image.not-found`, `test-set.image-locked`; then nothing was changed
 */
export function* setRemovedLater(
  database: Writable,
  imageIds: readonly number[],
  toRemove: boolean,
  reader: string,
): Sliced<CallOutput<'image.setRemoved'>> {
  // Nor does a set grow by an image that was removed before it was locked, and that its openings did not count.
  const locked = lockedImages(database, null, { withRemoved: true })
  const kept = imageIds.flatMap((id) => locked.get(id) ?? [])
  const [testSet] = kept
  if (testSet !== undefined) throw new AppError('test-set.image-locked', { testSet, images: kept.length })
  const changing: number[] = []
  yield* inSlices(imageIds, (slice) =>
    changing.push(...slice.filter((id) => isRemoved(database, id) !== toRemove)),
  )
  yield* inOneStep(database, { reader, kind: 'removal', imageIds: changing }, (id, step) =>
    setRemoved(database, id, toRemove, step),
  )
  return { changed: changing.length, models: modelsTrainedOn(database, new Set(changing)) }
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

/** The models that were trained on one of the images. */
const modelsTrainedOn = (database: Readable, imageIds: ReadonlySet<number>): string[] =>
  listModels(database)
    .filter(({ id }) => [...listFolds(database, id).keys()].some((imageId) => imageIds.has(imageId)))
    .map(({ name }) => name)

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
