import { mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { recipes, type Recipe } from '../../../../electron/contract/recipe.ts'
import { cutCrop, drawGains, planCrops } from '../../../../electron/engine/crops/index.ts'
import {
  decodeRaster,
  extendByMirroring,
  inspectImage,
  makeRaster,
  resampleBicubic,
  workingScale,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { assessQuality } from '../../../../electron/engine/quality/index.ts'
import { augmentStain, StainNormalizer } from '../../../../electron/engine/stain/index.ts'
import { sharedPath } from '../../../shared-data.ts'

const recipe = recipes['quick'] as Recipe
const normalizer = new StainNormalizer(recipe.stain)
const outputFolder = fileURLToPath(new URL('../../../output', import.meta.url))

const fieldFolder = sharedPath('data/breakhis100x')
const slide = sharedPath('data/wsi/cmu-1-small-region.svs')

function fieldsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((name) => join(folder, name))
}

/** Sections 1 to 5 of docs/pipeline.md on one file, one augmentation and one crop. */
async function wholePath(path: string) {
  const { pixelSizeUm } = await inspectImage(path)
  const image = await decodeRaster(path)
  const [set] = recipe.crops.sets
  if (set === undefined) throw new Error('no crops')
  const resampled = resampleBicubic(image, workingScale(set, pixelSizeUm))
  const { raster: normalized, found } = normalizer.normalize(resampled)
  const key = { recipeSeed: 0, imageSha256: basename(path), augmentation: 0 }
  const augmented = augmentStain(normalized, drawGains(key, recipe.augmentation.gainRange))
  const whole = extendByMirroring(augmented, set.sizePx, set.sizePx)
  const { widthPx, heightPx } = whole
  const [crop] = planCrops({ ...key, sizePx: set.sizePx, count: 1, widthPx, heightPx })
  if (crop === undefined) throw new Error('no crop')
  expect(cutCrop(whole, crop)).toMatchObject({ widthPx: set.sizePx, heightPx: set.sizePx })
  const context = { pixelSizeUm, cropSets: recipe.crops.sets, found, recipe: recipe.stain }
  const { flags } = assessQuality(image, context)
  return { resampled, normalized, found, codes: flags.map(({ code }) => code) }
}

test.skipIf(fieldFolder === null)(
  'every real field passes and has two stains; all are flagged for their size, 7 as pale, one for its light',
  async () => {
    const paths = fieldsIn(fieldFolder ?? '')
    expect(paths).toHaveLength(167)
    const every = Math.floor(paths.length / 12)
    const pairs: Raster[] = []
    const flagged = new Map<string, number>()
    for (const [index, path] of paths.entries()) {
      const { resampled, normalized, found, codes } = await wholePath(path)
      expect(found.degenerate, path).toBeNull()
      codes.forEach((code) => flagged.set(code, (flagged.get(code) ?? 0) + 1))
      if (index % every === 0 && pairs.length < 24) pairs.push(resampled, normalized)
    }
    // All are 700 x 460 without a pixel size; normalisation makes seven pale ones nearly white.
    expect(Object.fromEntries(flagged)).toEqual({
      'pixel-size-unknown': 167,
      'smaller-than-crop': 167,
      'too-little-tissue': 7,
      'over-exposed': 1,
    })
    expect(pairs).toHaveLength(24)
    await writeContactSheet(pairs, join(outputFolder, 'normalization.png'))
  },
  300_000,
)

test.skipIf(slide === null)('a real slide passes without a flag', async () => {
  const { found, codes } = await wholePath(slide ?? '')
  expect(found.degenerate).toBeNull()
  expect(codes).toEqual([])
})

/** Rows of four pairs, each original and normalised, for visual inspection. */
async function writeContactSheet(pictures: readonly Raster[], path: string): Promise<void> {
  const [cellPx, rowPx, columns, gapPx] = [350, 230, 8, 4]
  const rows = Math.ceil(pictures.length / columns)
  const sheet = makeRaster(columns * (cellPx + gapPx), rows * (rowPx + gapPx))
  sheet.data.fill(255)
  for (const [index, { widthPx, heightPx, data }] of pictures.entries()) {
    const left = (index % columns) * (cellPx + gapPx)
    const top = Math.floor(index / columns) * (rowPx + gapPx)
    for (let y = 0; y < Math.min(heightPx, rowPx); y++) {
      const row = data.subarray(y * widthPx * 3, (y * widthPx + Math.min(widthPx, cellPx)) * 3)
      sheet.data.set(row, ((top + y) * sheet.widthPx + left) * 3)
    }
  }
  mkdirSync(outputFolder, { recursive: true })
  const { widthPx: width, heightPx: height } = sheet
  await sharp(sheet.data, { raw: { width, height, channels: 3 } }).toFile(path)
}
