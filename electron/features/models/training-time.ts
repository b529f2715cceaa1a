import type { ClassifierKind, Recipe } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { membersOf } from '../../engine/recipe/members.ts'
import { descriptorLength } from '../../engine/recipe/descriptor-length.ts'

/**
 * Times of one thread, fitted to trainings on descriptors of real fields with the addon on a server's processor
 * (docs/performance.md). To set up the histograms of a booster: for each column, and for each bin of a column.
 */
const nsPerColumn = 35_000
const nsPerColumnBin = 700
/** For each column of a tree: for each leaf, for each bin searched for the best split of a leaf, and for each row. */
const nsPerLeafColumn = 150
const nsPerLeafBin = 2.6
const nsPerRowColumn = 0.25
/** For each booster: to predict the held-out images and write the files. */
const finishingMs = 30
/** For each logistic regression: for each term of its Gram matrices, and of its products with the rows. */
const nsPerGramTerm = 5
const nsPerProductTerm = 2
const productsPerFit = 3000
/** Share of the leaves allowed by depth that trees reach, however many rows there are. */
const shareOfMaxLeaves = 0.55
/** If rows limit a tree, rows of a leaf relative to `min_data_in_leaf`. */
const rowsOfMinimum = 1.5
/** Limits of LightGBM: bins of a column, and rows of a bin. */
const maxBins = 255
const rowsPerBin = 3

/**
 * Estimated time to train the classifiers, in ms, with one booster per core at a time. A rough figure, for the remaining
 * time shown while images are still being encoded.
 */
export function classifiersMs(images: number, classes: number, recipe: Recipe, cores: number): number {
  const { augmentation, folds } = recipe
  const rows = (images * augmentation.count * (folds - 1)) / folds
  const columns = constituentsOf(recipe).map(({ encoder }) => descriptorLength(recipe, encoder))
  const perFoldMs = columns.reduce((sum, count) => sum + boosterMs(rows, count, classes, recipe), 0)
  const count = (kind: ClassifierKind): number =>
    membersOf(recipe).filter((member) => member.kind === kind).length
  const boosters = columns.length * count('lightgbm')
  const boosting = (perFoldMs * count('lightgbm')) / Math.max(1, Math.min(cores, boosters))
  // Logistic regressions take turns in one thread.
  const regressionMs = columns.reduce(
    (sum, length) => sum + logisticMs((images * (folds - 1)) / folds, length, classes),
    0,
  )
  return boosting + regressionMs * count('logistic')
}

/** The choice of C and the fit: products of rows and coordinates in their span, and the Gram matrix of each inner fold. */
function logisticMs(rows: number, columns: number, classes: number): number {
  const rank = Math.min(rows, columns)
  const outputs = classes === 2 ? 1 : classes
  const gram = rows < columns ? rows * rows * columns : 0
  return 5 + (gram * nsPerGramTerm + rows * rank * outputs * productsPerFit * nsPerProductTerm) / 1e6
}

function boosterMs(rows: number, columns: number, classes: number, { boosting }: Recipe): number {
  const { max_depth, num_leaves, min_data_in_leaf, rounds, feature_fraction } = boosting
  const bins = Math.min(maxBins, rows / rowsPerBin)
  const setUpNs = columns * (nsPerColumn + nsPerColumnBin * bins)
  // A tree with one leaf searches for no split.
  if (rows < 2 * min_data_in_leaf) return finishingMs + setUpNs / 1e6
  const maxLeaves = max_depth > 0 ? Math.min(num_leaves, 2 ** max_depth) : num_leaves
  // Limited by rows or by depth, whichever is smaller, with a smooth transition.
  const leaves = Math.max(
    1,
    1 / ((rowsOfMinimum * min_data_in_leaf) / rows + 1 / (shareOfMaxLeaves * maxLeaves)),
  )
  const columnNs =
    leaves * (nsPerLeafColumn + nsPerLeafBin * bins) + (nsPerRowColumn * rows * Math.log2(leaves)) / 2
  return finishingMs + (setUpNs + rounds * classes * columns * feature_fraction * columnNs) / 1e6
}
