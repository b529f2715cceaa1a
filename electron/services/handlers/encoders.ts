import { importEncoders, installDemoEncoders } from '../../jobs/install-encoders.ts'
import { encodersChanged, startJob, type HandlersOf, type ServiceContext } from '../context.ts'

export function encoderHandlers(context: ServiceContext): HandlersOf<'encoder'> {
  const { compute, homeDirectory } = context
  return {
    'encoder.list': () => compute.run('encoderList', { homeDirectory }),
    'encoder.demo': (input) =>
      startJob(context, {
        kind: 'encoders',
        title: 'Install untrained encoders',
        input,
        run: (job) => installDemoEncoders(compute, { homeDirectory, ...input }, job),
        changed: encodersChanged,
      }),
    'encoder.import': (input) =>
      startJob(context, {
        kind: 'encoders',
        title: 'Install encoders',
        input,
        run: (job) => importEncoders(compute, { homeDirectory, ...input }, job),
        changed: encodersChanged,
      }),
  }
}
