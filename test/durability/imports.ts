/**
 * Imports of many files that are disturbed (docs/import.md): `node test/durability/imports.ts [--files 10000] [--kills 10]
 * [--seed TEXT]`, with the project's own Node, a built program, and for the full disk the right to mount one (root).
 */
import { parseArgs } from 'node:util'
import { importRun } from './import-run.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: 'imports' },
  },
})
const startedAt = performance.now()
await importRun({
  files: Number(values.files),
  kills: Number(values.kills),
  seed: values.seed,
  log: (line) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${line}`),
})
console.log('Every file was accounted for.')
