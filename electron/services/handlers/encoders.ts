import { fetchEncoders, importEncoders, installDemoEncoders } from '../../jobs/install-encoders.ts'
import { encodersChanged, startJob, type HandlersOf, type ServiceContext } from '../context.ts'

/** For tests and for mirrors inside a hospital's network; what comes from there is checked all the same. */
const baseUrl = (): string | null => process.env['LOBULE_ENCODER_BASE_URL'] ?? null

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
    'encoder.fetch': (input) =>
      startJob(context, {
        kind: 'encoders',
        title: 'Download encoders',
        input,
        run: (job) => fetchEncoders(compute, { homeDirectory, baseUrl: baseUrl(), ...input }, job),
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
