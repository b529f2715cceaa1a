import type { EncoderView } from './encoders.ts'
import type { EncoderName } from './encoder-names.ts'
import type { Recipe } from './recipe.ts'

/** A class with labelled images, as folds count it. */
export interface ClassMembers {
  className: string
  /** Cases, each image without a case as one of its own; images where folds are by image. */
  members: number
}

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
