import type { BoostingRecipe } from '../../contract/index.ts'
import type { Parameters } from '../boosting/index.ts'

/**
 * Maximum memory for the histograms of leaves in one training, MiB. LightGBM would keep all of them: 1 GiB for
 * 2048 columns and 128 leaves, and several trainings run at once. A dropped histogram is computed again when its leaf
 * is split, so the limit costs time. It is a constant because it affects the last bits of the result.
 */
const histogramPoolMib = 512

/** LightGBM's parameters for one booster (docs/pipeline.md, section 9). */
export function boosterParameters(recipe: BoostingRecipe, classCount: number): Parameters {
  const { rounds: _, num_leaves, max_depth, ...parameters } = recipe
  return {
    ...parameters,
    max_depth,
    // A tree of depth 7 has at most 128 leaves. Requesting no more gives the same trees in less memory.
    num_leaves: max_depth > 0 ? Math.min(num_leaves, 2 ** max_depth) : num_leaves,
    histogram_pool_size: histogramPoolMib,
    objective: 'multiclass',
    num_class: classCount,
    num_threads: 1,
    deterministic: true,
    force_col_wise: true,
    verbosity: -1,
  }
}

/** The seeds of the booster for one seed and fold (docs/pipeline.md, section 9). */
export const boosterSeeds = (seed: number, fold: number): Parameters => ({
  feature_fraction_seed: 1 + 10 * seed + fold,
  bagging_seed: 2 + 10 * seed + fold,
})
