import { AppError, recipesWith } from '../../contract/index.ts'
import {
  findModelKey,
  findModelKeyInUse,
  hasModel,
  isCandidate,
  insertOperatingPoint,
  insertPromotion,
  listModels,
  modelInUse,
  withdrawPromotion,
} from '../../store/index.ts'
import { listedFigures } from './candidate.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { classifyJob } from '../predictions/classify-images.ts'
import { modelsChanged } from '../../session/job-services.ts'
import { learningCurveJob } from './learning-curve.ts'
import { readSubgroups } from './subgroups.ts'
import { trainJob } from './train-model.ts'
import { recordFile } from '../audit/record-file.ts'
import { compareModels, readModelReport } from './model-report.ts'
import { predictionTable, writePredictions } from '../reports/prediction-csv.ts'
import { modelReportFile, writeReport } from '../reports/write-report.ts'
import { exportPath } from '../workspace/export-path.ts'
import { changedRecipe, recipeDescriptions, recipeOnDescriptors } from './recipes.ts'
import { modelChangeHandlers } from './change-model.ts'
import { modelPackageHandlers } from './model-packages-handlers.ts'
import { encoderComparisonHandlers } from './encoder-comparison-handlers.ts'
import { modelReviewHandlers } from './model-review-handlers.ts'

export function modelHandlers(context: ServiceContext): HandlersOf<'model' | 'recipe'> {
  const { session, compute, homeDirectory, settings, version, emit } = context
  return {
    ...modelReviewHandlers(context),
    ...modelPackageHandlers(context),
    ...encoderComparisonHandlers(context),
    ...modelChangeHandlers(context),
    'recipe.list': async () =>
      Object.values(recipesWith(await compute.run('encoderList', { homeDirectory }))).map(
        ({ name, own }) => ({
          name,
          description: recipeDescriptions[name] ?? `Made for the encoder ${own?.[0]?.title ?? name}.`,
        }),
      ),

    'model.list': () => {
      const { database } = session.workspace
      const used = modelInUse(database)
      return listModels(database).map((model) => ({
        ...model,
        inUse: model.id === used?.id,
        isCandidate: isCandidate(database, model.id),
        ...listedFigures(database, model.id),
      }))
    },
    'model.train': async ({ name, recipe: recipeName, changes = {}, descriptors, groupBy, regions, use }) => {
      const { workspace } = session
      if (regions && descriptors !== null)
        throw new AppError('training.regions-external', { set: descriptors })
      const changed = await changedRecipe(recipeName, changes, context)
      const recipe =
        descriptors === null ? changed : await recipeOnDescriptors(workspace, changed, changes, descriptors)
      if (hasModel(workspace.database, name)) throw new AppError('model.exists', { model: name })
      const input = { name, recipe, groupBy: groupBy ?? null, regions, use: use ?? ('if-first' as const) }
      return startJob(context, trainJob, input)
    },
    'model.learningCurve': ({ model, repeats }) => {
      const { name } = findModelKeyInUse(session.workspace.database, model)
      return startJob(context, learningCurveJob, { model: name, repeats })
    },
    'model.report': ({ model }) => session.read((database) => readModelReport(database, model)),
    'model.writeReport': async ({ model, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, modelReportFile)
      await writeReport((work) => session.read(work), compute, { ...wanted, model, path, version })
      const { name } = findModelKeyInUse(database, model)
      await recordFile(database, 'report', path, { what: 'model', model: name })
      return { path }
    },
    'model.writeVerdicts': async ({ model, images, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, predictionTable)
      const rows = await writePredictions(database, { ...wanted, model, path, images })
      await recordFile(database, 'export', path, { what: 'verdicts', rows })
      return { path, rows }
    },
    'model.subgroups': (input) => session.read((database) => readSubgroups(database, input)),
    'model.compare': ({ first, second }) => compareModels(session.workspace.database, first, second),
    'model.promote': ({ model, reason }) => {
      const { database } = session.workspace
      const { id, name } = findModelKey(database, model)
      insertPromotion(database, id, { reader: settings.content.reader, reason })
      emit(modelsChanged)
      return { inUse: name }
    },
    'model.rollback': ({ reason }) => {
      const { database } = session.workspace
      withdrawPromotion(database, { reader: settings.content.reader, reason })
      emit(modelsChanged)
      return { inUse: modelInUse(database)?.name ?? null }
    },
    'model.setOperatingPoint': ({ model, threshold }) => {
      const { database } = session.workspace
      insertOperatingPoint(database, findModelKey(database, model).id, threshold)
      emit(modelsChanged)
      return {}
    },
    'model.classify': ({ imageIds, model, effort }) => {
      const { name } = findModelKeyInUse(session.workspace.database, model)
      return startJob(context, classifyJob, { imageIds, model: name, effort })
    },
  }
}
