import type { EncoderName, Recipe } from '../../contract/index.ts'

/** One combination of encoder and crop set: descriptors and boosters of its own. */
export interface Constituent {
  readonly encoder: EncoderName
  /** Index into `recipe.crops.sets`. */
  readonly cropSet: number
}

/** All combinations of a recipe, encoder by encoder: the order of descriptor files everywhere. */
export function constituentsOf(recipe: Recipe): Constituent[] {
  return recipe.encoders.flatMap((encoder) =>
    recipe.crops.sets.map((_set, cropSet) => ({ encoder, cropSet })),
  )
}
