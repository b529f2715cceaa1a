import { join } from 'node:path'
import type { ExportKind } from '../../base/export-file.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { currentImages, findModelKeyInUse } from '../../store/index.ts'
import { encodableImage, encodingWork } from '../encoders/encoding-work.ts'
import { changedRecipe, findRecipe } from '../models/recipes.ts'
import { exportPath } from '../workspace/export-path.ts'
import { collectShardsJob } from './collect-shards.ts'
import { estimateSlides } from './estimate-slides.ts'
import { planShardsJob } from './plan-shards.ts'
import { planSlidesJob } from './plan-slides.ts'
import { planTrainingJob } from './plan-training.ts'

const planFile: ExportKind = { what: 'a plan', endings: ['.json'] }

export function shardHandlers(context: ServiceContext): HandlersOf<'shard'> {
  return {
    'shard.estimate': async (input) => {
      const recipe = await findRecipe(input.recipe, context)
      const { workspace } = context.session
      const images = await workspace.read((own) => currentImages(own, null))
      const installed = await context.compute.run('encoderList', { homeDirectory: context.homeDirectory })
      const all = images.map((image) => encodableImage(image, recipe))
      const encoders = await encodingWork(all, recipe, installed, workspace.folders.descriptors)
      return { recipe: recipe.name, images: images.length, encoders }
    },
    'shard.estimateSlides': ({ model, ...wanted }) => {
      const { session, compute, homeDirectory } = context
      const { workspace } = session
      const { name } = findModelKeyInUse(workspace.database, model)
      return estimateSlides({ ...wanted, model: name }, { workspace, compute, homeDirectory })
    },
    'shard.plan': async ({ recipe, changes = {}, directory, ...how }) => {
      // A plan is files of its own; none may be among those that a workspace keeps.
      await exportPath(context, { path: join(directory, 'plan.json'), replace: false }, planFile)
      return startJob(context, planShardsJob, {
        recipe: await changedRecipe(recipe, changes, context),
        directory,
        ...how,
      })
    },
    'shard.planTraining': async ({ recipe, changes = {}, groupBy, regions, directory }) => {
      await exportPath(context, { path: join(directory, 'plan.json'), replace: false }, planFile)
      const changed = await changedRecipe(recipe, changes, context)
      return startJob(context, planTrainingJob, {
        recipe: changed,
        groupBy: groupBy ?? null,
        regions,
        directory,
      })
    },
    'shard.planSlides': async ({ model, directory, ...wanted }) => {
      await exportPath(context, { path: join(directory, 'plan.json'), replace: false }, planFile)
      const { name } = findModelKeyInUse(context.session.workspace.database, model)
      return startJob(context, planSlidesJob, { model: name, directory, ...wanted })
    },
    'shard.collect': (input) => startJob(context, collectShardsJob, input),
  }
}
