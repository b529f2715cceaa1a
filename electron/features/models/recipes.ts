import { AppError, recipes, type Recipe, type RecipeChanges } from '../../contract/index.ts'
import { readExternalSet, recipeOnSet } from '../../engine/descriptors/external-set.ts'
import type { Workspace } from '../../store/index.ts'

/** A sentence for each named recipe. */
export const recipeDescriptions: Readonly<Record<string, string>> = {
  quick: 'A first look: ResNet-50, one crop size, 4 augmentations, 5 folds, 5 classifiers.',
  desk: 'For a computer without a GPU: three encoders, two crop sizes, dense, 20 augmentations, 10 folds, 120 classifiers.',
  standard:
    "The paper's Table 1: three encoders, two crop sizes, 50 augmentations, 10 folds, 300 classifiers.",
  paper: "The paper's whole protocol: as standard, also with crops at full scale, 600 classifiers.",
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
