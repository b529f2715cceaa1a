import type { BoostingRecipe } from '../../contract/index.ts'
import type { Parameters } from '../boosting/index.ts'

/** LightGBM's parameters for one booster (PIPELINE.md section 9). */
export function boosterParameters(recipe: BoostingRecipe, classCount: number): Parameters {
  const { rounds: _, ...parameters } = recipe
  return {
    ...parameters,
    objective: 'multiclass',
    num_class: classCount,
    num_threads: 1,
    deterministic: true,
    force_col_wise: true,
    verbosity: -1,
  }
}

/** PIPELINE.md section 9: the seeds of the booster of a fold and seed. */
export const boosterSeeds = (seed: number, fold: number): Parameters => ({
  feature_fraction_seed: 1 + 10 * seed + fold,
  bagging_seed: 2 + 10 * seed + fold,
})
