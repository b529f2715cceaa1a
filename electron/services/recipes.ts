import { AppError, recipes, type Recipe } from '../contract/index.ts'

/** One sentence for each named recipe. */
export const recipeDescriptions: Readonly<Record<string, string>> = {
  quick: 'A first look: ResNet-50, one crop size, 4 augmentations, 5 folds, 5 boosters.',
}

/** @throws AppError `recipe.unknown` */
export function findRecipe(name: string): Recipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (recipe === undefined) throw new AppError('recipe.unknown', { name, known: Object.keys(recipes) })
  return recipe
}
