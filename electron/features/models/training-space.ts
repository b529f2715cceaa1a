import type { Recipe } from '../../contract/index.ts'
import { membersOf } from '../../engine/recipe/members.ts'
import { descriptorLength } from '../../engine/recipe/descriptor-length.ts'

/** Size of a leaf in a booster's text, measured: value, weight and count, and the feature and threshold of its split. */
const bytesPerLeaf = 120
/** Size of a weight in the text of a logistic regression, with the space behind it. */
const bytesPerWeight = 22

/** Estimated size of what a training writes, in bytes: the descriptors of every image and the classifiers' texts. */
export function trainingBytes(images: number, classes: number, recipe: Recipe): number {
  const { augmentation, crops, encoders, boosting } = recipe
  const lengths = encoders.reduce((sum, name) => sum + descriptorLength(recipe, name), 0)
  // One for each augmentation, and their mean for likeness.
  const descriptors = images * crops.sets.length * (augmentation.count + 1) * lengths * 4
  const leaves =
    boosting.max_depth > 0 ? Math.min(boosting.num_leaves, 2 ** boosting.max_depth) : boosting.num_leaves
  // A leaf holds at least one row.
  const perTree = Math.min(leaves, Math.max(1, images * augmentation.count)) * bytesPerLeaf
  const constituents = crops.sets.length * encoders.length
  const trees = membersOf(recipe).filter(({ kind }) => kind === 'lightgbm').length * boosting.rounds * classes
  const weights = membersOf(recipe).filter(({ kind }) => kind === 'logistic').length * (classes + 2) * lengths
  return descriptors + constituents * trees * perTree + crops.sets.length * weights * bytesPerWeight
}
