import { AppError, type CallInput, type CallOutput } from '../../contract/index.ts'
import {
  findModelKey,
  hasModel,
  listModelVerdicts,
  listRemovedModels,
  modelInUse,
  renameModel,
  setModelRemoved,
} from '../../store/index.ts'
import { imagesChanged, modelsChanged } from '../../session/job-services.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'

/** The names of models, and their removal. */
export function modelChangeHandlers({
  session,
  settings,
  emit,
}: ServiceContext): Pick<HandlersOf<'model'>, 'model.rename' | 'model.setRemoved' | 'model.listRemoved'> {
  const requireNoJob = (): void => {
    const active = session.queue.active()
    if (active !== null) throw new AppError('job.busy', { running: active.title })
  }

  function rename({ model, name, reason }: CallInput<'model.rename'>): CallOutput<'model.rename'> {
    const { database } = session.workspace
    requireNoJob()
    const key = findModelKey(database, model)
    const isOwn = key.name.toLowerCase() === name.toLowerCase()
    if (!isOwn && hasModel(database, name)) throw new AppError('model.exists', { model: name })
    renameModel(database, key, name, { reader: settings.content.reader, reason: reason ?? null })
    emit(modelsChanged)
    emit(imagesChanged)
    return { name }
  }

  function setRemoved({
    model,
    isRemoved,
    reason,
  }: CallInput<'model.setRemoved'>): CallOutput<'model.setRemoved'> {
    const { database } = session.workspace
    requireNoJob()
    const key = isRemoved
      ? findModelKey(database, model)
      : findModelKey(database, model, listRemovedModels(database))
    if (modelInUse(database)?.id === key.id) throw new AppError('model.in-use', { model: key.name })
    setModelRemoved(database, key, isRemoved, { reader: settings.content.reader, reason: reason ?? null })
    emit(modelsChanged)
    emit(imagesChanged)
    return { name: key.name, images: listModelVerdicts(database, key.id).length }
  }

  return {
    'model.rename': rename,
    'model.setRemoved': setRemoved,
    'model.listRemoved': () =>
      listRemovedModels(session.workspace.database).map(({ name, at }) => ({ name, at })),
  }
}
