import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  CollectShardsReport,
  EncodeReport,
  PlanShardsReport,
  PlanTrainingReport,
} from '../../../electron/contract/index.ts'
import type { EncodeShardReport } from '../../../electron/features/shards/encode-shard.ts'
import { filesBelow } from '../../../electron/base/files-below.ts'
import { sha256OfFile } from '../../../electron/base/sha256.ts'
import type { TrainShardReport } from '../../../electron/features/shards/train-shard.ts'
import { noise } from '../../support/odd-files.ts'
import { isComputing, lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const at = (...names: string[]): string => join(root, ...names)
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
/** A node has a data folder of its own, without any encoder, and none may be put into it. */
const nodeHome = (): string => at('node-home')
const shard = (which: string, parts = 'parts'): string[] =>
  ['encode-shard', at('plan'), '--shard', which, '--out', at(parts)] // prettier-ignore

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-shards-'))
  home = at('home')
  await json('encoders', 'demo')
  await json('demo', at('images'), '--per-class', '2', '--seed', '3', '--width', '320', '--height', '256')
  for (const name of ['one', 'many']) {
    await json('init', '--workspace', at(name))
    await json('import', at('images'), '--workspace', at(name), '--labels', 'folder')
  }
}, 120_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Descriptor files below a folder, with the hash of their bytes. */
async function descriptors(folder: string): Promise<Record<string, string>> {
  const files = await filesBelow(join(folder, 'descriptors'), '.npy')
  const base = join(folder, 'descriptors').length
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.slice(base), await sha256OfFile(file)] as const)),
  )
}

it('encodes on machines without the workspace: killed, stopped and repeated, the bits are those of one machine', async () => {
  const one = await json<EncodeReport>(
    'encode',
    '--workspace',
    at('one'),
    '--recipe',
    'quick',
    '--backend',
    'cpu',
  )
  expect(one.images).toBe(8)
  const plan = await json<PlanShardsReport>(
    ...[
      'encode-plan',
      '--workspace',
      at('many'),
      '--recipe',
      'quick',
      '--backend',
      'cpu',
      '--out',
      at('plan'),
    ],
  )
  expect(plan).toMatchObject({ images: 8, encoded: 0, failed: [], weights: 'untrained' })
  // Names of files and classes, and the path of the workspace, stay here.
  const written = ['plan.json', 'units.jsonl'].map((name) => readFileSync(at('plan', name), 'utf8')).join('')
  for (const secret of [root, 'Benign', 'Invasive', 'synthetic', 'many'])
    expect(written).not.toContain(secret)
  expect((await filesBelow(at('plan', 'images'))).every((file) => /\/[0-9a-f]{64}\.png$/.test(file))).toBe(
    true,
  )

  const node = { home: nodeHome() }
  await runLobule(shard('0/2'), {
    ...node,
    interrupt: { signal: 'SIGKILL', afterMs: one.durationMs / 4, once: isComputing },
  })
  const stopped = await runLobule([...shard('1/2'), '--json'], {
    ...node,
    interrupt: { signal: 'SIGTERM', afterMs: 500, once: isComputing },
  })
  expect(stopped.code).toBe(143)
  const partly = JSON.parse(stopped.stdout) as EncodeShardReport
  expect(partly).toMatchObject({ shard: '1/2', images: 4, stopped: true, failed: [] })
  expect(Object.keys(await descriptors(at('parts'))).length).toBeGreaterThanOrEqual(partly.encoded)

  const early = await runLobule(
    ['encode-collect', at('plan'), at('parts'), '--workspace', at('many'), '--json'],
    { home },
  )
  expect(early.code).toBe(1)
  const missing = (JSON.parse(early.stdout) as CollectShardsReport).missing
  expect(missing.length).toBeGreaterThan(0)
  expect(missing.every(({ problem }) => problem === 'missing')).toBe(true)

  for (const which of ['0/2', '1/2']) {
    const report = await lobuleJson<EncodeShardReport>(shard(which), node)
    expect(report).toMatchObject({ images: 4, failed: [], stopped: false })
    expect(report.encoded + report.present).toBe(4)
  }
  expect(await lobuleJson<EncodeShardReport>(shard('0/1'), node)).toMatchObject({ encoded: 0, present: 8 })
  const collected = await json<CollectShardsReport>(
    'encode-collect',
    at('plan'),
    at('parts'),
    '--workspace',
    at('many'),
  )
  expect(collected).toMatchObject({ kind: 'encode', units: 8, unknown: 0, missing: [], failed: [] })
  expect(collected.collected + collected.present).toBe(8)
  expect(collected.makers).toHaveLength(1)
  expect(collected.makers[0]).toMatchObject({ backends: ['cpu'], units: 8 })
  expect(await descriptors(at('many'))).toEqual(await descriptors(at('one')))
  // Nothing is left to compute, flags included.
  expect(
    await json<EncodeReport>('encode', '--workspace', at('many'), '--recipe', 'quick', '--backend', 'cpu'),
  ).toMatchObject({ files: 8, backends: [] })
  expect(() => readdirSync(nodeHome())).toThrow(/ENOENT/)
}, 240_000)

it('trains on machines without the workspace what one machine trains, to the bit', async () => {
  const settings = ['--recipe', 'quick', '--set', 'folds=2', 'seeds=2', 'rounds=20', '--group-by', 'image']
  const boosters = async (name: string): Promise<string[]> =>
    (await filesBelow(at(name, 'boosters'))).map((file) => file.slice(at(name).length)).sort()
  await json('train', '--workspace', at('one'), '--name', 'm', ...settings)
  const expected = await boosters('one')

  const plan = ['train-plan', '--workspace', at('many'), '--out', at('training'), ...settings]
  expect(await json<PlanTrainingReport>(...plan)).toMatchObject({ classifiers: 4, fields: 8, failed: [] })
  const written = ['plan.json', 'rows.jsonl']
    .map((name) => readFileSync(at('training', name), 'utf8'))
    .join('')
  for (const secret of [root, 'Benign', 'Invasive', 'synthetic', 'many'])
    expect(written).not.toContain(secret)

  const node = { home: nodeHome() }
  const part = (which: string): string[] =>
    ['train-shard', at('training'), '--shard', which, '--out', at('trained')] // prettier-ignore
  await runLobule(part('0/2'), { ...node, interrupt: { signal: 'SIGKILL', afterMs: 300, once: isComputing } })
  const stopped = await runLobule(part('1/2'), {
    ...node,
    interrupt: { signal: 'SIGTERM', afterMs: 0, once: isComputing },
  })
  expect([0, 143]).toContain(stopped.code)
  for (const which of ['0/2', '1/2'])
    expect(await lobuleJson<TrainShardReport>(part(which), node)).toMatchObject({
      classifiers: 2,
      stopped: false,
    })
  const collect = ['train-collect', at('training'), at('trained'), '--workspace', at('many')]
  expect(await json<CollectShardsReport>(...collect)).toMatchObject({
    kind: 'train',
    units: 4,
    collected: 4,
    missing: [],
  })
  expect(await json<CollectShardsReport>(...collect)).toMatchObject({ collected: 0, present: 4 })
  const [text = ''] = (await filesBelow(at('trained', 'boosters'), '.txt')).sort()
  writeFileSync(text, 'another classifier')
  const damaged = await runLobule([...collect, '--json'], { home })
  expect([damaged.code, (JSON.parse(damaged.stdout) as CollectShardsReport).missing]).toMatchObject([
    1,
    [{ problem: 'damaged' }],
  ])
  const other = await runLobule(['encode-collect', ...collect.slice(1)], { home })
  expect([other.code, other.stderr]).toEqual([
    1,
    expect.stringContaining('it was written by train-plan, not by encode-plan'),
  ])

  // All are there before the training, which adds what likeness is measured by.
  expect((await boosters('many')).filter((file) => file.includes('units'))).toEqual(
    expected.filter((file) => file.includes('units')),
  )
  await json('train', '--workspace', at('many'), '--name', 'm', ...settings)
  expect(await boosters('many')).toEqual(expected)
  expect(() => readdirSync(nodeHome())).toThrow(/ENOENT/)
}, 240_000)

it('finds a file that was damaged on the way, and refuses parts of different machines', async () => {
  cpSync(at('parts'), at('worse'), { recursive: true })
  const [first = ''] = await filesBelow(at('worse', 'descriptors'), '.npy')
  writeFileSync(first, readFileSync(first).subarray(0, statSync(first).size - 1))
  const [unit = '', other = ''] = await filesBelow(at('worse', 'units'), '.json')
  const collect = ['encode-collect', at('plan'), at('worse'), '--workspace', at('many'), '--json']
  const damaged = await runLobule(collect, { home })
  expect(damaged.code).toBe(1)
  expect((JSON.parse(damaged.stdout) as CollectShardsReport).missing).toMatchObject([{ problem: 'damaged' }])
  // Another instruction set in the record of an image that is whole.
  const whole = unit.includes(basename(dirname(first))) ? other : unit
  const record = JSON.parse(readFileSync(whole, 'utf8')) as object
  writeFileSync(whole, JSON.stringify({ ...record, instructionSet: 'x64 avx' }))
  const mixed = await runLobule(collect, { home })
  expect([mixed.code, mixed.stderr]).toEqual([1, expect.stringContaining('1 by cpu on x64 avx with Lobule')])
  const allowed = await runLobule([...collect, '--allow-mixed'], { home })
  expect((JSON.parse(allowed.stdout) as CollectShardsReport).makers).toHaveLength(2)
}, 120_000)

it('lists an image that cannot be read, encodes the others, and refuses a folder that is in use', async () => {
  const [image = ''] = await filesBelow(at('plan', 'images'), '.png')
  copyFileSync(image, at('kept.png'))
  writeFileSync(image, 'no image any more')
  const { code, stdout } = await runLobule([...shard('0/4', 'again'), '--json'], { home: nodeHome() })
  const report = JSON.parse(stdout) as EncodeShardReport
  expect([code, report.encoded, report.failed.length]).toEqual([1, 1, 1])
  const collected = await runLobule(
    ['encode-collect', at('plan'), at('again'), '--workspace', at('many'), '--json'],
    { home },
  )
  expect((JSON.parse(collected.stdout) as CollectShardsReport).failed).toMatchObject([
    { name: report.failed[0]?.sha256 },
  ])
  copyFileSync(at('kept.png'), image)
  expect(await lobuleJson<EncodeShardReport>(shard('0/4', 'again'), { home: nodeHome() })).toMatchObject({
    encoded: 1,
    present: 1,
  })

  // Their results would count as those of the plan.
  const mixedUp = await runLobule(['train-shard', at('training'), '--shard', '0/2', '--out', at('again')], {
    home,
  })
  expect([mixedUp.code, mixedUp.stderr]).toEqual([
    1,
    expect.stringContaining('has the results of another plan'),
  ])
  expect((await runLobule(shard('8/8'), { home })).code).toBe(2)

  await json('init', '--workspace', at('empty'))
  const elsewhere = await runLobule(
    ['encode-collect', at('plan'), at('parts'), '--workspace', at('empty'), '--json'],
    { home },
  )
  expect([elsewhere.code, (JSON.parse(elsewhere.stdout) as CollectShardsReport).unknown]).toEqual([1, 8])

  // A pixel size that is set after the plan was written.
  await noise('no pixel size', 96, 80).png().toFile(at('plain.png'))
  await json('import', at('plain.png'), '--workspace', at('empty'))
  const how = ['--recipe', 'quick', '--backend', 'cpu']
  await json('encode-plan', '--workspace', at('empty'), ...how, '--out', at('outdated'))
  await json('set-pixel-size', '0.25', '1', '--workspace', at('empty'))
  await lobuleJson(['encode-shard', at('outdated'), '--shard', '0/1', '--out', at('late')], {
    home: nodeHome(),
  })
  const late = await runLobule(
    ['encode-collect', at('outdated'), at('late'), '--workspace', at('empty'), '--json'],
    { home },
  )
  expect([late.code, JSON.parse(late.stdout)]).toMatchObject([
    1,
    { collected: 0, missing: [{ problem: 'outdated' }] },
  ])

  const again = await runLobule(
    ['encode-plan', '--workspace', at('one'), '--recipe', 'quick', '--out', at('plan')],
    { home },
  )
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('already exists')])
  const inside = await runLobule(
    ['encode-plan', '--workspace', at('one'), '--recipe', 'quick', '--out', at('one', 'boosters')],
    { home },
  )
  expect([inside.code, inside.stderr]).toEqual([1, expect.stringContaining('the files that Lobule keeps')])
}, 120_000)
