import { encodersJob } from './install-encoders.ts'
import { inspectEncoder } from './own-encoders.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'

export function encoderHandlers(context: ServiceContext): HandlersOf<'encoder'> {
  const { compute, homeDirectory } = context
  return {
    'encoder.list': () => compute.run('encoderList', { homeDirectory }),
    'encoder.demo': (input) => startJob(context, encodersJob, { from: 'demo', ...input }),
    'encoder.fetch': (input) => {
      context.settings.refuseWhere('allowDownloads', false, 'Downloading encoders')
      return startJob(context, encodersJob, { from: 'official', ...input })
    },
    'encoder.import': (input) => startJob(context, encodersJob, { from: 'files', ...input }),
    'encoder.inspect': ({ path }) => inspectEncoder(path, context),
    'encoder.install': (input) => startJob(context, encodersJob, { from: 'own', ...input }),
    'encoder.remove': (input) => startJob(context, encodersJob, { from: 'removal', ...input }),
  }
}
