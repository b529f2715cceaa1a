import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { recipes } from '../../../../electron/contract/index.ts'
import {
  planUnits,
  claimParts,
  readPlan,
  requireParts,
  writeEncodePlan,
} from '../../../../electron/engine/shards/plan-file.ts'
import type { PlanUnit } from '../../../../electron/engine/shards/plan-images.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lobule-plan-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const header = {
  lobule: '0.0.0-test',
  createdAt: '2026-12-01T00:00:00.000Z',
  recipe: recipes['quick'] ?? (null as never),
  backend: 'cpu',
  allowsHalf: false,
  weights: { source: 'untrained', fingerprints: { resnet50: 'a'.repeat(64) } },
} as const

const unitsOf = (count: number): PlanUnit[] =>
  Array.from({ length: count }, (_, n) => sha256(String(n)))
    .toSorted()
    .map((hash) => ({
      sha256: hash,
      page: 1,
      pixelSizeUm: 0.5,
      bytes: 7,
      path: `images/${hash.slice(0, 2)}/${hash}.png`,
    }))

async function readAll(): Promise<(PlanUnit & { index: number })[]> {
  const units: (PlanUnit & { index: number })[] = []
  for await (const unit of planUnits(folder, await readPlan(folder, 'encode'))) units.push(unit)
  return units
}

const changeUnits = (change: (text: string) => string): void => {
  const path = join(folder, 'units.jsonl')
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describe('a plan', () => {
  it('is read as it was written, with absolute paths and the place of each image', async () => {
    const units = unitsOf(100)
    await writeEncodePlan(folder, header, units)
    expect(await readPlan(folder, 'encode')).toMatchObject({
      format: 1,
      kind: 'encode',
      ...header,
      units: { count: 100 },
    })
    expect(await readAll()).toEqual(
      units.map((unit, index) => ({ ...unit, path: join(folder, unit.path), index })),
    )
  })

  it('may have no image', async () => {
    await writeEncodePlan(folder, header, [])
    expect(await readAll()).toEqual([])
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ['a line less', (text) => text.slice(0, text.lastIndexOf('{')), /9 lines instead of 10/],
    ['a line twice', (text) => text + text, /not in the order of hashes/],
    ['another pixel size', (text) => text.replace('0.5', '0.6'), /changed after the plan/],
    ['a path out of the folder', (text) => text.replace(/images\/../, 'images/../..'), /line 1 is no image/],
    [
      'a name of another image',
      (text) => text.replace(/"images\/(..)\/[^"]*"/, '"images/$1/other.png"'),
      /line 1 is no image/,
    ],
    ['what is not JSON', (text) => `x${text}`, /line 1 is not JSON/],
    ['more fields', (text) => text.replace('"page"', '"label":"Benign","page"'), /line 1 is not as a plan/],
  ])('is refused with %s', async (_what, change, reason) => {
    await writeEncodePlan(folder, header, unitsOf(10))
    changeUnits(change)
    await expect(readAll()).rejects.toMatchObject({
      code: 'shard.invalid-plan',
      details: { reason: expect.stringMatching(reason) as string },
    })
  })

  it('is refused with a header that is damaged, of another format or has other fields', async () => {
    await writeEncodePlan(folder, header, unitsOf(2))
    const path = join(folder, 'plan.json')
    const whole = readFileSync(path, 'utf8')
    for (const text of [
      '',
      '{',
      '[]',
      whole.replace('"format": 1', '"format": 2'),
      whole.replace('"kind"', '"other": 1, "kind"'),
      whole.replace('"encode"', '"train"'),
    ]) {
      writeFileSync(path, text)
      await expect(readPlan(folder), text.slice(0, 30)).rejects.toMatchObject({ code: 'shard.invalid-plan' })
    }
    rmSync(path)
    await expect(readPlan(folder)).rejects.toMatchObject({ code: 'path.not-found' })
  })

  it('is refused with external descriptors, whose names are those of folders, or without the weights of an encoder', async () => {
    await writeEncodePlan(folder, header, unitsOf(1))
    const path = join(folder, 'plan.json')
    const plan = JSON.parse(readFileSync(path, 'utf8')) as typeof header
    const external = { name: '../../outside', fingerprint: '' }
    for (const change of [
      { recipe: { ...plan.recipe, external } },
      { weights: { ...plan.weights, fingerprints: {} } },
    ]) {
      writeFileSync(path, JSON.stringify({ ...plan, ...change }))
      await expect(readPlan(folder)).rejects.toMatchObject({ code: 'shard.invalid-plan' })
    }
  })

  it('has results of its own: a folder with those of another plan is refused', async () => {
    await writeEncodePlan(folder, header, unitsOf(1))
    const parts = join(folder, 'parts')
    expect(await requireParts(folder, parts)).toMatchObject({ isClaimed: false })
    await claimParts(folder, parts)
    await claimParts(folder, parts)
    expect(await requireParts(folder, parts)).toMatchObject({ isClaimed: true })
    const path = join(folder, 'plan.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"cpu"', '"auto"'))
    await expect(claimParts(folder, parts)).rejects.toMatchObject({ code: 'shard.other-plan' })
    await expect(requireParts(folder, parts)).rejects.toMatchObject({ code: 'shard.other-plan' })
  })
})
