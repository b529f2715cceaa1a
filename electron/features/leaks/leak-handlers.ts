import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { leaksJob } from './compare-images.ts'
import { readLeakReport } from './leak-report.ts'

export const leakHandlers = (context: ServiceContext): HandlersOf<'leak'> => ({
  'leak.compare': () => startJob(context, leaksJob, {}),
  'leak.report': async () => {
    const { compute, homeDirectory, session } = context
    const installed = await compute.run('encoderList', { homeDirectory })
    const own = installed.flatMap(({ own }) => own?.encoder ?? [])
    return session.read((database) => readLeakReport(database, own))
  },
})
