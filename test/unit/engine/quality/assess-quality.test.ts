import { describe, expect, test } from 'vitest'
import { recipes, type CropSet, type Recipe } from '../../../../electron/contract/recipe.ts'
import { makeRaster, workingScale, type Raster } from '../../../../electron/engine/image/index.ts'
import { blackFractionOf } from '../../../../electron/engine/quality/black-areas.ts'
import { blurOf } from '../../../../electron/engine/quality/blur.ts'
import { assessQuality } from '../../../../electron/engine/quality/index.ts'
import { StainNormalizer } from '../../../../electron/engine/stain/index.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'

const { stain, crops } = recipes['quick'] as Recipe
const normalizer = new StainNormalizer(stain)
const field = makeSyntheticField({ className: 'Benign', seed: 1, index: 0, widthPx: 1024, heightPx: 832 })

const assess = (
  raster: Raster,
  pixelSizeUm: number | null = 0.42,
  cropSets: readonly CropSet[] = crops.sets,
) => assessQuality(raster, { pixelSizeUm, cropSets, found: normalizer.fit(raster), recipe: stain })
const flagsOf = (...request: Parameters<typeof assess>) => assess(...request).flags
const codesOf = (...request: Parameters<typeof assess>) => flagsOf(...request).map(({ code }) => code)

const mapped = (raster: Raster, level: (value: number) => number): Raster => ({
  ...raster,
  data: raster.data.map((value) => Math.max(0, Math.min(255, level(value)))),
})

/** Averages over a square; a defocused lens averages over a disc. */
function blurred(raster: Raster, reachPx: number): Raster {
  const output = makeRaster(raster.widthPx, raster.heightPx)
  for (let y = 0; y < raster.heightPx; y++) {
    for (let x = 0; x < raster.widthPx * 3; x++) {
      let sum = 0
      let count = 0
      for (let dy = -reachPx; dy <= reachPx; dy++) {
        for (let dx = -reachPx; dx <= reachPx; dx++) {
          const value = raster.data[(y + dy) * raster.widthPx * 3 + x + 3 * dx]
          if (value === undefined) continue
          sum += value
          count += 1
        }
      }
      output.data[y * raster.widthPx * 3 + x] = sum / count
    }
  }
  return output
}

describe('assessQuality', () => {
  test('a good field has no flags', () => {
    const { flags, measures } = assess(field)
    expect(flags).toEqual([])
    expect(measures).toMatchObject({ pixelSizeFactor: 1, resampledEdgePx: 416 })
    for (const measure of Object.values(measures)) expect(Number.isFinite(measure)).toBe(true)
  })

  test.each<[string, Raster, string]>([
    ['glass', mapped(field, () => 244), 'too-little-tissue'],
    ['out of focus', blurred(field, 5), 'out-of-focus'],
    ['too much light', mapped(field, (value) => value * 1.5), 'over-exposed'],
    ['too little light', mapped(field, (value) => value * 0.4), 'under-exposed'],
    ['a hole', withHole(field, 128), 'black-areas'],
    ['one stain', grey(field), 'stain-unlike-he'],
  ])('%s', (_, raster, code) => {
    const found = flagsOf(raster).find((flag) => flag.code === code)
    expect(found).toBeDefined()
    expect(Number.isFinite(found?.measured)).toBe(true)
    expect(found?.measured).not.toBe(found?.threshold)
  })

  test('pixel size unknown, far and near', () => {
    expect(flagsOf(field, null)).toEqual([{ code: 'pixel-size-unknown', measured: 0.42, threshold: 0.42 }])
    expect(codesOf(field, 0.5)).toEqual([])
    expect(flagsOf(field, 0.84)[0]).toEqual({ code: 'pixel-size-far', measured: 2, threshold: 1.5 })
    expect(codesOf(field, 0.21)).toContain('pixel-size-far')
    const [set] = crops.sets as [CropSet]
    expect(codesOf(field, null, [{ ...set, workingPixelSizeUm: null }])).toEqual([])
  })

  test('smaller than a crop: the worst set, by hand', () => {
    const [set] = crops.sets as [CropSet]
    // 832 px at scale 0.5 is 416: enough for 400, not for 650.
    const larger = { ...set, sizePx: 650 }
    expect(flagsOf(field, 0.42, [set, larger])).toEqual([
      { code: 'smaller-than-crop', measured: 416, threshold: 650 },
    ])
  })

  test('one pixel, all black and all white are answered', () => {
    for (const level of [0, 255]) {
      const raster = mapped(makeRaster(1, 1), () => level)
      expect(codesOf(raster)).toContain('smaller-than-crop')
      expect(assess(raster, null).measures).toMatchObject({ pixelSizeFactor: null, resampledEdgePx: 1 })
    }
  })
})

/** A black square at an odd place. */
function withHole({ data, ...size }: Raster, edgePx: number, level = 0): Raster {
  const holed = data.slice()
  for (let row = 0; row < edgePx; row++) {
    const from = ((37 + row) * size.widthPx + 51) * 3
    holed.fill(level, from, from + edgePx * 3)
  }
  return { ...size, data: holed }
}

function grey(raster: Raster): Raster {
  const output = makeRaster(raster.widthPx, raster.heightPx)
  output.data.forEach((_, at) => (output.data[at] = raster.data[at - (at % 3) + 1] ?? 0))
  return output
}

describe('blackFractionOf', () => {
  const black = makeRaster(64, 48)

  test('counts whole squares of one black colour, by hand', () => {
    // It ends at 98, 84; whole squares in it begin at 64 and 80, and at 48 and 64.
    expect(blackFractionOf(withHole(field, 47))).toBe((4 * 256) / (1024 * 832))
    expect(blackFractionOf(withHole(field, 47, 15))).toBe((4 * 256) / (1024 * 832))
    expect(blackFractionOf(withHole(field, 47, 16))).toBe(0)
    expect(blackFractionOf(black)).toBe(1)
    // The edges that remain are no squares.
    expect(blackFractionOf(makeRaster(40, 20))).toBe((2 * 256) / 800)
  })

  test('does not count dark tissue, which is not of one colour', () => {
    const noisy = { ...black, data: black.data.map((_, at) => (at % 7 === 0 ? 1 : 0)) }
    expect(blackFractionOf(noisy)).toBe(0)
    expect(blackFractionOf(mapped(field, (value) => value * 0.2))).toBe(0)
  })
})

describe('blurOf', () => {
  test('grows with blur, is 1 without any detail', () => {
    const sharp = blurOf(field)
    const soft = blurOf(blurred(field, 1))
    const softer = blurOf(blurred(field, 3))
    expect(sharp).toBeLessThan(soft)
    expect(soft).toBeLessThan(softer)
    expect(blurOf(makeRaster(20, 20))).toBe(1)
  })
})

test('workingScale', () => {
  const [set] = crops.sets as [CropSet]
  expect(workingScale(set, 0.42)).toBe(0.5)
  expect(workingScale(set, 0.21)).toBe(0.25)
  expect(workingScale(set, null)).toBe(0.5)
  expect(workingScale({ ...set, workingPixelSizeUm: null }, 0.21)).toBe(0.5)
})
