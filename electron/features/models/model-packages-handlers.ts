import { AppError, type CallName, type Handlers } from '../../contract/index.ts'
import { exportModelJob } from './export-model.ts'
import { importModelJob } from './import-model.ts'
import { hasModel } from '../../store/index.ts'
import { startJob, type ServiceContext } from '../../session/context.ts'
import { readModelReport } from './model-report.ts'

type PackageCall = Extract<CallName, 'model.export' | 'model.import'>

export const modelPackageHandlers = (context: ServiceContext): Pick<Handlers, PackageCall> => {
  const { session } = context
  return {
    'model.export': ({ model, path }) => {
      const { database } = session.workspace
      if (!path.toLowerCase().endsWith('.zip')) {
        throw new AppError('path.not-writable', {
          path,
          reason: 'the file name of a model package must end in .zip',
        })
      }
      const report = readModelReport(database, model)
      return startJob(context, exportModelJob, { model: report.model, path })
    },
    'model.import': ({ path, name }) => {
      const { database } = session.workspace
      if (name !== null && hasModel(database, name)) throw new AppError('model.exists', { model: name })
      return startJob(context, importModelJob, { path, name })
    },
  }
}
