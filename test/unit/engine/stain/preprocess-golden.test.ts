import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { recipes, type StainRecipe } from '../../../../electron/contract/recipe.ts'
import { makeRaster, resampleBicubic } from '../../../../electron/engine/image/index.ts'
import { augmentStain, StainNormalizer } from '../../../../electron/engine/stain/index.ts'

/** test/references/preprocess/make_golden.py: NumPy and OpenCV on a small raster, so that no shared data is needed. */
const golden = JSON.parse(
  readFileSync(new URL('../../../references/preprocess/golden.json', import.meta.url), 'utf8'),
) as {
  rgb: string
  fit: { tissue_pixels: number; eigenvalues: number[]; stains: [number, number][]; maximum: number[] }
  normalized: string
  augmented: { hematoxylin: number; eosin: number; rgb: string }[]
  resampled: { scale: number; width: number; height: number; rgb: string }[]
}

const raster = makeRaster(64, 48)
for (let y = 0, at = 0; y < 48; y++) {
  for (let x = 0; x < 64; x++, at += 3) {
    const a = (7 * x + 3 * y) % 97
    const b = (5 * x + 11 * y) % 83
    raster.data[at] = 215 - a - Math.floor(b / 4)
    raster.data[at + 1] = 190 - a - b
    raster.data[at + 2] = 205 - Math.floor(a / 2) - Math.floor(b / 2) + ((x * y) % 7)
  }
}
const normalizer = new StainNormalizer(recipes['quick']?.stain as StainRecipe)

function worstGap(actual: Uint8Array, packed: string): number {
  const expected = Buffer.from(packed, 'base64')
  expect(actual).toHaveLength(expected.length)
  return actual.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (expected[at] ?? 0))), 0)
}

test('the made-up raster is the same', () => {
  expect(worstGap(raster.data, golden.rgb)).toBe(0)
})

test('Macenko as in NumPy', () => {
  const { raster: normalized, found } = normalizer.normalize(raster)
  expect(found.tissuePixels).toBe(golden.fit.tissue_pixels)
  for (const [at, value] of golden.fit.eigenvalues.entries())
    expect(found.eigenvalues[at]).toBeCloseTo(value, 13)
  for (const [channel, [hematoxylin, eosin]] of golden.fit.stains.entries()) {
    expect(found.fit?.hematoxylin[channel]).toBeCloseTo(hematoxylin, 11)
    expect(found.fit?.eosin[channel]).toBeCloseTo(eosin, 11)
  }
  for (const [at, value] of golden.fit.maximum.entries())
    expect(found.fit?.maximum[at]).toBeCloseTo(value, 11)
  expect(worstGap(normalized.data, golden.normalized)).toBe(0)
})

test.each(golden.augmented)(
  'augmentation $hematoxylin, $eosin as in NumPy',
  ({ hematoxylin, eosin, rgb }) => {
    expect(worstGap(augmentStain(raster, { hematoxylin, eosin }).data, rgb)).toBe(0)
  },
)

test.each(golden.resampled)('scale $scale as in OpenCV', ({ scale, width, height, rgb }) => {
  const resampled = resampleBicubic(raster, scale)
  expect([resampled.widthPx, resampled.heightPx]).toEqual([width, height])
  // OpenCV rounds weights to 11 bits, this keeps them; at one half both are exact.
  expect(worstGap(resampled.data, rgb)).toBeLessThanOrEqual(scale === 0.5 ? 0 : 1)
})
