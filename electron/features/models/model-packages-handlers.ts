import { AppError, type CallName, type Handlers } from '../../contract/index.ts'
import { exportPath } from '../workspace/export-path.ts'
import { exportModelJob, modelPackage } from './export-model.ts'
import { importModelJob } from './import-model.ts'
import { hasModel } from '../../store/index.ts'
import { startJob, type ServiceContext } from '../../session/context.ts'
import { readModelReport } from './model-report.ts'

type PackageCall = Extract<CallName, 'model.export' | 'model.import' | 'model.preview'>

export const modelPackageHandlers = (context: ServiceContext): Pick<Handlers, PackageCall> => {
  const { session, bounded } = context
  return {
    'model.preview': async ({ path }) => {
      const refuse = (reason: string): AppError =>
        new AppError('package.invalid', { path, entry: null, reason })
      const { manifest, card } = await bounded.run('previewPackage', { path }, { refuse })
      const { name, trainedAt, recipe, classes, weights, boosters, version } = manifest
      return {
        name,
        trainedAt,
        recipe: recipe.name,
        classes: classes.map((own) => own.name),
        weights,
        boosters: boosters.length,
        version,
        card,
      }
    },
    'model.export': async ({ model, ...wanted }) => {
      const path = await exportPath(context, wanted, modelPackage)
      const report = await session.read((database) => readModelReport(database, model))
      return startJob(context, exportModelJob, { ...wanted, model: report.model, path })
    },
    'model.import': ({ path, name }) => {
      const { database } = session.workspace
      if (name !== null && hasModel(database, name)) throw new AppError('model.exists', { model: name })
      return startJob(context, importModelJob, { path, name })
    },
  }
}
