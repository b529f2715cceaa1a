import type { Recipe } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { architectures } from '../../engine/encoders/architectures.ts'

/**
 * Of one thread, fitted to trainings on descriptors of real fields with the addon on a server's processor
 * (docs/performance.md). For each column of a booster, to set up its histograms, and for each of their bins:
 */
const nsPerColumn = 35_000
const nsPerColumnBin = 700
/** For each column that a tree looks at: for a leaf, to look among its bins for the best split, and to count a row. */
const nsPerLeafColumn = 150
const nsPerLeafBin = 2.6
const nsPerRowColumn = 0.25
/** Of a booster, to predict what it has not seen and to be kept on the disk. */
const keepingMs = 30
/** Trees stay this far below the leaves that their depth allows, however many rows there are. */
const leavesOfFull = 0.55
/** Where rows are what a tree lacks, a leaf has so many times the least number of them. */
const rowsOfLeast = 1.5
/** LightGBM's own limits: bins of a column, and rows of a bin. */
const mostBins = 255
const rowsPerBin = 3

/**
 * About how long the boosters of a training take, in ms, with one for each core at once. Good for the order of
 * things, such as the time that is left while images are still being encoded; not for a promise.
 */
export function boostersMs(images: number, classes: number, recipe: Recipe, cores: number): number {
  const { augmentation, folds, seeds } = recipe
  const rows = (images * augmentation.count * (folds - 1)) / folds
  const columns = constituentsOf(recipe).map(({ encoder }) => architectures[encoder].descriptorLength)
  const ofFold = columns.reduce((sum, count) => sum + boosterMs(rows, count, classes, recipe), 0)
  const boosters = columns.length * folds * seeds
  return (ofFold * folds * seeds) / Math.min(cores, boosters)
}

function boosterMs(rows: number, columns: number, classes: number, { boosting }: Recipe): number {
  const { max_depth, num_leaves, min_data_in_leaf, rounds, feature_fraction } = boosting
  const bins = Math.min(mostBins, rows / rowsPerBin)
  const setUpNs = columns * (nsPerColumn + nsPerColumnBin * bins)
  // A tree of one leaf looks at nothing.
  if (rows < 2 * min_data_in_leaf) return keepingMs + setUpNs / 1e6
  const full = max_depth > 0 ? Math.min(num_leaves, 2 ** max_depth) : num_leaves
  // Rows that fill leaves, unless the depth ends it.
  const leaves = Math.max(1, 1 / ((rowsOfLeast * min_data_in_leaf) / rows + 1 / (leavesOfFull * full)))
  const columnNs =
    leaves * (nsPerLeafColumn + nsPerLeafBin * bins) + (nsPerRowColumn * rows * Math.log2(leaves)) / 2
  return keepingMs + (setUpNs + rounds * classes * columns * feature_fraction * columnNs) / 1e6
}
