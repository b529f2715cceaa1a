import { AppError, changeRecipe, recipes } from '../../contract/index.ts'
import { classifyImages } from '../../jobs/classify-images.ts'
import { trainModel } from '../../jobs/train-model.ts'
import {
  findModel,
  findModelInUse,
  getImage,
  hasModel,
  insertOperatingPoint,
  insertPromotion,
  listImages,
  listModels,
  withdrawPromotion,
} from '../../store/index.ts'
import { imagesChanged, modelsChanged, startJob, type HandlersOf, type ServiceContext } from '../context.ts'
import { recordFile } from '../audit/record-file.ts'
import { compareModels, readModelReport } from '../model-report.ts'
import { writeReport } from '../report/write-report.ts'
import { findRecipe, recipeDescriptions } from '../recipes.ts'

export function modelHandlers(context: ServiceContext): HandlersOf<'model' | 'recipe'> {
  const { session, compute, homeDirectory, version, emit } = context
  return {
    'recipe.list': () =>
      Object.keys(recipes).map((name) => ({ name, description: recipeDescriptions[name] ?? '' })),

    'model.list': () => {
      const { database } = session.workspace
      const models = listModels(database)
      const used = models.length === 0 ? null : findModelInUse(database, null).id
      return models.map((model) => ({ ...model, inUse: model.id === used }))
    },
    'model.train': ({ name, recipe: recipeName, changes, groupBy }) => {
      const { database, path: workspacePath } = session.workspace
      const recipe = changeRecipe(findRecipe(recipeName), changes ?? {})
      if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
      const task = { name, recipe, groupBy: groupBy ?? null, homeDirectory, workspacePath, version }
      return startJob(context, {
        kind: 'train',
        title: `Train ${name}`,
        input: { name, recipe, groupBy: task.groupBy },
        run: (job) => trainModel(database, compute, task, job),
        changed: modelsChanged,
      })
    },
    'model.report': ({ model }) => readModelReport(session.workspace.database, model),
    'model.writeReport': async ({ model, path }) => {
      const { database } = session.workspace
      await writeReport(database, compute, { model, path, version })
      const { name } = findModelInUse(database, model)
      await recordFile(database, 'report', path, { what: 'model', model: name })
      return { path }
    },
    'model.compare': ({ first, second }) => compareModels(session.workspace.database, first, second),
    'model.promote': ({ model }) => {
      const { database } = session.workspace
      const { id, name } = findModel(database, model)
      insertPromotion(database, id)
      emit(modelsChanged)
      return { inUse: name }
    },
    'model.rollback': () => {
      const { database } = session.workspace
      withdrawPromotion(database)
      emit(modelsChanged)
      return { inUse: findModelInUse(database, null).name }
    },
    'model.setOperatingPoint': ({ model, threshold }) => {
      const { database } = session.workspace
      insertOperatingPoint(database, findModel(database, model).id, threshold)
      emit(modelsChanged)
      return {}
    },
    'model.classify': ({ imageIds, model }) => {
      const { database, path: workspacePath } = session.workspace
      const { name } = findModelInUse(database, model)
      const images =
        imageIds === null ? listImages(database) : imageIds.map((imageId) => getImage(database, imageId))
      const task = { images, model: name, homeDirectory, workspacePath }
      return startJob(context, {
        kind: 'classify',
        title: `Classify with ${name}`,
        input: { imageIds, model: name },
        run: (job) => classifyImages(database, compute, task, job),
        changed: imagesChanged,
      })
    },
  }
}
