import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { cutCrop, drawGains, planCrops } from '../../../../electron/engine/crops/index.ts'
import { describeImage, poolDescriptors } from '../../../../electron/engine/descriptors/index.ts'
import { workingScale } from '../../../../electron/engine/image/working-scale.ts'
import type { OpenEncoder } from '../../../../electron/engine/encoders/index.ts'
import { resampleBicubic, type Raster } from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { augmentStain, StainNormalizer } from '../../../../electron/engine/stain/index.ts'
import { pixelEncoder, stainedPicture } from '../../../support/pixel-encoder.ts'
import { expectRefusal } from '../encoders/helpers.ts'

/** An encoder whose feature map is the image itself: both modes must then agree. */
function countingEncoder(options: { value?: number } = {}) {
  const calls = { crops: 0, images: 0 }
  const encoder: OpenEncoder = {
    ...pixelEncoder(() => (calls.images += 1)),
    encode: (crops) => {
      calls.crops += crops.length
      return Promise.resolve(crops.map((crop) => meanOf(crop, options.value)))
    },
  }
  return { encoder, calls }
}

function meanOf({ data }: Raster, value?: number): Float32Array {
  const sums = [0, 0, 0]
  data.forEach((level, index) => {
    sums[index % 3] = (sums[index % 3] ?? 0) + level
  })
  return Float32Array.from(sums, (sum) => value ?? (3 * sum) / data.length)
}

const tissue = keyedGenerator('tissue')
const image = stainedPicture(240, 170, () => [tissue.nextUniform(0.1, 1.8), tissue.nextUniform(0.1, 1)])
const sha256 = createHash('sha256').update(image.data).digest('hex')
const { quick } = recipes
const set = (sizePx: number) => ({ sizePx, workingPixelSizeUm: 0.84, scale: 0.5 })
const recipe = (changes: Partial<Recipe> = {}): Recipe => ({
  ...(quick as Recipe),
  encoders: ['vgg16'],
  augmentation: { count: 3, gainRange: [0.7, 1.3], firstIsIdentity: false },
  crops: { sets: [set(40), set(64)], count: 5 },
  ...changes,
})
const file = { path: 'image.png', page: 1, sha256, pixelSizeUm: 0.42 }
const ask = { image: file, raster: image }

describe('describing an image', () => {
  test('one row worked step by step: resample, normalise, gains, crops, means, 3-norm', async () => {
    const { descriptors, flags } = await describeImage({
      ...ask,
      recipe: recipe({ mode: 'crops' }),
      encoders: [countingEncoder().encoder],
    })
    expect(flags).toEqual([])
    expect(descriptors.map(({ encoder, cropSet }) => [encoder, cropSet])).toEqual([
      ['vgg16', 0],
      ['vgg16', 1],
    ])
    const key = { recipeSeed: 0, imageSha256: sha256, augmentation: 2 }
    const { raster } = new StainNormalizer(recipe().stain).normalize(resampleBicubic(image, 0.5))
    const augmented = augmentStain(raster, drawGains(key, [0.7, 1.3]))
    const crops = planCrops({ ...key, sizePx: 64, count: 5, widthPx: 120, heightPx: 85 })
    const means = crops.map((crop) => meanOf(cutCrop(augmented, crop)))
    const expected = [0, 1, 2].map((channel) =>
      Math.fround(Math.cbrt(means.reduce((sum, mean) => sum + (mean[channel] ?? 0) ** 3, 0) / 5)),
    )
    const matrix = descriptors[1]?.matrix
    expect([matrix?.rows, matrix?.columns]).toEqual([3, 3])
    const row = matrix?.data.slice(6) ?? []
    // x ** 3 and x * x * x may differ in the last bit of a float64; that shows in a float32 at most rarely.
    expected.forEach((value, channel) => {
      expect(row[channel]).toBeCloseTo(value, 4)
    })
  })

  test('dense and crops see the same tissue; dense takes one pass for both crop sizes', async () => {
    const [dense, crops] = [countingEncoder(), countingEncoder()]
    const bySquare = await describeImage({
      ...ask,
      recipe: recipe({ mode: 'dense' }),
      encoders: [dense.encoder],
    })
    const byCrop = await describeImage({
      ...ask,
      recipe: recipe({ mode: 'crops' }),
      encoders: [crops.encoder],
    })
    expect(dense.calls).toEqual({ crops: 0, images: 3 })
    expect(crops.calls).toEqual({ crops: 30, images: 0 })
    bySquare.descriptors.forEach(({ matrix }, index) => {
      matrix.data.forEach((value, element) => {
        // The same float64 average in another order, rounded to float32 twice (mean, pool): 2 units of 255.
        expect(Math.abs(value - (byCrop.descriptors[index]?.matrix.data[element] ?? NaN))).toBeLessThan(4e-5)
      })
    })
  })

  test('a descriptor does not depend on what else is requested', async () => {
    const request = { ...ask, recipe: recipe({ mode: 'dense' }), encoders: [countingEncoder().encoder] }
    const all = await describeImage(request)
    const progress: [number, number][] = []
    const one = await describeImage({
      ...request,
      wanted: [{ encoder: 'vgg16', cropSet: 1 }],
      onProgress: (...step) => progress.push(step),
    })
    expect(one.descriptors).toEqual(all.descriptors.slice(1))
    expect(progress).toEqual([[0, 3], [1, 3], [2, 3], [3, 3]]) // prettier-ignore
    const none = await describeImage({ ...request, wanted: [] })
    expect(none).toEqual({ descriptors: [], flags: [], backends: [] })
  })

  test('the first augmentation keeps the normalised colours if the recipe says so', async () => {
    const first = { count: 1, gainRange: [0.7, 1.3], firstIsIdentity: true } satisfies Recipe['augmentation']
    const { descriptors } = await describeImage({
      ...ask,
      recipe: recipe({ augmentation: first, crops: { sets: [set(85)], count: 1 }, mode: 'dense' }),
      encoders: [countingEncoder().encoder],
    })
    const { raster } = new StainNormalizer(recipe().stain).normalize(resampleBicubic(image, 0.5))
    const key = { recipeSeed: 0, imageSha256: sha256, augmentation: 0 }
    const [crop] = planCrops({ ...key, sizePx: 85, count: 1, widthPx: 120, heightPx: 85 })
    if (!crop) throw new Error('one crop was planned')
    meanOf(cutCrop(raster, crop)).forEach((mean, channel) => {
      expect(descriptors[0]?.matrix.data[channel]).toBeCloseTo(mean, 4)
    })
  })
})

describe('for comparing encoders', () => {
  test('raw gives a row for each crop, identity the crops as they are in the file', async () => {
    const request = { ...ask, encoders: [countingEncoder().encoder], raw: true, identity: true }
    for (const mode of ['crops', 'dense'] as const) {
      const { descriptors, flags } = await describeImage({ ...request, recipe: recipe({ mode }) })
      expect(flags).toEqual([])
      const matrix = descriptors[1]?.matrix
      expect([matrix?.rows, matrix?.columns]).toEqual([3 * 5, 3])
      const key = { recipeSeed: 0, imageSha256: sha256, augmentation: 2 }
      const crops = planCrops({ ...key, sizePx: 64, count: 5, widthPx: 240, heightPx: 170 })
      crops.forEach(({ top, left, sizePx }, index) => {
        const upright = { quarterTurns: 0, flipVertical: false, flipHorizontal: false } as const
        const expected = meanOf(cutCrop(image, { top, left, sizePx, ...upright }))
        const found = matrix?.data.slice((10 + index) * 3, (11 + index) * 3) ?? []
        // One rounding to float32 of a sum taken in another order.
        expected.forEach((mean, channel) => expect(found[channel]).toBeCloseTo(mean, 3))
      })
    }
  })

  test('pooled rows are the raw ones, pooled', async () => {
    const request = { ...ask, encoders: [countingEncoder().encoder], recipe: recipe({ mode: 'crops' }) }
    const [pooled, raw] = [await describeImage(request), await describeImage({ ...request, raw: true })]
    const rows = raw.descriptors[0]?.matrix.data ?? new Float32Array()
    const ofFirst = Array.from({ length: 5 }, (_, index) => rows.slice(index * 3, index * 3 + 3))
    expect(poolDescriptors(ofFirst, 3)).toEqual(pooled.descriptors[0]?.matrix.data.slice(0, 3))
  })
})

describe('scales and small images', () => {
  test('the scale follows the pixel size if both sizes are known', () => {
    expect(workingScale(set(400), 0.42)).toBe(0.5)
    expect(workingScale(set(400), 0.21)).toBe(0.25)
    expect(workingScale(set(400), null)).toBe(0.5)
    expect(workingScale({ ...set(400), workingPixelSizeUm: null, scale: 1 }, 0.21)).toBe(1)
  })

  test('an image smaller than a crop is extended for that crop size only, and flagged', async () => {
    const { encoder, calls } = countingEncoder()
    const sets = [set(40), set(100)]
    const request = { ...ask, image: { ...file, pixelSizeUm: null }, encoders: [encoder] }
    const small = await describeImage({ ...request, recipe: recipe({ crops: { sets, count: 2 } }) })
    expect(small.flags).toEqual([
      { code: 'pixel-size-unknown', measured: 0.42, threshold: 0.42 },
      { code: 'smaller-than-crop', measured: 85, threshold: 100 },
    ])
    expect(calls.images).toBe(6)
    const alone = await describeImage({
      ...request,
      recipe: recipe({ crops: { sets: [set(40)], count: 2 } }),
    })
    expect(small.descriptors[0]).toEqual(alone.descriptors[0])
  })

  test('glass keeps its colours and is flagged', async () => {
    const glass = { widthPx: 100, heightPx: 100, data: new Uint8Array(30_000).fill(238) }
    const { flags } = await describeImage({ ...ask, raster: glass, recipe: recipe(), encoders: [] })
    expect(flags).toEqual([
      { code: 'too-little-tissue', measured: 0, threshold: 0.05 },
      { code: 'smaller-than-crop', measured: 50, threshold: 64 },
    ])
  })
})

describe('failures', () => {
  test('a back-end whose output is not numbers, a missing file, a scale that is too large', async () => {
    const broken = countingEncoder({ value: NaN }).encoder
    const request = { ...ask, recipe: recipe({ mode: 'crops' }), encoders: [broken] }
    await expectRefusal(
      () => describeImage(request),
      'encoder.backend-failed',
      /cpu failed: element 0 .* NaN/,
    )
    const { raster: _, ...undecoded } = request
    const nowhere = { ...undecoded, image: { ...file, path: '/nowhere/image.png' } }
    await expectRefusal(() => describeImage(nowhere), 'path.not-found', /does not exist/)
    const huge = { ...request, image: { ...file, pixelSizeUm: 100 } }
    await expectRefusal(() => describeImage(huge), 'image.invalid-raster', /at a scale of 119/)
  })
})
