import { AppError, recipes, type Recipe, type RecipeChanges } from '../../contract/index.ts'
import { readExternalSet, recipeOnSet } from '../../engine/descriptors/external-set.ts'
import type { Workspace } from '../../store/index.ts'

/** What each named recipe is for; what it does follows from the recipe. */
export const recipeDescriptions: Readonly<Record<string, string>> = {
  starter: 'A first model, with the encoder that comes with Lobule.',
  quick: 'A first look.',
  desk: 'For a computer without a GPU.',
  standard: "The paper's Table 1.",
  paper: "The paper's whole protocol, also with crops at full scale.",
}

/** @throws AppError `recipe.unknown` */
export function findRecipe(name: string): Recipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (recipe === undefined) throw new AppError('recipe.unknown', { name, known: Object.keys(recipes) })
  return recipe
}

/**
 * The recipe with a set of external descriptors of the workspace in place of Lobule's own. The set determines the number
 * of augmentations, the mode and the crops of each image; `changes` must not.
 * @throws AppError `descriptors.set-missing`, `descriptors.not-in-set`, `recipe.invalid`
 */
export async function recipeOnDescriptors(
  { folders }: Workspace,
  recipe: Recipe,
  changes: RecipeChanges,
  name: string,
): Promise<Recipe> {
  const set = await readExternalSet(folders.descriptors, name)
  if (set === null) throw new AppError('descriptors.set-missing', { set: name })
  const fixed = (['augmentations', 'mode', 'cropCount'] as const).filter(
    (setting) => changes[setting] !== undefined,
  )
  if (fixed.length > 0) {
    const reason = `${fixed.join(', ')} cannot be set with external descriptors, which are computed already`
    throw new AppError('recipe.invalid', { reason })
  }
  return recipeOnSet(recipe, set)
}
