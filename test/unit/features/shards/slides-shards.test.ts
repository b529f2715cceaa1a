import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import type { Tasks } from '../../../../electron/compute/tasks.ts'
import {
  AppError,
  collectShardsReportSchema,
  planSlidesReportSchema,
  type CollectShardsReport,
  type PlanSlidesReport,
} from '../../../../electron/contract/index.ts'
import { isOf } from '../../../../electron/engine/shards/shard.ts'
import { blocksOf, writeSlideRecord } from '../../../../electron/engine/shards/unit-record.ts'
import { BlockFiles } from '../../../../electron/engine/slides/block-files.ts'
import { analysisKey } from '../../../../electron/engine/slides/open-analysis.ts'
import { analyseShard, type SlidesShardReport } from '../../../../electron/features/shards/analyse-shard.ts'
import { folds, quickCompute } from '../audit/quick-compute.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

const maskSha256 = 'a'.repeat(64)
const fingerprints = ['f'.repeat(64)]
/** Of every slide. */
const blocksOfSlide = [2, 1, 1]

let root: string
let caller: Caller
/** Numbers of the slides that were opened, in the order of the plan. */
let opened: string[]
let failing: string[]
const at = (...names: string[]): string => join(root, ...names)

/** What `analyseBlocks` leaves, without pixels: made-up values in the blocks that are wanted and not there. */
const madeUpBlocks: Tasks['analyseBlocks'] = async ({ shard, parts, made, ...subject }) => {
  const { path, sha256 } = subject.image
  opened.push(sha256)
  if (failing.includes(sha256)) throw new AppError('image.truncated', { path, reason: 'cut' })
  await writeSlideRecord(parts, { sha256, maskSha256, blocks: blocksOfSlide })
  const files = new BlockFiles(blocksOf(parts, analysisKey(subject, { maskSha256, fingerprints })), 2)
  const wanted = [...blocksOfSlide.keys()].filter(
    (block) => shard === null || isOf(shard, shard.first + block),
  )
  let analysed = 0
  for (const block of wanted) {
    const places = blocksOfSlide[block] ?? 0
    if ((await files.read(block, places)) !== null) continue
    const probabilities = new Float32Array(2 * places).fill(0.5)
    await files.write(
      block,
      { probabilities, likeness: null, augmentations: null },
      { ...made, backends: ['cpu'], ms: 1 },
    )
    analysed++
  }
  return { wanted: wanted.length, present: wanted.length - analysed, analysed, backends: ['cpu'] }
}

async function picture(name: string, r: number, g: number): Promise<void> {
  const create = { width: 16, height: 12, channels: 3, background: { r, g, b: 9 } } as const
  await sharp({ create }).png().toFile(at(name))
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-slides-plan-'))
  opened = []
  failing = []
  caller = startApplication(at('home'))
  const { call, finish } = caller
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(at('images', name), { recursive: true })
    for (let n = 0; n < folds; n++) await picture(join('images', name, `${name}${n}.png`), 40 * n, 90 * c)
  }
  mkdirSync(at('slides'))
  for (let n = 0; n < 3; n++) await picture(join('slides', `s${n}.png`), 7 * n, 200)
  await call('workspace.create', { path: at('w'), classes: 'Benign,Malignant*' })
  const labels = { labels: 'folder', casesPattern: null } as const
  await finish(await call('image.import', { paths: [at('images')], ...labels, pixelSizeUm: 0.5 }))
  await finish(await call('model.train', { name: 'm', recipe: 'quick' }))
  await finish(
    await call('image.import', { paths: [at('slides')], ...labels, labels: 'none', pixelSizeUm: 0.5 }),
  )
})
afterEach(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

/** Ids and hashes of the slides, in the order of the plan. */
async function slides(): Promise<{ id: number; sha256: string }[]> {
  const images = await caller.call('image.list', {})
  return images
    .filter(({ fileName }) => fileName.startsWith('s'))
    .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
}

async function plan(more: object = {}): Promise<PlanSlidesReport> {
  const imageIds = (await slides()).map(({ id }) => id)
  const how = { images: 'link', backend: 'cpu', allowsHalf: false } as const
  const input = { imageIds, model: null, directory: at('plan'), ...how, ...more }
  return planSlidesReportSchema.parse(await caller.finish(await caller.call('shard.planSlides', input)))
}

const run = (
  shard: string,
  { version = '0.0.0', stopping = new AbortController() } = {},
): Promise<SlidesShardReport> =>
  analyseShard({
    ...{ plan: at('plan'), parts: at('parts'), shard, environment: {}, version },
    startCompute: () =>
      new ComputeClient(quickCompute({ analyseBlocks: madeUpBlocks }).launch, () => undefined),
    stopping: stopping.signal,
    onProgress: () => undefined,
  })

const collect = async (allowsMixed = false): Promise<CollectShardsReport> => {
  const input = { plan: at('plan'), parts: at('parts'), kind: 'slides', allowsMixed } as const
  return collectShardsReportSchema.parse(await caller.finish(await caller.call('shard.collect', input)))
}

const collectedBlocks = (): string[] => {
  const folder = at('w', 'slide-maps', 'drafts')
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((n) => n.endsWith('.block'))
    : []
}

it('divides the blocks of few slides, opens none twice that is whole, and collects them', async () => {
  expect(await plan()).toMatchObject({ model: 'm', slides: 3, unit: 'block', failed: [] })
  const first = await run('0/2')
  expect(first).toMatchObject({ slides: 3, analysed: first.blocks, present: 0, stopped: false })
  const [own, all] = [await slides(), 9]
  expect(opened).toEqual(own.map(({ sha256 }) => sha256))
  const early = await collect()
  expect(early).toMatchObject({ units: all, collected: first.blocks })
  // What is missing tells its part.
  expect(early.missing.map(({ index }) => index % 2)).toEqual(early.missing.map(() => 1))
  expect((await run('1/2')).blocks).toBe(all - first.blocks)
  opened = []
  expect(await run('0/1')).toMatchObject({ blocks: all, present: all, analysed: 0, backends: [] })
  expect(opened).toEqual([])
  expect(await collect()).toMatchObject({ units: all, collected: all - first.blocks, present: first.blocks })
  expect(collectedBlocks()).toHaveLength(all)
})

it('divides whole slides if asked, lists one that fails, and ends after the slide in work', async () => {
  await plan({ unit: 'slide' })
  const own = (await slides()).map(({ sha256 }) => sha256)
  failing = own.slice(0, 1)
  expect(await run('0/2')).toMatchObject({ slides: 2, blocks: 3, analysed: 3, failed: [{ sha256: own[0] }] })
  expect(opened).toEqual([own[0], own[2]])
  const found = await collect()
  expect(found.failed).toMatchObject([{ name: own[0], message: expect.stringContaining('cut') as string }])
  expect(found.missing).toEqual([{ name: own[1], index: 1, problem: 'missing' }])
  const stopping = new AbortController()
  stopping.abort()
  expect(await run('1/2', { stopping })).toMatchObject({ slides: 1, analysed: 0, stopped: true })
  // Once it can be read, the old failure does not count.
  failing = []
  await run('0/2')
  expect(await collect()).toMatchObject({ failed: [], present: 3, collected: 3 })
})

it('refuses parts of different versions, and names what is damaged, unknown or outdated', async () => {
  await plan()
  await run('0/2')
  await run('1/2', { version: '0.0.1' })
  await expect(collect()).rejects.toThrow(/shard\.mixed/)
  const [first, second, third] = await slides()
  const [key = ''] = readdirSync(at('parts', 'blocks'))
  truncateSync(at('parts', 'blocks', key, '1.block'), 40)
  const { call } = caller
  const mixed = await collect(true)
  expect(mixed.makers).toHaveLength(2)
  expect(mixed.missing).toEqual([
    {
      name: expect.stringMatching(/^[0-9a-f]{64}\/1$/) as string,
      index: expect.any(Number) as number,
      problem: 'damaged',
    },
  ])
  // Without what is damaged; it counts as outdated once its pixel size or tissue is another one.
  await call('image.setPixelSize', { imageIds: [first?.id ?? 0], pixelSizeUm: 0.4 })
  const area = { type: 'Polygon', coordinates: [[[0, 0], [9, 0], [0, 9]]] } // prettier-ignore
  const text = JSON.stringify({ type: 'Feature', geometry: area })
  await call('slide.setTissue', { imageId: second?.id ?? 0, source: { text } })
  await call('image.setRemoved', { imageIds: [third?.id ?? 0], isRemoved: true, reader: 'ada' })
  expect(await collect(true)).toMatchObject({
    ...{ collected: 0, present: 0, unknown: 1 },
    missing: [
      { name: first?.sha256, index: 0, problem: 'outdated' },
      { name: second?.sha256, index: 1, problem: 'outdated' },
    ],
  })
})

it('says what is missing of a slide that failed before and was opened since', async () => {
  await plan()
  const [first] = await slides()
  failing = [first?.sha256 ?? '']
  await run('0/2')
  failing = []
  await run('0/2')
  const { failed, missing, units } = await collect()
  expect([failed, units, missing.length]).toEqual([[], 9, 4])
  expect(missing).toContainEqual({ name: `${first?.sha256}/1`, index: 1, problem: 'missing' })
})

it('replaces what an interrupted analysis made here, so that none are mixed unseen', async () => {
  await plan()
  await run('0/1')
  await collect()
  const [key = ''] = readdirSync(at('parts', 'blocks'))
  const [own, parts] = [at('w', 'slide-maps', 'drafts', key), at('parts', 'blocks', key)]
  const probabilities = new Float32Array(2 * (blocksOfSlide[0] ?? 0)).fill(0.25)
  await new BlockFiles(own, 2).write(0, { probabilities, likeness: null, augmentations: null })
  truncateSync(join(own, '1.block'), 40)
  expect(await collect()).toMatchObject({ collected: 2, present: 7 })
  for (const name of readdirSync(parts))
    expect(readFileSync(join(own, name)).equals(readFileSync(join(parts, name))), name).toBe(true)
})

it('leaves out a slide without a pixel size, and plans what readers drew', async () => {
  const { call, finish } = caller
  await picture('plain.png', 1, 2)
  await finish(await call('image.import', { paths: [at('plain.png')], labels: 'none', casesPattern: null }))
  const images = await call('image.list', {})
  const plain = images.find(({ fileName }) => fileName === 'plain.png')?.id ?? 0
  const [first] = await slides()
  const area = { type: 'Polygon', coordinates: [[[0, 0], [9, 0], [0, 9]]] } // prettier-ignore
  const text = JSON.stringify({ type: 'Feature', geometry: area })
  await call('slide.setTissue', { imageId: first?.id ?? 0, source: { text } })
  const report = await plan({ imageIds: [plain, first?.id ?? 0] })
  expect(report).toMatchObject({ slides: 1, failed: [{ path: at('plain.png') }] })
  expect(readdirSync(at('plan', 'tissue'))).toEqual([`${first?.sha256}.json`])
})
