/**
 * Lobule on a full disk (docs/backup.md): `node test/durability/disk-full.ts [--step 4] [--training-step 32]`, in KiB, with
 * the project's own Node, a built program, and the right to mount a disk (root).
 */
import { parseArgs } from 'node:util'
import { diskFullRun } from './disk-full-run.ts'

const { values } = parseArgs({
  options: { step: { type: 'string', default: '4' }, 'training-step': { type: 'string', default: '32' } },
})
const lastKib = 512
const sizes = (stepKib: number): number[] =>
  Array.from({ length: lastKib / stepKib + 1 }, (_, n) => n * stepKib * 1024)
const startedAt = performance.now()
const result = await diskFullRun({
  sizes: sizes(Number(values.step)),
  trainingSizes: sizes(Number(values['training-step'])),
  log: (line) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${line}`),
})
if (result === null) process.exitCode = 1
else console.log(`Nothing was lost or half written. ${JSON.stringify(result)}`)
