import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentOf, twoWorkspaces, workflow } from './two-workspaces.ts'

/** Slurm's daemons want to be root; a laboratory's own Slurm is never touched, since these have ports and folders of their own. */
const missing =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'it needs root on Linux'
    : spawnSync('slurmctld', ['-V']).status !== 0 || spawnSync('slurmd', ['-V']).status !== 0
      ? 'Slurm is not installed (Debian: slurm-wlm)'
      : null
if (missing !== null) console.warn(`SKIPPED: an array of Slurm was not run: ${missing}.`)

const shards = 8

describe.skipIf(missing !== null)('Slurm', () => {
  const slurm = mkdtempSync(join(tmpdir(), 'lobule-slurm-'))
  const conf = join(slurm, 'slurm.conf')
  let two: Awaited<ReturnType<typeof twoWorkspaces>>
  const run = (program: string, ...parameters: string[]): string =>
    execFileSync(program, parameters, {
      encoding: 'utf8',
      env: { ...two.environment, SLURM_CONF: conf },
      cwd: two.root,
    }).trim()

  beforeAll(async () => {
    for (const name of ['state', 'spool']) mkdirSync(join(slurm, name))
    const text = readFileSync(new URL('./slurm.conf', import.meta.url), 'utf8')
    const values = { HOST: hostname().split('.')[0] ?? '', CPUS: String(cpus().length), ROOT: slurm }
    writeFileSync(
      conf,
      Object.entries(values).reduce(
        (all, [name, value]) => all.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), value),
        text,
      ),
    )
    if (spawnSync('munge', ['-n']).status !== 0) {
      mkdirSync('/run/munge', { recursive: true })
      execFileSync('chown', ['munge', '/run/munge'])
      execFileSync('runuser', ['-u', 'munge', '--', 'munged'])
    }
    for (const daemon of ['slurmctld', 'slurmd']) execFileSync(daemon, ['-f', conf])
    two = await twoWorkspaces(2)
  }, 300_000)

  afterAll(() => {
    for (const daemon of ['slurmd', 'slurmctld']) {
      try {
        process.kill(Number(readFileSync(join(slurm, `${daemon}.pid`), 'utf8')), 'SIGTERM')
      } catch {
        // It did not start.
      }
    }
    // They write their state when they end.
    rmSync(slurm, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
    rmSync(two.root, { recursive: true, force: true })
  })

  it('runs the parts as an array, starts a killed one again, and collects what one machine would have made', async () => {
    await expect.poll(() => run('sinfo', '-h', '-o', '%T'), { timeout: 30_000 }).toMatch(/idle|mixed/)
    const collection = run(
      'bash',
      workflow('slurm/submit.sh'),
      two.at('plan'),
      two.at('parts'),
      two.at('many'),
      String(shards),
    )
    // The first part that has begun, whichever it is.
    const find = (): number | null => findShard(two.at('parts'))
    await expect.poll(find, { timeout: 120_000, interval: 20 }).not.toBeNull()
    const killed = find()
    if (killed !== null) process.kill(killed, 'SIGKILL')
    const stateOf = (job: string): string =>
      /JobState=(\w+)/.exec(run('scontrol', 'show', 'job', job))?.[1] ?? 'gone'
    await expect
      .poll(() => stateOf(collection), { timeout: 240_000, interval: 1000 })
      .toMatch(/COMPLETED|FAILED|CANCELLED/)
    expect(stateOf(collection), readFileSync(two.at(`slurm-${collection}.out`), 'utf8')).toBe('COMPLETED')
    const restarts = run('scontrol', '-d', 'show', 'job').match(/Restarts=(\d+)/g) ?? []
    expect(restarts.filter((text) => text !== 'Restarts=0')).toHaveLength(killed === null ? 0 : 1)
    expect(killed).not.toBeNull()
    expect(await contentOf(two.at('many'), two.home)).toEqual(await contentOf(two.at('one'), two.home))
  }, 600_000)
})

/** The process of a part that writes there, but not its compute process; null: none. */
function findShard(parts: string): number | null {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      if (words.includes('encode-shard') && words.includes(parts)) return Number(pid)
    } catch {
      // It has ended.
    }
  }
  return null
}
