import {
  changeRecipe,
  hasCode,
  parseRecipeChanges,
  recipeSettings,
  type CropSet,
  type Recipe,
  type RecipeChanges,
} from '../../../electron/contract/index.ts'

/** The settings that can be changed for one training, as texts of their fields. */
export type RecipeSetting = keyof RecipeChanges
export type RecipeTexts = Record<RecipeSetting, string>

export interface RecipeDraft {
  /** The recipe that would be trained; null: the fields are not valid. */
  recipe: Recipe | null
  changes: RecipeChanges
  /** Fields with an invalid text. */
  wrong: readonly RecipeSetting[]
  /** Why fields that are valid one by one do not form a recipe. */
  error: string | null
}

const cropText = ({ sizePx, scale }: CropSet): string =>
  scale === 0.5 ? String(sizePx) : `${sizePx}@${scale}`

/** A recipe's settings as the fields show them, in the notation of `lobule train --set`. */
export const textsOf = (recipe: Recipe): RecipeTexts => ({
  folds: String(recipe.folds),
  seeds: String(recipe.seeds),
  augmentations: String(recipe.augmentation.count),
  encoders: recipe.encoders.join(','),
  mode: recipe.mode,
  crops: recipe.crops.sets.map(cropText).join(','),
  cropCount: String(recipe.crops.count),
  seed: String(recipe.seed),
  rounds: String(recipe.boosting.rounds),
  classifier: recipe.classifier ?? 'lightgbm',
  colour: recipe.colour ?? 'file',
})

/** The recipe with the settings of the fields. */
export function readRecipe(base: Recipe, texts: RecipeTexts): RecipeDraft {
  const original = textsOf(base)
  const wrong: RecipeSetting[] = []
  let changes: RecipeChanges = {}
  for (const setting of recipeSettings) {
    if (texts[setting].trim() === original[setting]) continue
    const read = reading(() => parseRecipeChanges([`${setting}=${texts[setting]}`]))
    if (read.ok) changes = { ...changes, ...read.value }
    else wrong.push(setting)
  }
  if (wrong.length > 0) return { recipe: null, changes, wrong, error: null }
  const changed = reading(() => changeRecipe(base, changes))
  return changed.ok
    ? { recipe: changed.value, changes, wrong, error: null }
    : { recipe: null, changes, wrong, error: changed.reason }
}

function reading<T>(read: () => T): { ok: true; value: T } | { ok: false; reason: string } {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (hasCode(error, 'recipe.invalid', 'recipe.unknown-setting'))
      return { ok: false, reason: error.message }
    throw error
  }
}
