import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { leaksJob } from './compare-images.ts'
import { readLeakReport } from './leak-report.ts'

export const leakHandlers = (context: ServiceContext): HandlersOf<'leak'> => ({
  'leak.compare': () => startJob(context, leaksJob, {}),
  'leak.report': () => readLeakReport(context.session.workspace.database),
})
