import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlanKind } from '../../../electron/contract/index.ts'
import { lobuleJson } from '../../support/run-lobule.ts'
import { slideWorkspaces } from './slide-workspaces.ts'
import { contentOf, twoWorkspaces, workflow } from './two-workspaces.ts'

/** Slurm's daemons want to be root; a laboratory's own Slurm is never touched, since these have ports and folders of their own. */
const missing =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'it needs root on Linux'
    : spawnSync('slurmctld', ['-V']).status !== 0 || spawnSync('slurmd', ['-V']).status !== 0
      ? 'Slurm is not installed (Debian: slurm-wlm)'
      : null
if (missing !== null) console.warn(`SKIPPED: an array of Slurm was not run: ${missing}.`)
/** By hand, since a requeued part waits half a minute: LOBULE_SLURM_SLIDES=1. */
const hasSlides = process.env['LOBULE_SLURM_SLIDES'] === '1'
if (missing === null && !hasSlides)
  console.warn('SKIPPED: slides were not analysed by Slurm: it runs with LOBULE_SLURM_SLIDES=1.')

describe.skipIf(missing !== null)('Slurm', () => {
  const slurm = mkdtempSync(join(tmpdir(), 'lobule-slurm-'))
  const conf = join(slurm, 'slurm.conf')
  /** All processes of this Slurm have it in their environment. */
  const environment = { ...process.env, SLURM_CONF: conf }
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
      execFileSync('runuser', ['-u', 'munge', '--', 'munged'], { env: environment })
    }
    for (const daemon of ['slurmctld', 'slurmd']) execFileSync(daemon, ['-f', conf], { env: environment })
    two = await twoWorkspaces(2)
  }, 300_000)

  afterAll(async () => {
    // The daemons, a munged that was started here, and what a failed test left running.
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const deadline = Date.now() + 10_000
      for (const pid of processesOf(conf)) {
        try {
          process.kill(pid, signal)
        } catch {
          // It has ended.
        }
      }
      while (processesOf(conf).length > 0 && Date.now() < deadline) await setTimeout(100)
    }
    const left = processesOf(conf)
    rmSync(slurm, { recursive: true, force: true })
    rmSync(two.root, { recursive: true, force: true })
    expect(left).toEqual([])
  }, 60_000)

  const restarts = (): number =>
    (run('scontrol', '-d', 'show', 'job').match(/Restarts=(\d+)/g) ?? []).filter(
      (text) => text !== 'Restarts=0',
    ).length

  /** Submits the parts of a plan, kills the first that has begun, whichever it is, and waits until all is collected. */
  async function spread(
    kind: PlanKind,
    { plan, parts, workspace, shards }: { plan: string; parts: string; workspace: string; shards: number },
  ): Promise<void> {
    await expect.poll(() => run('sinfo', '-h', '-o', '%T'), { timeout: 30_000 }).toMatch(/idle|mixed/)
    const before = restarts()
    const collection = run(
      'env',
      `KIND=${kind}`,
      'bash',
      workflow('slurm/submit.sh'),
      plan,
      parts,
      workspace,
      String(shards),
    )
    const found: { pid: number | null } = { pid: null }
    const find = (): number | null => (found.pid = findShard(kind, parts))
    await expect.poll(find, { timeout: 120_000, interval: 20 }).not.toBeNull()
    process.kill(found.pid ?? Number.NaN, 'SIGKILL')
    const stateOf = (job: string): string =>
      /JobState=(\w+)/.exec(run('scontrol', 'show', 'job', job))?.[1] ?? 'gone'
    await expect
      .poll(() => stateOf(collection), { timeout: 240_000, interval: 1000 })
      .toMatch(/COMPLETED|FAILED|CANCELLED/)
    expect(stateOf(collection), readFileSync(two.at(`slurm-${collection}.out`), 'utf8')).toBe('COMPLETED')
    expect(restarts() - before).toBe(1)
  }

  it('runs the parts as an array, starts a killed one again, and collects what one machine would have made', async () => {
    const { at, home } = two
    await spread('encode', { plan: at('plan'), parts: at('parts'), workspace: at('many'), shards: 8 })
    expect(await contentOf(at('many'), home)).toEqual(await contentOf(at('one'), home))
  }, 600_000)

  it.skipIf(!hasSlides)(
    'analyses a slide in parts, starts a killed one again, and gives the map of one machine',
    async () => {
      const { at, home } = two
      const { analyse, planSlides } = await slideWorkspaces(two)
      const whole = await analyse('here')
      await planSlides('spread', at('slide-plan'))
      mkdirSync(at('slide-parts'))
      const paths = { plan: at('slide-plan'), parts: at('slide-parts'), workspace: at('spread') }
      await spread('slides', { ...paths, shards: 2 })
      const blocks = readdirSync(at('spread', 'slide-maps', 'drafts'), { recursive: true, encoding: 'utf8' })
      expect(blocks.filter((file) => file.endsWith('.block')).length).toBeGreaterThan(1)
      expect(await analyse('spread')).toEqual(whole)
      expect(await readFile(at('spread', 'slide-maps', `${whole.mapSha256}.map`))).toEqual(
        await readFile(at('here', 'slide-maps', `${whole.mapSha256}.map`)),
      )
      expect(await lobuleJson(['workspace', 'check', '-w', at('spread')], { home })).toMatchObject({
        problems: [],
      })
    },
    600_000,
  )
})

/** What a file of each process of this machine has, separated by NUL. */
function* processes(file: 'cmdline' | 'environ'): Generator<[pid: number, words: string[]]> {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      yield [Number(pid), readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')]
    } catch {
      // It has ended.
    }
  }
}

/** The process of a part that writes there, but not its compute process; null: none. */
function findShard(kind: PlanKind, parts: string): number | null {
  for (const [pid, words] of processes('cmdline'))
    if (words.includes(`${kind}-shard`) && words.includes(parts)) return pid
  return null
}

/** The processes that a Slurm with this configuration started, and its daemons. */
const processesOf = (conf: string): number[] =>
  [...processes('environ')].filter(([, words]) => words.includes(`SLURM_CONF=${conf}`)).map(([pid]) => pid)
