import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import {
  analyseBlocks,
  findBlock,
  type BlocksRequest,
} from '../../../../electron/engine/shards/analyse-blocks.ts'
import { estimateBlocks } from '../../../../electron/engine/shards/estimate-blocks.ts'
import { isOf } from '../../../../electron/engine/shards/shard.ts'
import { blocksOf, readSlideRecord } from '../../../../electron/engine/shards/unit-record.ts'
import { analyseSlide, type SlideAnalysisRequest } from '../../../../electron/engine/slides/analyse-slide.ts'
import { BlockFiles } from '../../../../electron/engine/slides/block-files.ts'
import { draftBlocks, draftMapFile } from '../../../../electron/engine/slides/map-file.ts'
import { analysisKey } from '../../../../electron/engine/slides/open-analysis.ts'
import { darkAndLight } from '../../../support/dark-and-light.ts'
import { pixelEncoder } from '../../../support/pixel-encoder.ts'

let folder: string
let base: Omit<SlideAnalysisRequest, 'encoders' | 'directory' | 'draft'>
/** Pictures that the encoder was given, and their pixels. */
let [encoded, encodedPx] = [0, 0]
const encoder = pixelEncoder(({ widthPx, heightPx }) => {
  encoded++
  encodedPx += widthPx * heightPx
})
const encoders = { get: () => Promise.resolve(encoder) } as unknown as OpenEncoders
const { name, fingerprint } = encoder.model
const made = { instructionSet: 'x64 test', lobule: '0', node: 'n1' }

beforeAll(async () => {
  ;({ folder, base } = await darkAndLight())
  base = { ...base, strideUm: 21, effort: 'adaptive' }
})
afterAll(async () => {
  await base.cache.keepOnly(new Set())
  rmSync(folder, { recursive: true })
})

const analyse = (directory: string) =>
  analyseSlide({ ...base, encoders, directory, draft: draftMapFile(directory, base.image.sha256, 1) })
const compute = (parts: string, changes: Partial<BlocksRequest> = {}) =>
  analyseBlocks({
    ...base,
    encoders,
    weights: { fingerprints: { [name]: fingerprint }, folder: 'encoders' },
    parts,
    made,
    isWanted: () => true,
    isStopping: () => false,
    ...changes,
  })

it('makes blocks on several machines that an analysis finds and takes as its own, to the bit', async () => {
  const whole = await analyse(join(folder, 'one'))
  const [parts, many] = [join(folder, 'parts'), join(folder, 'many')]
  const shard = (index: number) => compute(parts, { isWanted: (block) => isOf({ index, of: 2 }, block) })
  const first = await shard(0)
  expect(first).toMatchObject({ present: 0, analysed: first.wanted, backends: [encoder.backend] })
  expect(await shard(0)).toMatchObject({ present: first.wanted, analysed: 0, backends: [] })
  const second = await shard(1)
  const record = await readSlideRecord(parts, base.image.sha256)
  if (record === null || record === 'damaged') throw new Error('no record')
  expect(record.blocks).toHaveLength(first.wanted + second.wanted)
  expect(record.blocks.length).toBeGreaterThan(2)
  expect(record.blocks.reduce((sum, places) => sum + places, 0)).toBe(whole.places)

  const key = analysisKey(base, { maskSha256: record.maskSha256, fingerprints: [fingerprint] })
  const files = new BlockFiles(blocksOf(parts, key), 2)
  for (const [block, places] of record.blocks.entries())
    expect(await findBlock(files, block, places)).toMatchObject({ made: { ...made, backends: ['cpu'] } })
  await cp(blocksOf(parts, key), draftBlocks(many, key), { recursive: true })
  encoded = 0
  expect((await analyse(many)).mapSha256).toBe(whole.mapSha256)
  expect(encoded).toBe(0)
})

it('finishes the block in work when it is to stop, and makes only what is missing or damaged afterwards', async () => {
  const parts = join(folder, 'stopped')
  let begun = 0
  const stopped = await compute(parts, { isStopping: () => begun++ > 0 })
  expect(stopped).toMatchObject({ present: 0, analysed: 1 })
  expect(await compute(parts)).toMatchObject({ present: 1, analysed: stopped.wanted - 1 })
  const [key = ''] = readdirSync(join(parts, 'blocks'))
  const path = (block: number): string => join(blocksOf(parts, key), `${block}.block`)
  const bytes = readFileSync(path(0))
  bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1
  writeFileSync(path(0), bytes)
  rmSync(path(1))
  expect(await compute(parts)).toMatchObject({ present: stopped.wanted - 2, analysed: 2 })
})

it('estimates as many pixels as an analysis encodes, and encodes none', async () => {
  const once = { ...base, encoders, effort: 'fixed' } as const
  encodedPx = 0
  const { places, blocks, openMs, work } = await estimateBlocks(once)
  expect(encodedPx).toBe(0)
  expect(openMs).toBeGreaterThan(0)
  const found = await compute(join(folder, 'once'), { effort: 'fixed' })
  expect(blocks).toBe(found.wanted)
  expect(work).toEqual([{ encoder: name, px: encodedPx }])
  const { grid } = await analyse(join(folder, 'estimated'))
  expect(places).toBeLessThanOrEqual(grid.rows * grid.columns)
  // Each place alone needs a crop of 64 x 64 pixels.
  const alone = await estimateBlocks({ ...once, recipe: { ...base.recipe, mode: 'tiles' } })
  expect(alone.work).toEqual([{ encoder: name, px: alone.places * 64 * 64 }])
})

it('refuses other weights than those of the plan before anything is predicted', async () => {
  const weights = { fingerprints: { [name]: 'a'.repeat(64) }, folder: 'encoders' }
  await expect(compute(join(folder, 'other'), { weights })).rejects.toMatchObject({
    code: 'encoder.invalid-file',
  })
  expect(await readSlideRecord(join(folder, 'other'), base.image.sha256)).toBeNull()
})

it('takes a block without a note of what made it, with other places or values that are none, for damaged', async () => {
  const files = new BlockFiles(join(folder, 'blocks'), 2)
  const result = { probabilities: Float32Array.of(0.25, 0.75), likeness: null, augmentations: null }
  await files.write(0, result)
  expect(await findBlock(files, 0, 1)).toEqual({ problem: 'damaged' })
  // An analysis of this machine needs no note.
  expect(await files.read(0, 1)).toEqual(result)
  const whole = { ...made, backends: ['cpu'], ms: 1 }
  await files.write(1, result, whole)
  expect(await findBlock(files, 1, 1)).toEqual({ made: whole })
  expect(await findBlock(files, 1, 2)).toEqual({ problem: 'damaged' })
  expect(await findBlock(files, 2, 1)).toEqual({ problem: 'missing' })
  await files.write(2, { ...result, probabilities: Float32Array.of(0.25, NaN) }, whole)
  expect(await findBlock(files, 2, 1)).toEqual({ problem: 'damaged' })
})
