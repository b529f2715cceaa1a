/**
 * What a plan of many images costs, and how encoding scales: `npm run bench -- shards [--images 1000000] [--fields 12]`.
 * First a plan of made-up images is written, divided and checked. Then small fields are encoded in one and in two shards at a time on this machine, and the times of a
 * start and of an image give the time on 1 to 1000 machines with a shared disk.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sha256 } from '../../electron/base/sha256.ts'
import { recipes, type PlanShardsReport } from '../../electron/contract/index.ts'
import { planUnits, readPlan, writeEncodePlan } from '../../electron/engine/shards/plan-file.ts'
import type { PlanUnit } from '../../electron/engine/shards/plan-images.ts'
import { isOf } from '../../electron/engine/shards/shard.ts'
import type { EncodeShardReport } from '../../electron/features/shards/encode-shard.ts'
import { lobule } from '../e2e/workflows/two-workspaces.ts'
import { lobuleJson } from '../support/run-lobule.ts'
import { machineLine } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1000000' },
    fields: { type: 'string', default: '12' },
    'disk-mb': { type: 'string', default: '500' },
  },
})
const [images, fields, diskMb] = [values.images, values.fields, values['disk-mb']].map(Number)
if (images === undefined || fields === undefined || diskMb === undefined)
  throw new RangeError('numbers are needed')
const root = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
const quick = recipes['quick']
if (quick === undefined) throw new Error('no recipe quick')

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const startedAt = performance.now()
  const result = await work()
  return { seconds: (performance.now() - startedAt) / 1000, result }
}

/** Hashes in ascending order without a list of them all: the number, then hexadecimal digits that depend on it. */
function* madeUp(count: number): Generator<PlanUnit> {
  for (let n = 0; n < count; n++) {
    const key = n.toString(16).padStart(8, '0') + sha256(String(n)).slice(8)
    yield {
      sha256: key,
      page: 1,
      pixelSizeUm: 0.5,
      bytes: 9_400_000,
      path: `images/${key.slice(0, 2)}/${key}.tif`,
    }
  }
}

async function planOfMany(count: number): Promise<void> {
  const header = {
    lobule: '0',
    createdAt: new Date().toISOString(),
    recipe: quick as NonNullable<typeof quick>,
    backend: 'auto',
    allowsHalf: false,
    weights: { source: 'untrained', fingerprints: { resnet50: '0'.repeat(64) } },
  } as const
  const written = await timed(() => writeEncodePlan(root, header, madeUp(count)))
  const read = await timed(async () => {
    let own = 0
    for await (const { index } of planUnits(root, await readPlan(root, 'encode')))
      if (isOf({ index: 3, of: 1000 }, index)) own++
    return own
  })
  const bytes = statSync(join(root, 'units.jsonl')).size
  console.log(
    `plan of ${count} images: ${(bytes / 1e6).toFixed(0)} MB, written in ${written.seconds.toFixed(1)} s, checked and divided in ${read.seconds.toFixed(1)} s (${read.result} in shard 3 of 1000); peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  )
}

/** Runs shards at the same time, each with its share of the cores. */
function together(plan: string, parts: string, count: number): Promise<EncodeShardReport[]> {
  const [program = '', ...first] = lobule.split(' ')
  return Promise.all(
    Array.from({ length: count }, (_, n) => {
      const words = ['encode-shard', plan, '--shard', `${n}/${count}`, '--out', parts, '--json']
      const child = spawn(program, [...first, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      return new Promise<EncodeShardReport>((resolve, reject) => {
        child.once('error', reject)
        child.once('close', () => resolve(JSON.parse(text) as EncodeShardReport))
      })
    }),
  )
}

async function scaling(count: number): Promise<void> {
  const home = join(root, 'home')
  const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
  await json('encoders', 'demo')
  await json('demo', join(root, 'fields'), '--per-class', String(count / 4))
  await json('init', '-w', join(root, 'w'))
  await json('import', join(root, 'fields'), '-w', join(root, 'w'), '--labels', 'folder')
  const plan = join(root, 'plan')
  const planned = await json<PlanShardsReport>(
    'encode-plan',
    '-w',
    join(root, 'w'),
    '--recipe',
    'quick',
    '--out',
    plan,
  )
  const empty = await timed(() => together(plan, join(root, 'none'), 1))
  const again = await timed(() => together(plan, join(root, 'none'), 1))
  const two = await timed(() => together(plan, join(root, 'two'), 2))
  const start = again.seconds
  const unit = (empty.seconds - start) / count
  console.log(
    `${count} fields, recipe quick: one shard ${empty.seconds.toFixed(1)} s (${unit.toFixed(2)} s a field), two at a time on ${availableParallelism()} cores ${two.seconds.toFixed(1)} s (${(empty.seconds / two.seconds).toFixed(2)} times as fast); a start with nothing to do ${start.toFixed(1)} s`,
  )
  const bytes = planned.bytes / count
  const all = 100_000
  for (const nodes of [1, 10, 100, 1000]) {
    const compute = start + Math.ceil(all / nodes) * unit
    const disk = (all * bytes) / ((diskMb ?? 500) * 1e6)
    const total = Math.max(compute, disk)
    console.log(
      `${all} such fields on ${nodes} machines: ${(total / 3600).toFixed(2)} h, ${((100 * (start + all * unit)) / nodes / total).toFixed(0)} % of ideal; ${disk > compute ? `limited by a disk of ${diskMb} MB/s` : 'limited by encoding'}`,
    )
  }
}

console.log(machineLine())
try {
  await planOfMany(images)
  await scaling(fields)
} finally {
  rmSync(root, { recursive: true, force: true })
}
