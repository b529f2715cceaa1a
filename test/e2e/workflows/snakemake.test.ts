import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { contentOf, lobule, twoWorkspaces, workflow } from './two-workspaces.ts'

/** LOBULE_SNAKEMAKE names another one than that of the path. */
const snakemake = process.env['LOBULE_SNAKEMAKE'] ?? 'snakemake'
const isThere = spawnSync(snakemake, ['--version']).status === 0
if (!isThere)
  console.warn('SKIPPED: Snakemake was not run: it is not installed (pip install snakemake==9.27.0).')

it.skipIf(!isThere)(
  'Snakemake runs the parts and collects what one machine would have made',
  async () => {
    const { root, home, at, environment } = await twoWorkspaces(2)
    try {
      const config = ['plan', 'parts'].map((name) => `${name}=${at(name)}`)
      const more = [`workspace=${at('many')}`, 'shards=3', `lobule=${lobule}`]
      const how = ['--snakefile', workflow('snakemake/Snakefile'), '--cores', '2', '--directory', root]
      const again = (): string =>
        execFileSync(snakemake, [...how, '--config', ...config, ...more], {
          encoding: 'utf8',
          env: environment,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
      again()
      expect(await contentOf(at('many'), home)).toEqual(await contentOf(at('one'), home))
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  },
  300_000,
)
