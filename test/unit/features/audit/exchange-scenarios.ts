import { writeFileSync } from 'node:fs'
import { labelLine, readingsFileText } from '../../../support/readings-file.ts'
import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

/** Readings that leave the workspace, and that come from another one. */
export const exchangeScenarios = ({
  call,
  file,
}: Pick<Tools, 'call' | 'file'>): Record<Extract<Audited, `exchange.${string}`>, Scenario> => ({
  'exchange.export': scenario(['export'], async () => {
    await call('exchange.export', { path: file('readings.jsonl') })
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
})
