import type { CallName, Handlers } from '../../contract/index.ts'
import { findModelKey, listModelVerdicts, listPromotions } from '../../store/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import { readAccuracyInUse } from './accuracy-in-use.ts'
import { changedRecipe } from './recipes.ts'
import { readTrainingFields } from './region-fields.ts'
import { estimateTraining } from './training-estimate.ts'

type ReviewCall = Extract<
  CallName,
  'model.accuracyInUse' | 'model.verdicts' | 'model.promotions' | 'model.estimate' | 'model.trainingFields'
>

export const modelReviewHandlers = ({
  session,
  compute,
  homeDirectory,
}: ServiceContext): Pick<Handlers, ReviewCall> => ({
  'model.verdicts': ({ model }) => {
    const { database } = session.workspace
    return listModelVerdicts(database, findModelKey(database, model).id)
  },
  'model.accuracyInUse': ({ model }) => session.read((database) => readAccuracyInUse(database, model)),
  'model.promotions': () => listPromotions(session.workspace.database),
  'model.estimate': async ({ recipe, changes, regions }) => {
    const { workspace } = session
    const changed = await changedRecipe(recipe, changes ?? {}, { compute, homeDirectory })
    return estimateTraining({ recipe: changed, regions }, { workspace, compute, homeDirectory })
  },
  'model.trainingFields': async ({ recipe, changes }) => {
    const changed = await changedRecipe(recipe, changes ?? {}, { compute, homeDirectory })
    return session.read((database) => readTrainingFields(database, changed))
  },
})
