import type { Sliced } from '../../base/slices.ts'
import {
  AppError,
  type ImageView,
  type ModelTestSet,
  type OpeningReport,
  type TestSetRule,
  type TestSetView,
} from '../../contract/index.ts'
import {
  countRemovedOf,
  countSuggestedBefore,
  currentImages,
  listModels,
  listOpenings,
  listTestSetImages,
  listTestSets,
  readOpeningContent,
  readTrainingData,
  type Readable,
  type TrainingData,
} from '../../store/index.ts'

/** Whether a model has seen the image, or another one of its patient. */
export const hasTrained = (
  { sha256, caseName }: Pick<ImageView, 'sha256' | 'caseName'>,
  training: TrainingData,
): 'image' | 'case' | null => {
  if (training.sha256s.has(sha256)) return 'image'
  return caseName !== null && training.caseNames.has(caseName) ? 'case' : null
}

/** Every test set, newest first, in slices. */
export function* viewTestSets(database: Readable): Sliced<TestSetView[]> {
  const sets = listTestSets(database)
  if (sets.length === 0) return []
  const images = new Map((yield* currentImages(database, null)).map((image) => [image.id, image]))
  yield
  const openings = listOpenings(database)
  const models = listModels(database).map(({ id, name }) => ({
    name,
    training: readTrainingData(database, id),
  }))
  return sets.map((set) => {
    const own = listTestSetImages(database, set.id).flatMap((id) => images.get(id) ?? [])
    const trainedModels = models
      .map(({ name, training }) => ({
        model: name,
        images: own.filter((image) => hasTrained(image, training) !== null).length,
      }))
      .filter((model) => model.images > 0)
    return {
      id: set.id,
      name: set.name,
      rule: ruleView(set.rule),
      lockedAt: set.at,
      lockedBy: set.reader,
      reason: set.reason,
      isCollecting: set.isCollecting,
      images: own.length,
      removed: set.released === null ? countRemovedOf(database, set.id) : 0,
      labelled: own.filter(({ label }) => label !== null).length,
      cases: new Set(own.map(({ caseName, sha256 }) => caseName ?? sha256)).size,
      suggestedBefore: countSuggestedBefore(database, set),
      trainedModels,
      released: set.released,
      openings: openings.filter(({ testSet }) => testSet === set.name),
    }
  })
}

/** What the report of a model has about test sets, in slices: those that were opened for it, and those that trained it. */
export function* testSetsOfModel(
  database: Readable,
  model: { id: number; name: string },
): Sliced<ModelTestSet[]> {
  const sets = listTestSets(database)
  if (sets.length === 0) return []
  const training = readTrainingData(database, model.id)
  const images = new Map((yield* currentImages(database, null)).map((image) => [image.id, image]))
  const all = listOpenings(database)
  return sets
    .map((set) => {
      const ofSet = all.filter(({ testSet }) => testSet === set.name)
      const own = listTestSetImages(database, set.id).flatMap((id) => images.get(id) ?? [])
      return {
        name: set.name,
        isReleased: set.released !== null,
        trainedImages: own.filter((image) => hasTrained(image, training) !== null).length,
        openedTimes: ofSet.length,
        openedForModels: new Set(ofSet.map((opening) => opening.model)).size,
        openings: ofSet.filter((opening) => opening.model === model.name),
      }
    })
    .filter(
      ({ openings, trainedImages, isReleased }) => openings.length > 0 || (trainedImages > 0 && !isReleased),
    )
}

/** @throws AppError `test-set.no-opening` */
export function readOpening(database: Readable, openingId: number): OpeningReport {
  const opening = listOpenings(database).find(({ id }) => id === openingId)
  const content = readOpeningContent(database, openingId)
  if (opening === undefined || content === null) {
    throw new AppError('test-set.no-opening', { opening: String(openingId) })
  }
  return { ...opening, ...content }
}

/** Without lists of cases and images, which are counted elsewhere. */
function ruleView(rule: TestSetRule): TestSetView['rule'] {
  const { kind } = rule
  if (kind === 'random') return rule
  return kind === 'column' ? { kind, column: rule.column, value: rule.value } : { kind }
}
