import { listExternalSets } from '../../engine/descriptors/external-set.ts'
import { exportPath } from '../workspace/export-path.ts'
import { describeJob, descriptorFile } from './describe-file.ts'
import { encodeJob } from './encode-images.ts'
import { importDescriptorsJob } from './import-descriptors.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { findRecipe } from '../models/recipes.ts'

export function descriptorHandlers(context: ServiceContext): HandlersOf<'descriptors'> {
  const { session } = context
  return {
    'descriptors.encode': async ({ recipe, backend }) =>
      startJob(context, encodeJob, { recipe: await findRecipe(recipe, context), backend }),
    'descriptors.describe': async ({ out, ...input }) => {
      const path = await exportPath(context, { ...input, path: out }, descriptorFile)
      return startJob(context, describeJob, { ...input, out: path })
    },
    'descriptors.import': (input) => startJob(context, importDescriptorsJob, input),
    'descriptors.sets': () => listExternalSets(session.workspace.folders.descriptors),
  }
}
