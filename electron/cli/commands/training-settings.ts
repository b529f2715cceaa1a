import {
  AppError,
  changeRecipe,
  chooseTraining,
  defaultRecipeName,
  parseRecipeChanges,
  isBuiltIn,
  labelledParts,
  membersOfClasses,
  recipeOrigin,
  recipesWith,
  type CallInput,
  type EncoderName,
  type ModelView,
  type Recipe,
  type RecipeChanges,
} from '../../contract/index.ts'
import { fileFormat } from '../../report/format.ts'
import { choiceSentence, fieldSentences } from '../../report/training-words.ts'
import type { CommandContext } from '../context.ts'
import { print, type CommonOptions } from '../run.ts'

export interface TrainingOptions extends CommonOptions {
  recipe?: string
  set?: string[]
  descriptors?: string
  groupBy?: 'case' | 'image'
  again?: true
  regions?: boolean
}

type Settings = Pick<CallInput<'model.train'>, 'recipe' | 'changes' | 'groupBy' | 'regions'>

/**
 * The settings of a training. What the user does not set is fitted to this computer and to the labels: encoders that are
 * installed, and at most as many folds as the rarest class has cases. Printed in one line.
 */
export async function trainingSettings(context: CommandContext, options: TrainingOptions): Promise<Settings> {
  const given = parseRecipeChanges(options.set ?? [])
  const installed = await context.call('encoder.list', {})
  const last =
    options.again === true
      ? lastTraining(await context.call('model.list', {}), recipesWith(installed))
      : undefined
  const known = recipesWith(installed)
  // An encoder of one's own has a recipe of its name, which is the one meant where no other is named.
  const [named, ...others] = given.encoders ?? []
  const own = named !== undefined && others.length === 0 && !isBuiltIn(named) ? named : undefined
  if (own !== undefined && known[own] === undefined)
    throw new AppError('encoder.missing', { encoders: [own] })
  if (own !== undefined && (options.recipe ?? own) === own) delete given.encoders
  const recipe = options.recipe ?? own ?? last?.recipeName ?? defaultRecipeName(installed)
  const base = known[recipe]
  const groupBy = options.groupBy ?? last?.groupBy
  const regions = options.regions ?? (options.descriptors === undefined && last?.regions === true)
  const changes = { ...(options.recipe === undefined && own === undefined ? last?.changes : {}), ...given }
  // An unknown recipe is an error of the call; external descriptors have encoders of their own.
  if (base === undefined || options.descriptors !== undefined) return { recipe, changes, groupBy, regions }
  const wanted = changeRecipe(base, changes)
  const fields = regions ? await context.call('model.trainingFields', { recipe, changes }) : null
  const images = await context.call('image.list', {})
  const parts = labelledParts(images, fields)
  const hasCases = parts.some(({ caseName }) => caseName !== null)
  const grouping = hasCases ? (groupBy ?? 'case') : 'image'
  const choice = chooseTraining(wanted, installed, membersOfClasses(parts, grouping))
  const chosen: RecipeChanges = {
    ...changes,
    ...(given.encoders === undefined && choice.replaced.length > 0 && choice.encoders.length > 0
      ? { encoders: choice.encoders }
      : {}),
    ...(given.folds === undefined && choice.folds !== wanted.folds ? { folds: choice.folds } : {}),
  }
  const used = changeRecipe(base, chosen)
  if (options.json !== true && choice.problem === null) {
    const titleOf = (name: EncoderName): string => installed.find((one) => one.name === name)?.title ?? name
    const said = {
      ...choice,
      encoders: used.encoders,
      replaced: given.encoders === undefined ? choice.replaced : [],
    }
    print(choiceSentence(said, used.folds, grouping, { format: fileFormat, titleOf }))
    if (fields !== null) {
      const cases = new Map(images.map(({ id, caseName }) => [id, caseName]))
      print(...fieldSentences(fields, (imageId) => cases.get(imageId) ?? null, { format: fileFormat }))
    }
  }
  return { recipe, changes: chosen, groupBy, regions }
}

/** The settings of the newest model that was trained in this workspace. */
function lastTraining(
  models: readonly ModelView[],
  known: Readonly<Record<string, Recipe>>,
): { recipeName: string; changes: RecipeChanges; groupBy?: 'image'; regions: boolean } | undefined {
  const last = models.find(({ isImported }) => isImported !== true)
  const origin = last === undefined ? null : recipeOrigin(last.recipe, known)
  if (last === undefined || origin === null) return undefined
  // Folds by image are a choice only where there were cases.
  return {
    ...origin,
    ...(last.groupedBy === 'image' && last.cases > 0 ? { groupBy: 'image' } : {}),
    regions: (last.regions ?? 0) > 0,
  }
}
