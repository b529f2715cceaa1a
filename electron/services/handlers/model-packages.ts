import { AppError, type CallName, type Handlers } from '../../contract/index.ts'
import { exportModel } from '../../jobs/export-model.ts'
import { importModel } from '../../jobs/import-model.ts'
import { hasModel } from '../../store/index.ts'
import { modelsChanged, startJob, type ServiceContext } from '../context.ts'
import { readModelReport } from '../model-report.ts'

type PackageCall = Extract<CallName, 'model.export' | 'model.import'>

export const modelPackageHandlers = (context: ServiceContext): Pick<Handlers, PackageCall> => {
  const { session, compute, homeDirectory } = context
  return {
    'model.export': ({ model, path }) => {
      const { database, path: workspacePath } = session.workspace
      if (!path.toLowerCase().endsWith('.zip')) {
        throw new AppError('path.not-writable', { path, reason: 'the package of a model ends in .zip' })
      }
      const report = readModelReport(database, model)
      return startJob(context, {
        kind: 'export-model',
        title: `Export ${report.model}`,
        input: { model: report.model, path },
        run: (job) => exportModel(database, compute, { report, path, workspacePath }, job),
      })
    },
    'model.import': ({ path, name }) => {
      const { database, path: workspacePath } = session.workspace
      if (name !== null && hasModel(database, name)) throw new AppError('model.exists', { model: name })
      return startJob(context, {
        kind: 'import-model',
        title: 'Import a model',
        input: { path, name },
        run: (job) => importModel(database, compute, { path, name, homeDirectory, workspacePath }, job),
        changed: modelsChanged,
      })
    },
  }
}
