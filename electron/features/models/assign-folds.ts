import {
  AppError,
  hasCode,
  weightsWarning,
  type ClassScheme,
  type Failure,
  type Recipe,
  type WeightsSource,
} from '../../contract/index.ts'
import { counted, fileFormat } from '../../report/format.ts'
import { regionsLeftOut } from '../../report/training-words.ts'
import { stratifiedGroupKFold, stratifiedKFold } from '../../engine/evaluation/folds.ts'

/** What a model is trained on: an image, or a region of one, as if it had the class of the region. */
export interface Labelled {
  /** Of the image. */
  readonly id: number
  readonly caseName: string | null
  readonly label: { readonly className: string } | null
}

export interface Split {
  /** Fold of each item. */
  folds: number[]
  groupedBy: 'case' | 'image'
  /** Number of different cases, also if the folds are by image. */
  cases: number
  imagesWithoutCase: number
}

export const classIndexOf = (image: Pick<Labelled, 'label'>, classes: ClassScheme): number =>
  classes.findIndex((c) => c.name === image.label?.className)

/** The classes that these images have: a model knows no other, and a class without labels stops no training. */
export const classesOf = (images: readonly Pick<Labelled, 'label'>[], classes: ClassScheme): ClassScheme => {
  const used = new Set(images.map(({ label }) => label?.className))
  return classes.filter(({ name }) => used.has(name))
}

/**
 * Refuses to train without a class, or with too few cases of one, because files are missing: their labels are there, so that
 * advice to label more would not help.
 * @param failed of `images`, those that could not be read
 * @throws AppError `training.images-missing`; the codes of assignFolds for any other reason
 */
export function assignFoldsWithout(
  images: readonly Labelled[],
  failed: readonly Pick<Failure, 'imageId'>[],
  ...[classes, recipe, groupBy]: [ClassScheme, Recipe, 'case' | 'image' | null]
): Split {
  const lost = new Set(failed.map(({ imageId }) => imageId))
  const left = images.filter(({ id }) => !lost.has(id))
  const lack = (className: string): never => {
    const missing = images.filter(({ id, label }) => lost.has(id) && label?.className === className).length
    throw new AppError('training.images-missing', { className, images: missing })
  }
  const used = classesOf(left, classes)
  const gone = classes.find((one) => !used.includes(one))
  if (gone !== undefined) lack(gone.name)
  try {
    return assignFolds(left, classes, recipe, groupBy)
  } catch (error) {
    if (lost.size > 0 && hasCode(error, 'training.too-few-cases'))
      lack((error as AppError<'training.too-few-cases'>).details.className)
    throw error
  }
}

/** A number for each item: that of its case, in the order of names, or that of its image where it has none. */
export function groupsByCase(images: readonly Pick<Labelled, 'id' | 'caseName'>[]): number[] {
  const caseNames = [...new Set(images.flatMap((image) => image.caseName ?? []))].toSorted()
  const firstOf = new Map<number, number>()
  return images.map(({ id, caseName }, i) => {
    if (caseName !== null) return caseNames.indexOf(caseName)
    const first = firstOf.get(id) ?? i
    firstOf.set(id, first)
    return caseNames.length + first
  })
}

/**
 * Assigns images to folds: by case if any image has one (an image without a case is a case of its own), otherwise by
 * image (docs/pipeline.md, section 10). Regions stay in the fold of their image in any case.
 * @param groupBy overrides that; null: no choice
 * @throws AppError `training.too-few-classes`, `training.too-few-images`, `training.too-few-cases`, `training.no-cases`
 */
export function assignFolds(
  images: readonly Labelled[],
  classes: ClassScheme,
  recipe: Recipe,
  groupBy: 'case' | 'image' | null,
): Split {
  const found = new Set(images.map((image) => image.label?.className)).size
  if (found < 2) throw new AppError('training.too-few-classes', { found, needed: 2 })
  if (images.length < recipe.folds) {
    throw new AppError('training.too-few-images', { images: images.length, needed: recipe.folds })
  }
  const classIndexes = images.map((image) => classIndexOf(image, classes))
  const classNames = classes.map((c) => c.name)
  const options = { nSplits: recipe.folds, randomState: recipe.seed }
  const caseNames = new Set(images.flatMap((image) => image.caseName ?? []))
  const imagesWithoutCase = countImages(images.filter((image) => image.caseName === null))
  const counts = { cases: caseNames.size, imagesWithoutCase }
  if (caseNames.size === 0 && groupBy === 'case') throw new AppError('training.no-cases', {})
  if (caseNames.size === 0 || groupBy === 'image') {
    const isEachOnce = countImages(images) === images.length
    const ofImage = images.map(({ id }) => ({ id, caseName: null }))
    const folds = isEachOnce
      ? stratifiedKFold(classIndexes, classNames, options)
      : stratifiedGroupKFold(classIndexes, groupsByCase(ofImage), classNames, options)
    return { folds, groupedBy: 'image', ...counts }
  }
  const folds = stratifiedGroupKFold(classIndexes, groupsByCase(images), classNames, options)
  return { folds, groupedBy: 'case', ...counts }
}

const countImages = (items: readonly Pick<Labelled, 'id'>[]): number =>
  new Set(items.map(({ id }) => id)).size

/** Warnings that limit the results of a training; the most important first. */
export function warningsOf({
  groupedBy,
  cases,
  images,
  imagesWithoutCase,
  weights,
  disputed = 0,
  locked = 0,
  external,
  regions = null,
}: Omit<Split, 'folds'> & {
  images: number
  weights: WeightsSource
  /** Number of images left out because their readers disagree. */
  disputed?: number
  /** Number of labelled images left out because they belong to locked test sets. */
  locked?: number
  /** Name of the set of external descriptors that the model was trained on. */
  external?: string | undefined
  /** Labelled regions that it was trained on, and those that could not be used; null: they were not asked for. */
  regions?: UsedRegions | null
}): string[] {
  const found: string[] = []
  const warning = weightsWarning(weights)
  if (warning !== null) found.push(warning)
  if (external !== undefined) {
    found.push(
      `EXTERNAL DESCRIPTORS: the set "${external}" was made by another program; its weights, stain normalisation and augmentation are unknown.`,
    )
  } else if (weights === 'unofficial') {
    found.push('UNOFFICIAL WEIGHTS: not the published files of the encoders.')
  }
  if (groupedBy === 'image' && cases > 0) {
    found.push(
      `FOLDS BY IMAGE, as requested: images of the same case (${cases} cases) are in both training and test folds, so accuracy is overestimated.`,
    )
  } else if (groupedBy === 'image') {
    found.push(
      'Folds by image: no image has a case. Images of one patient may be in both training and test folds.',
    )
  } else if (imagesWithoutCase > 0) {
    found.push(`${imagesWithoutCase} of ${images} images have no case; each counts as a case of its own.`)
  }
  if (regions !== null) found.push(...regionSentences(regions))
  if (disputed > 0) {
    found.push(
      `${disputed} ${disputed === 1 ? 'image was' : 'images were'} left out: readers disagree and there is no adjudication.`,
    )
  }
  if (locked > 0) {
    found.push(
      `${locked} labelled ${locked === 1 ? 'image' : 'images'} of locked test sets ${locked === 1 ? 'was' : 'were'} left out.`,
    )
  }
  return found
}

export interface UsedRegions {
  readonly regions: number
  readonly images: number
  readonly fields: number
  readonly withoutField: number
  /** Regions of slides without a pixel size. */
  readonly withoutPixelSize: number
  /** Regions whose fields have less than half of tissue. */
  readonly withoutTissue: number
}

function regionSentences({ regions, images, fields, ...leftOut }: UsedRegions): string[] {
  const format = fileFormat
  const used = `REGIONS: ${counted(format, regions, 'labelled region')} of ${counted(format, images, 'image')} (${counted(format, fields, 'training field')}) count like images in these figures, each once, by the mean over its fields. Readers chose them, so they may be clearer than other tissue.`
  return [...(regions === 0 ? [] : [used]), ...regionsLeftOut(leftOut, format)]
}
