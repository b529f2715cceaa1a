import { writeFileSync } from 'node:fs'
import { labelLine, readingsFileText } from '../../../support/readings-file.ts'
import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

/** Readings that leave the workspace, and that come from another one. */
export const exchangeScenarios = ({
  call,
  finish,
  file,
}: Pick<Tools, 'call' | 'finish' | 'file'>): Record<
  Extract<Audited, `exchange.${string}` | 'label.export' | 'workspace.open'>,
  Scenario
> => ({
  'label.export': scenario(['export'], async () => {
    await call('label.export', { path: file('labels.csv') })
  }),
  'exchange.export': scenario(['export'], async () => {
    await call('exchange.export', { path: file('readings.jsonl') })
  }),
  'exchange.handOver': scenario(['export', 'export'], async () => {
    await finish(await call('exchange.handOver', { path: file('handed-over'), to: 'eva', isBlind: true }))
  }),
  // Once for the file, and once for each entry that is new here.
  'exchange.import': scenario(
    ['import', 'label', 'label'],
    async () => {
      await call('exchange.import', { path: file('received.jsonl') })
    },
    async () => {
      const { sha256 } = await call('image.get', { imageId: 1 })
      const lines = [labelLine(sha256), labelLine(sha256, { reader: 'gus', className: 'Malignant' })]
      writeFileSync(file('received.jsonl'), readingsFileText([sha256], lines))
    },
  ),
  // The reader of a handover begins; opened to be looked at, it changes nothing.
  'workspace.open': {
    leaves: ['reader', 'reading'],
    before: async () => {
      await finish(await call('exchange.handOver', { path: file('for eva'), to: 'eva' }))
      await call('workspace.close', {})
      await call('workspace.open', { path: file('for eva'), handover: 'look' })
    },
    run: async () => {
      await call('workspace.open', { path: file('for eva'), handover: 'begin' })
    },
    after: async () => {
      await call('workspace.open', { path: file('w') })
      await call('reader.set', { name: 'ben' })
    },
  },
})
