/**
 * Kills the program at random moments (docs/backup.md): `node test/durability/kills.ts [--count 200] [--seed TEXT]`, with the
 * project's own Node and a built program.
 */
import { parseArgs } from 'node:util'
import { killRun } from './kill-run.ts'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: 'kills' } },
})
const startedAt = performance.now()
const log = (line: string): void =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${line}`)
const result = await killRun({ count: Number(values.count), seed: values.seed, log })
console.log(`Nothing was lost. ${JSON.stringify(result)}`)
