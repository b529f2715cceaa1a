import type { Recipe } from '../contract/index.ts'
import { constituentsOf } from '../engine/descriptors/constituents.ts'
import { architectures } from '../engine/encoders/architectures.ts'

/**
 * Of one thread, fitted to trainings with the addon on a server's processor, 84 to 16 200 rows (docs/performance.md): for
 * each column that a tree looks at, to set it up, to look for the best split of a leaf among its bins, and to count a
 * row into bins.
 */
const nsPerTreeColumn = 700
const nsPerLeafBin = 7
const nsPerRowColumn = 1
/** Trees stay this far below the leaves that their depth allows, however many rows there are. */
const leavesOfFull = 0.55
/** LightGBM's own limits: bins of a column, and rows of a bin. */
const mostBins = 255
const rowsPerBin = 3

/**
 * About how long the boosters of a training take, in ms, with one for each core at once. Good for the order of
 * things, such as the time that is left while images are still being encoded; not for a promise.
 */
export function boostersMs(images: number, classes: number, recipe: Recipe, cores: number): number {
  const { augmentation, folds, seeds, boosting } = recipe
  const rows = (images * augmentation.count * (folds - 1)) / folds
  const full =
    boosting.max_depth > 0 ? Math.min(boosting.num_leaves, 2 ** boosting.max_depth) : boosting.num_leaves
  // Rows that fill leaves to their least number, unless the depth ends it.
  const leaves = Math.max(2, 1 / (boosting.min_data_in_leaf / rows + 1 / (leavesOfFull * full)))
  const bins = Math.min(mostBins, rows / rowsPerBin)
  const depth = Math.log2(leaves)
  // A tree of one leaf looks at nothing.
  if (rows < 2 * boosting.min_data_in_leaf) return 0
  const perColumnNs = nsPerTreeColumn + nsPerLeafBin * leaves * bins + (nsPerRowColumn * rows * depth) / 2
  const trees = boosting.rounds * classes * folds * seeds
  const columns = constituentsOf(recipe).reduce(
    (sum, { encoder }) => sum + architectures[encoder].descriptorLength,
    0,
  )
  const boosters = constituentsOf(recipe).length * folds * seeds
  return (trees * columns * boosting.feature_fraction * perColumnNs) / 1e6 / Math.min(cores, boosters)
}
