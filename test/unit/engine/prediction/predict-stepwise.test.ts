import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import {
  effortSchema,
  parseEffort,
  recipes,
  type Effort,
  type Recipe,
} from '../../../../electron/contract/index.ts'
import { ensureDescriptors, readNpy } from '../../../../electron/engine/descriptors/index.ts'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import { makeRaster, writePng, type ImageFile } from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { BoosterCache, type StoredBooster } from '../../../../electron/engine/prediction/predict-ensemble.ts'
import { predictStepwise } from '../../../../electron/engine/prediction/predict-stepwise.ts'
import { keepColourBooster, pixelEncoder } from '../../../support/pixel-encoder.ts'

let folder: string
let path: string
let sha256: string
let encodings: number
let boosters: StoredBooster[]
const cache = new BoosterCache()

/** Two crop sets of twenty augmentations; the only map is the image itself. */
const count = 20
const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  encoders: ['vgg16'],
  augmentation: { count, gainRange: [0.7, 1.3], firstIsIdentity: false },
  crops: { sets: [24, 40].map((sizePx) => ({ sizePx, workingPixelSizeUm: null, scale: 1 })), count: 4 },
}
const encoder = pixelEncoder(() => (encodings += 1))
const encoders = { get: () => Promise.resolve(encoder) } as unknown as OpenEncoders

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-stepwise-'))
  path = join(folder, 'image.png')
  const raster = makeRaster(80, 60)
  const random = keyedGenerator('stepwise')
  raster.data.forEach((_, i) => (raster.data[i] = 60 + random.nextInteger(140)))
  await writePng(raster, path)
  sha256 = await sha256OfFile(path)
  boosters = [await boosterFor(0, 0.6), await boosterFor(1, 0.9)]
})
afterAll(async () => {
  await cache.keepOnly(new Set())
  rmSync(folder, { recursive: true })
})
beforeEach(() => (encodings = 0))

/** A booster for which most colours are of the second class. */
async function boosterFor(constituent: number, share: number): Promise<StoredBooster> {
  const random = keyedGenerator('booster', constituent)
  const rows = 300
  const labels = Array.from({ length: rows }, () => (random.nextFloat() < share ? 1 : 0))
  const data = Float32Array.from({ length: rows * 3 }, () => random.nextUniform(40, 240))
  return {
    kind: 'lightgbm',
    constituent,
    fold: 0,
    seed: 0,
    ...(await keepColourBooster(folder, data, labels, 8)),
  }
}

const imageFile = (): ImageFile => ({ path, page: 1, sha256, pixelSizeUm: null })

const predict = (directory: string, effort: Effort, threshold = 0.5) =>
  predictStepwise({
    description: { image: imageFile(), recipe, encoders, directory: join(folder, directory) },
    heldOutFold: null,
    boosters,
    cache,
    isPositive: [false, true],
    threshold,
    effort,
  })
const filesIn = (directory: string): string[] =>
  readdirSync(join(folder, directory, sha256.slice(0, 2), sha256)).toSorted()

it('stops when settled, stores its descriptors separately, and full after it is the full prediction to the bit', async () => {
  const adaptive = await predict('a', 'adaptive', 0.1)
  const used = adaptive.prediction.augmentations
  expect(used).toBeLessThan(count)
  expect(encodings).toBe(used)
  expect(adaptive.effort).toEqual({ asked: 'adaptive', possible: count, settledAt: 0.95 })
  expect(adaptive.backends).toEqual(['cpu'])
  expect(filesIn('a')).toHaveLength(2)
  expect(filesIn('a').every((name) => name.endsWith('.begun.npy'))).toBe(true)

  // The same augmentations by number, in another folder: the same bits.
  const first = await predict('b', used, 0.1)
  expect(first.prediction).toEqual(adaptive.prediction)
  expect(first.effort).toEqual({ asked: used, possible: count, settledAt: null })

  // Again: nothing is computed, nothing changes.
  encodings = 0
  expect(await predict('a', 'adaptive', 0.1)).toEqual({ ...adaptive, flags: null, backends: [] })
  expect(encodings).toBe(0)

  const full = await predict('a', 'full')
  expect(encodings).toBe(count - used)
  const alone = await predict('c', 'full')
  expect(full.prediction).toEqual(alone.prediction)
  expect(full.prediction.augmentations).toBe(count)
  expect(filesIn('a')).toEqual(filesIn('c'))
  expect(filesIn('a').some((name) => name.includes('begun'))).toBe(false)

  // They are the files that a training makes, and are read from there too.
  const { files } = await ensureDescriptors({
    image: imageFile(),
    recipe,
    encoders,
    directory: join(folder, 'd'),
  })
  expect(filesIn('d')).toEqual(filesIn('a'))
  for (const file of files) {
    expect(readFileSync(file)).toEqual(readFileSync(file.replace(join(folder, 'd'), join(folder, 'a'))))
  }
  encodings = 0
  expect((await predict('d', 'full')).prediction).toEqual(full.prediction)
  // Stored files do not change when an adaptive prediction stops.
  expect((await predict('d', 'adaptive', 0.1)).prediction).toEqual(adaptive.prediction)
  expect(encodings).toBe(0)
})

it('with as many as the recipe has, or more, it is the full prediction to the bit', async () => {
  const full = await predict('full', 'full')
  for (const effort of [count, 1000]) {
    const numbered = await predict(`all-${effort}`, effort)
    expect(numbered.prediction).toEqual(full.prediction)
    expect(numbered.effort.settledAt).toBeNull()
  }
  // The score of all augmentations is exactly the operating point: it is never settled early.
  const [, second = 0] = full.prediction.probabilities
  const tie = await predict('tie', 'adaptive', second)
  expect(tie.prediction).toEqual(full.prediction)
  expect(tie.effort).toEqual({ asked: 'adaptive', possible: count, settledAt: null })
})

it('never mistakes a beginning for the whole, and ignores a damaged one', async () => {
  await predict('cut', 3)
  const [name = ''] = filesIn('cut')
  const begun = join(folder, 'cut', sha256.slice(0, 2), sha256, name)
  expect((await readNpy(begun)).note).toContain('the first 3 of 20 augmentations')
  const bytes = readFileSync(begun)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(begun, bytes)
  encodings = 0
  const again = await predict('cut', 3)
  expect(encodings).toBe(3)
  expect(again.prediction).toEqual((await predict('cut-not', 3)).prediction)
  // A beginning under the name of the complete file is not complete.
  const whole = begun.replace('.begun', '')
  writeFileSync(whole, readFileSync(begun))
  expect((await predict('cut', 'full')).prediction.augmentations).toBe(count)
  expect(existsSync(begun)).toBe(false)
})

it('an effort is one of two words or a whole number', () => {
  expect(['full', 'adaptive', '7', '1000'].map(parseEffort)).toEqual(['full', 'adaptive', 7, 1000])
  for (const text of ['0', '1001', '1.5', '-3', '', 'most', '1e2']) expect(parseEffort(text)).toBeNull()
  expect(effortSchema.safeParse(0).success).toBe(false)
})
