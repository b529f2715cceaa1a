import { AppError, recipes, type Recipe } from '../contract/index.ts'

/** One sentence for each named recipe. */
export const recipeDescriptions: Readonly<Record<string, string>> = {
  quick: 'A first look: ResNet-50, one crop size, 4 augmentations, 5 folds, 5 boosters.',
  desk: 'For a computer without a GPU: three encoders, two crop sizes, dense, 20 augmentations, 10 folds, 120 boosters.',
  standard: "The paper's Table 1: three encoders, two crop sizes, 50 augmentations, 10 folds, 300 boosters.",
  paper: "The paper's whole protocol: as standard, also with crops at full scale, 600 boosters.",
}

/** @throws AppError `recipe.unknown` */
export function findRecipe(name: string): Recipe {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined
  if (recipe === undefined) throw new AppError('recipe.unknown', { name, known: Object.keys(recipes) })
  return recipe
}
