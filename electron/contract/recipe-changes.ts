import { z } from 'zod'
import { AppError } from './errors.ts'
import { encoderNamesSchema } from './encoder-names.ts'
import { faultsOf, inPlainWords } from './plain-faults.ts'
import { classifierChoiceSchema, recipes, recipeSchema, type CropSet, type Recipe } from './recipe.ts'

/** Pixel size of the reference images, um (docs/pipeline.md, section 1). */
const fullScalePixelSizeUm = 0.42

/** Whether pictures are converted to sRGB by their ICC profile, or read as they are in their files. */
export const colourChoiceSchema = z.enum(['srgb', 'file'])
export type ColourChoice = z.infer<typeof colourChoiceSchema>

const cropChangeSchema = z.strictObject({
  sizePx: z.int().min(32).max(8192),
  /** 0.5: half scale, as in the paper's main result. */
  scale: z.number().positive().max(8),
})

/** The settings of a named recipe that can be changed for one training. */
export const recipeChangesSchema = z.strictObject({
  folds: z.int().min(2).max(100).optional(),
  seeds: z.int().min(1).max(100).optional(),
  augmentations: z.int().min(1).max(1000).optional(),
  encoders: encoderNamesSchema.optional(),
  mode: z.enum(['crops', 'dense', 'tiles']).optional(),
  crops: z.array(cropChangeSchema).min(1).max(16).optional(),
  cropCount: z.int().min(1).max(1000).optional(),
  seed: z.int().nonnegative().optional(),
  rounds: z.int().min(1).max(10_000).optional(),
  classifier: classifierChoiceSchema.optional(),
  colour: colourChoiceSchema.optional(),
})
export type RecipeChanges = z.infer<typeof recipeChangesSchema>

type Setting = keyof RecipeChanges
export const recipeSettings = Object.keys(recipeChangesSchema.shape) as Setting[]

/**
 * The recipe with the changes, with a name that lists them. Without changes it is the same
 * recipe.
 * @throws AppError `recipe.invalid` for an encoder or a crop set named twice
 */
export function changeRecipe(recipe: Recipe, changes: RecipeChanges): Recipe {
  const changedSettings = recipeSettings.filter((setting) => changes[setting] !== undefined)
  if (changedSettings.length === 0) return recipe
  const sets = changes.crops?.map(({ sizePx, scale }): CropSet => ({
    sizePx,
    workingPixelSizeUm: fullScalePixelSizeUm / scale,
    scale,
  }))
  const { classifier: own, colour: ownColour, ...others } = recipe
  const classifier = changes.classifier ?? own ?? 'lightgbm'
  const colour = changes.colour ?? ownColour ?? 'file'
  const changed: Recipe = {
    ...others,
    ...(colour === 'file' ? {} : { colour }),
    ...(classifier === 'lightgbm' ? {} : { classifier }),
    name: `${recipe.name}, changed: ${changedSettings.map((setting) => `${setting}=${textOf(setting, changes)}`).join(' ')}`,
    seed: changes.seed ?? recipe.seed,
    augmentation: { ...recipe.augmentation, count: changes.augmentations ?? recipe.augmentation.count },
    crops: { sets: sets ?? recipe.crops.sets, count: changes.cropCount ?? recipe.crops.count },
    encoders: changes.encoders ?? recipe.encoders,
    mode: changes.mode ?? recipe.mode,
    folds: changes.folds ?? recipe.folds,
    seeds: changes.seeds ?? recipe.seeds,
    boosting: { ...recipe.boosting, rounds: changes.rounds ?? recipe.boosting.rounds },
  }
  requireDifferent('encoder', changed.encoders)
  requireDifferent(
    'crop set',
    changed.crops.sets.map(({ sizePx, scale }) => `${sizePx}@${scale}`),
  )
  return recipeSchema.parse(changed)
}

/**
 * The named recipe that a recipe was made from by `changeRecipe`, and the changes; null: it has another origin, such as
 * external descriptors.
 * @param known `recipesWith` the installed encoders
 */
export function recipeOrigin(
  recipe: Recipe,
  known: Readonly<Record<string, Recipe>> = recipes,
): { recipeName: string; changes: RecipeChanges } | null {
  const recipeName = recipe.name.split(', changed: ')[0] ?? ''
  const base = Object.hasOwn(known, recipeName) ? known[recipeName] : undefined
  if (base === undefined || recipe.external !== undefined) return null
  const [before, after] = [settingsOf(base), settingsOf(recipe)]
  const changed = recipeSettings.filter(
    (setting) => JSON.stringify(before[setting]) !== JSON.stringify(after[setting]),
  )
  return { recipeName, changes: Object.fromEntries(changed.map((setting) => [setting, after[setting]])) }
}

const settingsOf = (recipe: Recipe): Required<RecipeChanges> => ({
  folds: recipe.folds,
  seeds: recipe.seeds,
  augmentations: recipe.augmentation.count,
  encoders: recipe.encoders,
  mode: recipe.mode,
  crops: recipe.crops.sets.map(({ sizePx, scale }) => ({ sizePx, scale })),
  cropCount: recipe.crops.count,
  seed: recipe.seed,
  rounds: recipe.boosting.rounds,
  classifier: recipe.classifier ?? 'lightgbm',
  colour: recipe.colour ?? 'file',
})

function requireDifferent(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new AppError('recipe.invalid', { reason: `the ${what} ${twice} is named twice` })
}

function textOf(setting: Setting, changes: RecipeChanges): string {
  if (setting === 'crops') {
    return (changes.crops ?? [])
      .map(({ sizePx, scale }) => (scale === 0.5 ? String(sizePx) : `${sizePx}@${scale}`))
      .join(',')
  }
  return String(changes[setting])
}

/**
 * Changes from texts such as "folds=5", "classifier=both", "encoders=resnet50,vgg16" or "crops=400,800@1" (a crop's size in
 * pixels, and the scale at which it is cut if that is not 0.5).
 * @throws AppError `recipe.unknown-setting`, `recipe.invalid`
 */
export function parseRecipeChanges(texts: readonly string[]): RecipeChanges {
  const found: Partial<Record<Setting, unknown>> = {}
  for (const text of texts) {
    const equals = text.indexOf('=')
    const name = (equals < 0 ? text : text.slice(0, equals)).trim()
    const setting = recipeSettings.find((known) => known === name)
    if (setting === undefined) {
      throw new AppError('recipe.unknown-setting', { setting: name, known: recipeSettings })
    }
    if (equals < 0) throw new AppError('recipe.invalid', { reason: `"${text}" sets no value` })
    if (setting in found) throw new AppError('recipe.invalid', { reason: `"${setting}" is set twice` })
    found[setting] = valueOf(setting, text.slice(equals + 1).trim())
  }
  const result = recipeChangesSchema.safeParse(found, inPlainWords)
  if (result.success) return result.data
  const reason = faultsOf(result.error, 'all').join('; ')
  throw new AppError('recipe.invalid', { reason })
}

function valueOf(setting: Setting, text: string): unknown {
  const parts = text.split(',').map((part) => part.trim())
  // Number('') is 0.
  const numberOf = (part: string): number => (part === '' ? NaN : Number(part))
  switch (setting) {
    case 'mode':
    case 'classifier':
    case 'colour':
      return text
    case 'encoders':
      return parts
    case 'crops':
      return parts.map((part) => {
        const [size = '', scale = '0.5'] = part.split('@')
        return { sizePx: numberOf(size), scale: numberOf(scale) }
      })
    default:
      return numberOf(text)
  }
}
