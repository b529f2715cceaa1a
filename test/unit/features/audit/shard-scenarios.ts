import type { CallName, CallInput } from '../../../../electron/contract/index.ts'
import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

/** Plans and their collection are jobs: each leaves an event when it begins and one when it ends. */
export function shardScenarios({
  call,
  finish,
  file,
}: Pick<Tools, 'call' | 'finish' | 'file'>): Record<Extract<Audited, `shard.${string}`>, Scenario> {
  const run =
    <N extends CallName>(name: N, input: () => CallInput<N>) =>
    async (): Promise<void> =>
      finish((await call(name, input())) as { jobId: number })
  const how = { images: 'link', backend: 'cpu', allowsHalf: false } as const
  const slides = { imageIds: [1], model: 'first' }
  return {
    'shard.plan': scenario(
      ['export', 'export'],
      run('shard.plan', () => ({ ...how, recipe: 'quick', directory: file('plan') })),
    ),
    'shard.planTraining': scenario(
      ['export', 'export'],
      run('shard.planTraining', () => ({ recipe: 'quick', directory: file('training') })),
    ),
    'shard.planSlides': scenario(
      ['export', 'export'],
      run('shard.planSlides', () => ({ ...how, ...slides, directory: file('slides plan') })),
    ),
    'shard.collect': scenario(
      ['import', 'import'],
      run('shard.collect', () => ({
        plan: file('plan'),
        parts: file('parts'),
        kind: 'encode',
        allowsMixed: false,
      })),
    ),
  }
}
