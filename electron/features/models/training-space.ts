import type { Recipe } from '../../contract/index.ts'
import { architectures } from '../../engine/encoders/architectures.ts'

/** Of a booster's text, measured: a leaf takes its value, weight and count, and its split's feature and threshold. */
const bytesPerLeaf = 120

/** About how many bytes a training writes: descriptors of every image and the boosters' texts. */
export function trainingBytes(images: number, classes: number, recipe: Recipe): number {
  const { augmentation, crops, encoders, folds, seeds, boosting } = recipe
  const lengths = encoders.reduce((sum, name) => sum + architectures[name].descriptorLength, 0)
  // Each augmentation's, and their mean for likeness.
  const descriptors = images * crops.sets.length * (augmentation.count + 1) * lengths * 4
  const leaves =
    boosting.max_depth > 0 ? Math.min(boosting.num_leaves, 2 ** boosting.max_depth) : boosting.num_leaves
  // A tree has no more leaves than images can fill.
  const perTree = Math.min(leaves, Math.max(1, images * augmentation.count)) * bytesPerLeaf
  const boosters = crops.sets.length * encoders.length * folds * seeds * boosting.rounds * classes * perTree
  return descriptors + boosters
}
