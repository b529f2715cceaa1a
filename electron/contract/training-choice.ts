import type { EncoderView } from './encoders.ts'
import type { EncoderName } from './encoder-names.ts'
import type { ImageView } from './images.ts'
import type { TrainingFields } from './models.ts'
import type { Recipe } from './recipe.ts'

/** A class with labelled images, as folds count it. */
export interface ClassMembers {
  className: string
  /** Cases, each image without a case as one of its own; images where folds are by image. */
  members: number
}

/** A class that an image has, as a whole or by its labelled regions. */
export interface LabelledPart {
  /** Of the image. */
  id: number
  caseName: string | null
  className: string
}

/**
 * What a training uses outside locked test sets.
 * @param fields null: labelled regions are not used
 */
export function labelledParts(
  images: readonly Pick<ImageView, 'id' | 'caseName' | 'label' | 'testSet'>[],
  fields: TrainingFields | null,
): LabelledPart[] {
  const bySlide = new Set(fields?.imageIds)
  const whole = images.flatMap(({ id, caseName, label, testSet }) =>
    label === null || testSet || bySlide.has(id) ? [] : [{ id, caseName, className: label.className }],
  )
  const cases = new Map(images.map(({ id, caseName }) => [id, caseName]))
  const ofRegions = (fields?.counts ?? []).map(({ imageId, className }) => ({
    id: imageId,
    caseName: cases.get(imageId) ?? null,
    className,
  }))
  return [...whole, ...ofRegions]
}

/** The number of images, or of cases with each image without a case as one of its own. */
export const countGroups = (parts: readonly LabelledPart[], grouping: 'case' | 'image'): number =>
  new Set(parts.map(({ id, caseName }) => (grouping === 'image' ? id : (caseName ?? id)))).size

/** The classes of these parts as folds count them. */
export const membersOfClasses = (
  parts: readonly LabelledPart[],
  grouping: 'case' | 'image',
): ClassMembers[] =>
  [...Map.groupBy(parts, ({ className }) => className)].map(([className, own]) => ({
    className,
    members: countGroups(own, grouping),
  }))

/** Settings with which a training can start. */
export interface TrainingChoice {
  /** Empty: none is installed. */
  encoders: EncoderName[]
  /** Encoders that the recipe names and that are not used, because they are not installed or not trained. */
  replaced: EncoderName[]
  areUntrained: boolean
  /** The most that the recipe and the rarest class allow. */
  folds: number
  rarest: ClassMembers | null
  /** Why nothing can be trained; null: it can. */
  problem: 'too-few-classes' | 'too-few-members' | 'no-encoder' | null
}

/** Fewest folds: one part to train on, one to test on. */
const minFolds = 2

/**
 * Fits a recipe to what there is: encoders that are installed, trained before untrained and the recipe's own before
 * others, and at most as many folds as the rarest class has cases.
 * @param classes those with labelled images
 */
export function chooseTraining(
  recipe: Pick<Recipe, 'encoders' | 'folds'>,
  installed: readonly Pick<EncoderView, 'name' | 'source'>[],
  classes: readonly ClassMembers[],
): TrainingChoice {
  const isTrained = (name: EncoderName): boolean =>
    installed.some((one) => one.name === name && one.source !== 'missing' && one.source !== 'untrained')
  const isUntrained = (name: EncoderName): boolean =>
    installed.some((one) => one.name === name && one.source === 'untrained')
  const others = installed.map(({ name }) => name)
  const chosen = [
    recipe.encoders.filter(isTrained),
    others.filter(isTrained).slice(0, 1),
    recipe.encoders.filter(isUntrained),
    others.filter(isUntrained).slice(0, 1),
  ]
  const encoders = chosen.find((names) => names.length > 0) ?? []
  const rarest = classes.reduce<ClassMembers | null>(
    (least, next) => (least === null || next.members < least.members ? next : least),
    null,
  )
  const problem =
    classes.length < 2
      ? 'too-few-classes'
      : rarest !== null && rarest.members < minFolds
        ? 'too-few-members'
        : encoders.length === 0
          ? 'no-encoder'
          : null
  return {
    encoders,
    replaced: recipe.encoders.filter((name) => !encoders.includes(name)),
    areUntrained: encoders.some(isUntrained),
    folds: Math.max(minFolds, Math.min(recipe.folds, rarest?.members ?? recipe.folds)),
    rarest,
    problem,
  }
}
