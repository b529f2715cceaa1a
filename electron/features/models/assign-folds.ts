import {
  AppError,
  untrainedWarning,
  type ClassScheme,
  type ImageView,
  type Recipe,
  type WeightSource,
} from '../../contract/index.ts'
import { stratifiedGroupKFold, stratifiedKFold } from '../../engine/evaluation/folds.ts'

export interface Split {
  /** Fold of each image. */
  folds: number[]
  groupedBy: 'case' | 'image'
  /** How many the images name, whether or not the folds heed them. */
  cases: number
  imagesWithoutCase: number
}

export const classIndexOf = (image: ImageView, classes: ClassScheme): number =>
  classes.findIndex((c) => c.name === image.label?.className)

/**
 * Folds by case where any image carries one (an image without a case is a case of its own), otherwise by
 * image; by image in spite of cases only where that is asked for (docs/pipeline.md, section 10).
 * @throws AppError `training.too-few-images`, `training.too-few-cases`, `training.no-cases`
 */
export function assignFolds(
  images: readonly ImageView[],
  classes: ClassScheme,
  recipe: Recipe,
  groupBy: 'case' | 'image' | null,
): Split {
  if (images.length < recipe.folds) {
    throw new AppError('training.too-few-images', { images: images.length, needed: recipe.folds })
  }
  const classIndexes = images.map((image) => classIndexOf(image, classes))
  const classNames = classes.map((c) => c.name)
  const options = { nSplits: recipe.folds, randomState: recipe.seed }
  const caseNames = [...new Set(images.flatMap((image) => image.caseName ?? []))].toSorted()
  const imagesWithoutCase = images.filter((image) => image.caseName === null).length
  const counts = { cases: caseNames.length, imagesWithoutCase }
  if (caseNames.length === 0 && groupBy === 'case') throw new AppError('training.no-cases', {})
  if (caseNames.length === 0 || groupBy === 'image') {
    return { folds: stratifiedKFold(classIndexes, classNames, options), groupedBy: 'image', ...counts }
  }
  const groups = images.map((image, i) =>
    image.caseName === null ? caseNames.length + i : caseNames.indexOf(image.caseName),
  )
  const folds = stratifiedGroupKFold(classIndexes, groups, classNames, options)
  return { folds, groupedBy: 'case', ...counts }
}

/** What limits the figures of a training; the first is the headline's. */
export function warningsOf({
  groupedBy,
  cases,
  images,
  imagesWithoutCase,
  encoders,
  disputed = 0,
  external,
}: Omit<Split, 'folds'> & {
  images: number
  encoders: WeightSource
  /** Images whose readers disagree, which take no part. */
  disputed?: number
  /** The set of external descriptors that it was trained on. */
  external?: string | undefined
}): string[] {
  const found: string[] = []
  if (encoders === 'demo') found.push(untrainedWarning)
  if (external !== undefined) {
    found.push(
      `EXTERNAL DESCRIPTORS: the set "${external}" was made by another program; its weights, stain normalisation and augmentation are not known to Lobule.`,
    )
  } else if (encoders === 'unofficial') {
    found.push('UNOFFICIAL WEIGHTS: not the published files of the encoders.')
  }
  if (groupedBy === 'image' && cases > 0) {
    found.push(
      `FOLDS BY IMAGE, as asked: images of the ${cases} known cases stand on both sides, so the figures flatter the model.`,
    )
  } else if (groupedBy === 'image') {
    found.push('Folds by image: no image carries a case. Images of one patient may stand on both sides.')
  } else if (imagesWithoutCase > 0) {
    found.push(
      `${imagesWithoutCase} of ${images} images carry no case; each is taken for a patient of its own.`,
    )
  }
  if (disputed > 0) {
    found.push(
      `${disputed} ${disputed === 1 ? 'image' : 'images'} took no part, since readers disagree and nobody adjudicated.`,
    )
  }
  return found
}
