import { defaultRecipeName, recipes } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'

/** The option of commands that train or encode. */
export const recipeFlag = [
  '--recipe <name>',
  `one of: ${Object.keys(recipes).join(', ')} (default: quick if its encoder is installed with trained weights, else starter)`,
] as const

/** The named recipe, or the one that fits what is installed. */
export const chosenRecipe = async (context: CommandContext, named: string | undefined): Promise<string> =>
  named ?? defaultRecipeName(await context.call('encoder.list', {}))
