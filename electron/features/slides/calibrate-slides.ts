import {
  AppError,
  minThresholdCases,
  slideAlgorithm,
  type CallOutput,
  type SlideThreshold,
  type ThresholdSlides,
} from '../../contract/index.ts'
import {
  countCases,
  learnThreshold,
  leaveCasesOut,
  type LabelledSlide,
} from '../../engine/slides/learn-threshold.ts'
import type { ServiceContext } from '../../session/context.ts'
import {
  caseSeenBy,
  findModelInUse,
  getImages,
  insertSlideThreshold,
  listClasses,
  listWholeSlides,
  readSlideThreshold,
  type Readable,
  type StoredModel,
  type ThresholdCase,
  type WholeSlide,
} from '../../store/index.ts'

interface UsableSlide extends LabelledSlide {
  readonly sha256: string
  readonly mapSha256: string
  readonly synthetic: boolean
}

interface Found extends ThresholdSlides {
  /** By case, then by content hash. */
  readonly usable: readonly UsableSlide[]
}

/** The threshold of a model, and the slides that one could be learned on now. @throws AppError `model.*` */
export function slideThreshold(database: Readable, modelName: string | null): CallOutput<'slide.threshold'> {
  const model = findModelInUse(database, modelName)
  const { usable: _, ...slides } = findSlides(database, model)
  return { ...slides, modelName: model.name, learned: readSlideThreshold(database, model.id) }
}

/**
 * Learns the threshold of a model from the labels of slides that it analysed, judges it with one case left out at a time, and
 * records it with the hashes of all that it was learned from. Slides whose case trained the classifiers that predicted them are
 * not used.
 * @throws AppError `model.*`, `slide.threshold-two-classes`, `slide.threshold-too-few`, `slide.threshold-inseparable`
 */
export function calibrateSlides(
  { session, emit }: Pick<ServiceContext, 'session' | 'emit'>,
  modelName: string | null,
): SlideThreshold {
  const { database } = session.workspace
  const model = findModelInUse(database, modelName)
  if (new Set(model.scheme.map(({ isPositive }) => isPositive)).size < 2)
    throw new AppError('slide.threshold-two-classes', { model: model.name })
  const { usable, ...found } = findSlides(database, model)
  if (Math.min(found.positive.cases, found.negative.cases) < minThresholdCases)
    throw new AppError('slide.threshold-too-few', { ...found, model: model.name, needed: minThresholdCases })
  const { threshold, youden } = learnThreshold(usable)
  if (youden <= 0)
    throw new AppError('slide.threshold-inseparable', { model: model.name, slides: usable.length })
  const { thresholds, outOfFold } = leaveCasesOut(usable)
  const learned = insertSlideThreshold(database, model.id, {
    ...found,
    threshold,
    slides: usable.length,
    cases: thresholds.size,
    outOfFold,
    algorithm: slideAlgorithm,
    synthetic: usable.some(({ synthetic }) => synthetic),
    caseList: [...thresholds].map(([caseName, held]): ThresholdCase => ({
      caseName,
      threshold: held,
      slides: usable
        .filter((slide) => slide.caseName === caseName)
        .map(({ sha256, mapSha256, share, isPositive }) => ({ sha256, mapSha256, share, isPositive })),
    })),
  })
  const imageIds = listWholeSlides(database, model.id).map(({ imageId }) => imageId)
  emit({ name: 'images.changed', payload: { imageIds } })
  return learned
}

function findSlides(database: Readable, model: StoredModel): Found {
  const analyses = listWholeSlides(database, model.id)
  const images = getImages(
    database,
    analyses.map(({ imageId }) => imageId),
  )
  const positiveOf = new Map(listClasses(database).map(({ name, isPositive }) => [name, isPositive]))
  const leftOut = { locked: 0, unlabelled: 0, withoutCase: 0, older: 0, trained: 0 }
  const usable: UsableSlide[] = []
  images.forEach((image, index) => {
    const analysis = analyses[index]
    const { sha256, caseName, testSet, synthetic } = image
    const isPositive = image.label === null ? undefined : positiveOf.get(image.label.className)
    if (testSet != null) leftOut.locked += 1
    else if (isPositive === undefined) leftOut.unlabelled += 1
    else if (caseName === null) leftOut.withoutCase += 1
    else if (analysis?.algorithm !== slideAlgorithm) leftOut.older += 1
    else if (caseSeenBy(database, model.id, { ...image, outOfFold: analysis.outOfFold })) leftOut.trained += 1
    else usable.push({ sha256, caseName, synthetic, isPositive, ...withoutImage(analysis) })
  })
  usable.sort((a, b) => compare(a.caseName, b.caseName) || compare(a.sha256, b.sha256))
  const group = (isPositive: boolean): ThresholdSlides['positive'] => ({
    slides: usable.filter((slide) => slide.isPositive === isPositive).length,
    cases: countCases(usable, isPositive),
  })
  return { usable, positive: group(true), negative: group(false), leftOut }
}

const withoutImage = ({ mapSha256, share }: WholeSlide): Pick<WholeSlide, 'mapSha256' | 'share'> => ({
  mapSha256,
  share,
})

/** By code unit, the same in every language. */
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
