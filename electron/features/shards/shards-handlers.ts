import { join } from 'node:path'
import type { ExportKind } from '../../base/export-file.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { findRecipe } from '../models/recipes.ts'
import { exportPath } from '../workspace/export-path.ts'
import { collectShardsJob } from './collect-shards.ts'
import { planShardsJob } from './plan-shards.ts'

const planFile: ExportKind = { what: 'a plan', endings: ['.json'] }

export function shardHandlers(context: ServiceContext): HandlersOf<'shard'> {
  return {
    'shard.plan': async ({ recipe, directory, ...how }) => {
      // A plan is files of its own; none may be among those that a workspace keeps.
      await exportPath(context, { path: join(directory, 'plan.json'), replace: false }, planFile)
      return startJob(context, planShardsJob, {
        recipe: await findRecipe(recipe, context),
        directory,
        ...how,
      })
    },
    'shard.collect': (input) => startJob(context, collectShardsJob, input),
  }
}
