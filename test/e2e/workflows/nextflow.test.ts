import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { contentOf, lobule, twoWorkspaces, workflow } from './two-workspaces.ts'

/** LOBULE_NEXTFLOW names another one than that of the path; several words are a program and its arguments. */
const [nextflow = '', ...first] = (process.env['LOBULE_NEXTFLOW'] ?? 'nextflow').split(' ')
const isThere = spawnSync(nextflow, [...first, '-version']).status === 0
if (!isThere) console.warn('SKIPPED: Nextflow was not run: it is not installed.')

it.skipIf(!isThere)(
  'Nextflow runs the parts and collects what one machine would have made',
  async () => {
    const { root, home, at, environment } = await twoWorkspaces(2)
    try {
      const paths = ['plan', 'parts'].flatMap((name) => [`--${name}`, at(name)])
      const how = ['--workspace', at('many'), '--shards', '3', '--lobule', lobule, '-profile', 'local']
      execFileSync(nextflow, [...first, 'run', workflow('nextflow/main.nf'), ...paths, ...how], {
        env: { ...environment, NXF_OFFLINE: 'true' },
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      expect(await contentOf(at('many'), home)).toEqual(await contentOf(at('one'), home))
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  },
  300_000,
)
