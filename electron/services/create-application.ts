import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  AppError,
  recipes,
  type AnyEvent,
  type Handlers,
  type JobKind,
  type JobReports,
} from '../contract/index.ts'
import { classifyImages } from '../jobs/classify-images.ts'
import { ComputeClient } from '../jobs/compute-client.ts'
import { parseCasesPattern } from '../jobs/find-images.ts'
import { importImages } from '../jobs/import-images.ts'
import { importEncoders, installDemoEncoders } from '../jobs/install-encoders.ts'
import { makeDemo } from '../jobs/make-demo.ts'
import type { JobContext, JobFunction } from '../jobs/queue.ts'
import { trainModel } from '../jobs/train-model.ts'
import { findModel, getImage, hasModel, listImages, listModels, listVerdicts } from '../store/index.ts'
import type { Application, ApplicationOptions } from './application.ts'
import { listDirectory } from './directories.ts'
import { examine } from './doctor.ts'
import { evaluateTable } from './evaluate-table.ts'
import { setLabels } from './labels.ts'
import { Pictures } from './pictures.ts'
import { findRecipe, recipeDescriptions } from './recipes.ts'
import { Session } from './session.ts'
import { Settings } from './settings.ts'

/** The application behind every door: one function for each call of the contract. */
export function createApplication(options: ApplicationOptions): Application {
  const { homeDirectory, version, launchCompute, door } = options
  const listeners = new Set<(event: AnyEvent) => void>()
  const emit = (event: AnyEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const onCrash = (reason: string): void => emit({ name: 'compute.crashed', payload: { reason } })
  const compute = new ComputeClient(launchCompute, onCrash)
  // Tiles must not wait behind a training, nor fail with it.
  const pictureCompute = new ComputeClient(launchCompute, onCrash)
  const settings = new Settings(homeDirectory)
  const session = new Session(`Lobule ${version}`, emit)
  const pictures = new Pictures(session, pictureCompute)

  const start = <K extends JobKind>(
    kind: K,
    title: string,
    input: unknown,
    run: JobFunction<K>,
    changed: AnyEvent[],
  ): { jobId: number } => {
    const announcing = async (context: JobContext): Promise<JobReports[K]> => {
      try {
        return await run(context)
      } finally {
        for (const event of changed) emit(event)
      }
    }
    return { jobId: session.queue.submit(kind, title, input, announcing).id }
  }
  const imagesChanged: AnyEvent = { name: 'images.changed', payload: { imageIds: null } }
  const encodersChanged: AnyEvent = { name: 'encoders.changed', payload: {} }
  const modelsChanged: AnyEvent = { name: 'models.changed', payload: {} }

  const handlers: Handlers = {
    'app.info': () => ({
      version,
      acknowledged: settings.content.acknowledged,
      reader: settings.content.reader,
      nativeDialogs: door.choose !== null,
      tiles: door.tiles,
      homeDirectory: homedir(),
    }),
    'app.acknowledge': () => {
      settings.change({ acknowledged: true })
      return {}
    },
    'app.doctor': () => examine(compute, homeDirectory, version),
    'dialog.choose': async ({ kind }) => ({ paths: (await door.choose?.(kind)) ?? [] }),
    'directory.list': ({ path }) => listDirectory(path),

    'workspace.current': () => session.view(),
    'workspace.recent': () => [...settings.content.recent],
    'workspace.create': async ({ path, classes }) => {
      const view = await session.create(path, classes)
      settings.remember(view.path, view.name)
      return view
    },
    'workspace.open': async ({ path }) => {
      const view = await session.open(path)
      settings.remember(view.path, view.name)
      return view
    },
    'workspace.close': async () => {
      await session.close()
      return {}
    },
    'reader.set': ({ name }) => {
      settings.change({ reader: name })
      return {}
    },

    'demo.create': ({ directory, ...rest }) => {
      const task = { ...rest, directory: directory ?? join(session.workspace.path, 'synthetic') }
      return start('demo', 'Make synthetic tissue', task, (context) => makeDemo(compute, task, context), [])
    },
    'image.import': (input) => {
      const { database } = session.workspace
      parseCasesPattern(input.casesPattern)
      const task = { ...input, reader: settings.content.reader }
      const run: JobFunction<'import'> = (context) => importImages(database, compute, task, context)
      return start('import', 'Import images', input, run, [imagesChanged])
    },
    'image.list': () => listImages(session.workspace.database),
    'image.get': ({ imageId }) => getImage(session.workspace.database, imageId),
    'image.verdicts': ({ imageId }) => listVerdicts(session.workspace.database, imageId),
    'image.label': ({ imageIds, className }) => {
      setLabels(session.workspace.database, imageIds, className, settings.content.reader)
      emit({ name: 'images.changed', payload: { imageIds } })
      return {}
    },

    'encoder.list': () => compute.run('encoderList', { homeDirectory }),
    'encoder.demo': (input) => {
      const run: JobFunction<'encoders'> = (context) =>
        installDemoEncoders(compute, { homeDirectory, ...input }, context)
      return start('encoders', 'Install untrained encoders', input, run, [encodersChanged])
    },
    'encoder.import': (input) => {
      const run: JobFunction<'encoders'> = (context) =>
        importEncoders(compute, { homeDirectory, ...input }, context)
      return start('encoders', 'Install encoders', input, run, [encodersChanged])
    },
    'recipe.list': () =>
      Object.keys(recipes).map((name) => ({ name, description: recipeDescriptions[name] ?? '' })),

    'model.list': () => listModels(session.workspace.database),
    'model.train': ({ name, recipe: recipeName }) => {
      const { database, path: workspacePath } = session.workspace
      const recipe = findRecipe(recipeName)
      if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
      const task = { name, recipe, homeDirectory, workspacePath }
      const run: JobFunction<'train'> = (context) => trainModel(database, compute, task, context)
      return start('train', `Train ${name}`, { name, recipe }, run, [modelsChanged])
    },
    'model.classify': ({ imageIds, model }) => {
      const { database, path: workspacePath } = session.workspace
      const { name } = findModel(database, model)
      const all = listImages(database)
      const images = imageIds === null ? all : imageIds.map((imageId) => getImage(database, imageId))
      const task = { images, model: name, homeDirectory, workspacePath }
      const run: JobFunction<'classify'> = (context) => classifyImages(database, compute, task, context)
      return start('classify', `Classify with ${name}`, { imageIds, model: name }, run, [imagesChanged])
    },

    'evaluation.table': (input) => evaluateTable(input),

    'job.list': () => session.queue.list(),
    'job.get': ({ jobId }) => session.queue.get(jobId),
    'job.cancel': ({ jobId }) => {
      session.queue.cancel(jobId)
      return {}
    },
  }

  return {
    handlers,
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readPicture: (path) => pictures.read(path),
    close: async () => {
      await session.dispose()
      compute.close()
      pictureCompute.close()
    },
  }
}
