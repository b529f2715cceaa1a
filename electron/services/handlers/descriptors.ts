import { resolve } from 'node:path'
import { recipes, type CallInput, type Recipe } from '../../contract/index.ts'
import { listExternalSets } from '../../engine/descriptors/external-set.ts'
import { describeFile } from '../../jobs/encode-images.ts'
import { importDescriptors } from '../../jobs/import-descriptors.ts'
import { descriptorsDirectory } from '../../store/index.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../context.ts'
import { startPlanned } from '../job-plans.ts'
import { findRecipe } from '../recipes.ts'

export function descriptorHandlers(context: ServiceContext): HandlersOf<'descriptors'> {
  const { compute, homeDirectory, session } = context
  return {
    'descriptors.encode': ({ recipe: recipeName, backend }) => {
      const input = { recipe: findRecipe(recipeName), backend }
      return startPlanned(context, { kind: 'encode', title: `Encode by ${recipeName}`, input })
    },
    'descriptors.describe': (input) => {
      const { image, out, backend, raw, identity } = input
      const recipe = recipeOf(input)
      const task = { path: resolve(image), out: resolve(out), recipe, homeDirectory, backend, raw, identity }
      return startJob(context, {
        kind: 'describe',
        title: `Describe ${image}`,
        input,
        run: (job) => describeFile(compute, task, job),
      })
    },
    'descriptors.import': (input) => {
      const { database, path: workspacePath } = session.workspace
      const task = { ...input, directory: resolve(input.directory), workspacePath }
      return startJob(context, {
        kind: 'import-descriptors',
        title: `Import the descriptors ${input.name}`,
        input,
        run: (job) => importDescriptors(database, compute, task, job),
      })
    },
    'descriptors.sets': () => listExternalSets(descriptorsDirectory(session.workspace.path)),
  }
}

/** The named recipes' colours and scale, with one encoder and one crop size. */
function recipeOf(asked: CallInput<'descriptors.describe'>): Recipe {
  const { encoder, cropPx, augmentations, mode, seed } = asked
  const base = findRecipe(Object.keys(recipes)[0] ?? '')
  return {
    ...base,
    name: 'describe',
    seed,
    augmentation: { ...base.augmentation, count: augmentations },
    crops: { ...base.crops, sets: [{ sizePx: cropPx, workingPixelSizeUm: 0.84, scale: 0.5 }] },
    encoders: [encoder],
    mode,
  }
}
