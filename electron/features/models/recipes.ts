import {
  AppError,
  changeRecipe,
  isBuiltIn,
  recipes,
  recipesWith,
  withOwnEncoders,
  type EncoderName,
  type Recipe,
  type RecipeChanges,
} from '../../contract/index.ts'
import { readExternalSet, recipeOnSet } from '../../engine/descriptors/external-set.ts'
import type { JobServices } from '../../session/job-services.ts'
import type { Workspace } from '../../store/index.ts'

/** What each named recipe is for; what it does follows from the recipe. */
export const recipeDescriptions: Readonly<Record<string, string>> = {
  starter: 'A first model, with the encoder that comes with Lobule.',
  quick: 'A first look.',
  desk: 'For a computer without a GPU.',
  standard: "The paper's Table 1.",
  paper: "The paper's whole protocol, also with crops at full scale.",
}

type Services = Pick<JobServices, 'compute' | 'homeDirectory'>

/** One of Lobule's recipes. @throws AppError `recipe.unknown` */
export const findNamedRecipe = (name: string): Recipe => recipeAmong(recipes, name)

function recipeAmong(known: Readonly<Record<string, Recipe>>, name: string): Recipe {
  const recipe = Object.hasOwn(known, name) ? known[name] : undefined
  if (recipe === undefined) throw new AppError('recipe.unknown', { name, known: Object.keys(known) })
  return recipe
}

/**
 * A recipe by its name, also that of an installed encoder of the lab's own.
 * @param encoders that will replace its own
 * @throws AppError `recipe.unknown`; `encoder.missing`
 */
export async function findRecipe(
  name: string,
  { compute, homeDirectory }: Services,
  encoders: readonly EncoderName[] = [],
): Promise<Recipe> {
  if (Object.hasOwn(recipes, name) && encoders.every(isBuiltIn)) return findNamedRecipe(name)
  return recipeAmong(recipesWith(await compute.run('encoderList', { homeDirectory })), name)
}

/**
 * A recipe by its name, changed, with what is known of its encoders that are not Lobule's.
 * @throws AppError `recipe.unknown`, `recipe.invalid`, `encoder.missing`
 */
export async function changedRecipe(
  name: string,
  changes: RecipeChanges,
  services: Services,
): Promise<Recipe> {
  const changed = changeRecipe(await findRecipe(name, services, changes.encoders), changes)
  if (changed.own === undefined && changed.encoders.every(isBuiltIn)) return changed
  const { compute, homeDirectory } = services
  return withOwnEncoders(changed, await compute.run('encoderList', { homeDirectory }))
}

/**
 * A recipe with each encoder alone. For one of the lab's own, its own recipe with the folds, seeds and boosters
 * of the given one.
 * @throws AppError `encoder.missing`
 */
export async function recipesOfEach(
  { own: _, ...base }: Recipe,
  encoders: readonly EncoderName[],
  { compute, homeDirectory }: Services,
): Promise<Recipe[]> {
  const known = encoders.every(isBuiltIn)
    ? {}
    : recipesWith(await compute.run('encoderList', { homeDirectory }))
  return encoders.map((encoder) => {
    if (isBuiltIn(encoder)) return changeRecipe(base, { encoders: [encoder] })
    const own = Object.hasOwn(known, encoder) ? known[encoder] : undefined
    if (own === undefined) throw new AppError('encoder.missing', { encoders: [encoder] })
    const { seed, folds, seeds, boosting } = base
    return { ...own, seed, folds, seeds, boosting }
  })
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
