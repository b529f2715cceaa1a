import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ensureSnakemake } from '../../../electron/setup/snakemake.mjs'
import { inRoot } from '../../../electron/setup/shared.mjs'

const ensure = (environment: NodeJS.ProcessEnv): Promise<string | null> =>
  ensureSnakemake(() => undefined, environment)

it('takes the Snakemake that is named, and installs none on a machine that is not for tests alone', async () => {
  expect(await ensure({ LOBULE_SNAKEMAKE: '/opt/snakemake', CI: 'true' })).toBe('/opt/snakemake')
  expect(await ensure({ PATH: '/nowhere' })).toBeNull()
})

it('pins every package by version and hash', () => {
  const lines = readFileSync(inRoot('test', 'e2e', 'workflows', 'snakemake.txt'), 'utf8')
    .trim()
    .split('\n')
  const packages = lines.filter((line) => !line.startsWith(' '))
  expect(packages.length).toBeGreaterThan(20)
  for (const line of packages) expect(line).toMatch(/^[\w.-]+==[\w.]+ \\$/)
  for (const line of lines.filter((each) => each.startsWith(' ')))
    expect(line).toMatch(/^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$/)
})
