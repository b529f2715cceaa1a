import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { colourOf, recipes, researchUseSentence, type Recipe } from '../../../../electron/contract/index.ts'
import { readNpy } from '../../../../electron/engine/descriptors/index.ts'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import { makeRaster, writePng, type Raster } from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { paintHeatMap } from '../../../../electron/engine/prediction/colour-map.ts'
import { planHeatMap, windowsAround } from '../../../../electron/engine/prediction/heat-map-grid.ts'
import { heatMapOverlay, writeExplanation } from '../../../../electron/engine/prediction/heat-map-image.ts'
import { makeHeatMap } from '../../../../electron/engine/prediction/heat-map.ts'
import { BoosterCache } from '../../../../electron/engine/prediction/predict-ensemble.ts'
import { newExplanation } from '../../../support/explanation.ts'
import { keepColourBooster, pixelEncoder, stainedPicture } from '../../../support/pixel-encoder.ts'
import { expectRefusal } from '../encoders/helpers.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'lobule-heat-'))))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the grid', () => {
  const set = (sizePx: number) => ({ sizePx, workingPixelSizeUm: 0.84, scale: 0.5 })

  it('has cells of an eighth of the smallest crop that tile the image', () => {
    const image = { widthPx: 2048, heightPx: 1536, pixelSizeUm: 0.42 }
    expect(planHeatMap(image, [set(400), set(650)])).toEqual({
      rows: 15,
      columns: 20,
      cellWidthPx: 102.4,
      cellHeightPx: 102.4,
    })
    // At 0.21 um the same tissue has four times the pixels.
    const fine = planHeatMap({ widthPx: 4096, heightPx: 3072, pixelSizeUm: 0.21 }, [set(400)])
    expect([fine.rows, fine.columns]).toEqual([15, 20])
  })

  it('is bounded for large images and has one cell for the smallest', () => {
    const { rows, columns } = planHeatMap({ widthPx: 100_000, heightPx: 50_000, pixelSizeUm: null }, [
      set(64),
    ])
    expect(rows * columns).toBeLessThanOrEqual(4096)
    expect(columns / rows).toBeCloseTo(2, 1)
    expect(planHeatMap({ widthPx: 10, heightPx: 8, pixelSizeUm: null }, [set(400)])).toEqual({
      rows: 1,
      columns: 1,
      cellWidthPx: 10,
      cellHeightPx: 8,
    })
  })

  it('puts nine half windows in a square, and at a corner those with their centre in the image', () => {
    const image = { widthPx: 1000, heightPx: 800 }
    const inside = windowsAround({ x: 500, y: 400 }, 400, image)
    expect(inside).toHaveLength(9)
    expect(inside[0]).toEqual({ leftPx: 300, topPx: 200, widthPx: 200, heightPx: 200 })
    expect(inside[8]).toEqual({ leftPx: 500, topPx: 400, widthPx: 200, heightPx: 200 })
    const corner = windowsAround({ x: 25, y: 25 }, 400, image)
    expect(corner).toEqual([
      { leftPx: 0, topPx: 0, widthPx: 125, heightPx: 125 },
      { leftPx: 25, topPx: 0, widthPx: 200, heightPx: 125 },
      { leftPx: 0, topPx: 25, widthPx: 125, heightPx: 200 },
      { leftPx: 25, topPx: 25, widthPx: 200, heightPx: 200 },
    ])
    // A square larger than the image: each window is clipped to it.
    for (const window of windowsAround({ x: 500, y: 400 }, 4000, image)) {
      expect(window.widthPx).toBeLessThanOrEqual(1000)
      expect(window.heightPx).toBeLessThanOrEqual(800)
    }
  })
})

describe('colours', () => {
  it('starts and ends with viridis, and equal steps are nearly equal in lightness', () => {
    expect(colourOf(0)).toEqual([0x44, 0x01, 0x54])
    expect(colourOf(1)).toEqual([0xfd, 0xe7, 0x25])
    expect(colourOf(-1)).toEqual(colourOf(0))
    expect(colourOf(2)).toEqual(colourOf(1))
    const lightness = Array.from({ length: 11 }, (_, i) => lightnessOf(colourOf(i / 10)))
    const steps = lightness.slice(1).map((value, i) => value - (lightness[i] ?? 0))
    // Its authors let lightness rise by 7.6 a tenth; black-and-white print and every colour vision see that much.
    for (const step of steps) expect(Math.abs(step - 7.6)).toBeLessThan(1.5)
  })

  it('gives the middle of a cell its own colour and interpolates between', () => {
    const { data } = paintHeatMap([[0, 1]], 4, 1)
    // Middles of the two cells lie between pixels 0 and 1, and 2 and 3: shares 0, 1/4, 3/4, 1.
    expect([...data]).toEqual([0, 0.25, 0.75, 1].flatMap((share) => colourOf(share)))
    expect(() => paintHeatMap([], 4, 1)).toThrow(RangeError)
  })
})

/** CIE L* of an sRGB colour. */
function lightnessOf(rgb: readonly number[]): number {
  const linear = rgb.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  const y = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0)
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y
}

const encoders = { get: () => Promise.resolve(pixelEncoder()) } as unknown as OpenEncoders
const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  encoders: ['vgg16'],
  crops: { sets: [{ sizePx: 64, workingPixelSizeUm: null, scale: 1 }], count: 20 },
}

/** Two stains in the left half, little of them in the right one. */
function halves(widthPx: number, heightPx: number): Raster {
  const random = keyedGenerator('halves')
  return stainedPicture(widthPx, heightPx, (pixel) => {
    const strength = pixel % widthPx < widthPx / 2 ? 1.6 : 0.5
    return [random.nextUniform(0.5, 1) * strength, random.nextUniform(0.2, 1) * strength]
  })
}

/** A booster that predicts "dark" or "light" from the mean colour; the dark class is the second one. */
async function boosterBy(fold: number, isReversed: boolean) {
  const random = keyedGenerator('colours', fold)
  const rows = 200
  const labels = Array.from({ length: rows }, (_, i) => i % 2)
  const data = Float32Array.from({ length: rows * 3 }, (_, k) => {
    const isDark = (labels[Math.floor(k / 3)] === 1) !== isReversed
    return random.nextUniform(isDark ? 60 : 150, isDark ? 130 : 230)
  })
  return {
    kind: 'lightgbm' as const,
    constituent: 0,
    fold,
    seed: 0,
    ...(await keepColourBooster(folder, data, labels, 20)),
  }
}

describe('a heat map', () => {
  it('shows positions, uses only boosters that were not trained on the image, and is their mean', async () => {
    const path = join(folder, 'halves.png')
    await writePng(halves(320, 160), path)
    const sha256 = await sha256OfFile(path)
    const boosters = [await boosterBy(0, false), await boosterBy(1, true)]
    const cache = new BoosterCache()
    const request = {
      image: { path, page: 1, sha256, pixelSizeUm: null },
      recipe,
      encoders,
      boosters,
      cache,
      classCount: 2,
    }
    const steps: [number, number][] = []
    const seen = await makeHeatMap({ ...request, heldOutFold: 0, onProgress: (...step) => steps.push(step) })
    expect([seen.rows, seen.columns, seen.boosters, seen.widthPx]).toEqual([20, 40, 1, 320])
    expect(steps).toEqual([[0, 1], [1, 1]]) // prettier-ignore
    const [light = [], dark = []] = seen.probabilities
    for (let row = 0; row < 20; row++) {
      expect(dark[row]?.[0]).toBeGreaterThan(0.9)
      expect(dark[row]?.[39]).toBeLessThan(0.1)
      dark[row]?.forEach((p, column) => expect(p + (light[row]?.[column] ?? NaN)).toBeCloseTo(1, 12))
    }
    // The other fold's booster predicts the opposite; both together predict neither.
    const other = await makeHeatMap({ ...request, heldOutFold: 1 })
    expect(other.probabilities[1]?.[10]?.[0]).toBeLessThan(0.1)
    const both = await makeHeatMap({ ...request, heldOutFold: null })
    expect(both.boosters).toBe(2)
    expect(both.probabilities[1]).toHaveLength(20)
    both.probabilities[1]?.forEach((line, row) =>
      line.forEach((p, column) => {
        const each = [seen, other].map(({ probabilities }) => probabilities[1]?.[row]?.[column] ?? NaN)
        expect(p).toBeCloseTo(((each[0] ?? 0) + (each[1] ?? 0)) / 2, 12)
      }),
    )
    expect(await makeHeatMap({ ...request, heldOutFold: 0 })).toEqual(seen)

    const stopped = { ...request, heldOutFold: 0, signal: AbortSignal.abort() }
    await expectRefusal(() => makeHeatMap(stopped), 'job.cancelled', /Cancelled/)
    await writePng(halves(320, 162), path)
    await expectRefusal(() => makeHeatMap({ ...request, heldOutFold: 0 }), 'image.file-changed', /changed/)
    await cache.keepOnly(new Set())
  })

  it('covers an image smaller than a crop, without its mirrored border', async () => {
    const path = join(folder, 'small.png')
    await writePng(halves(40, 30), path)
    const cache = new BoosterCache()
    const map = await makeHeatMap({
      image: { path, page: 1, sha256: await sha256OfFile(path), pixelSizeUm: null },
      recipe,
      encoders,
      boosters: [await boosterBy(0, false)],
      cache,
      classCount: 2,
      heldOutFold: null,
    })
    expect([map.rows, map.columns]).toEqual([3, 5])
    const row = map.probabilities[1]?.[1] ?? []
    expect(row[0]).toBeGreaterThan(row[4] ?? 1)
    await cache.keepOnly(new Set())
  })
})

describe('files', () => {
  const explanation = newExplanation({
    fileName: 'a <b> & "c".png',
    synthetic: true,
    widthPx: 64,
    heightPx: 48,
    pixelSizeUm: 0.42,
    modelName: 'first',
    weights: 'untrained',
    mode: 'crops',
    outOfFold: true,
    boosters: 1,
    cellWidthPx: 32,
    cellHeightPx: 48,
    squares: [{ encoder: 'vgg16', squarePx: 800, windowPx: 400, stepPx: 200 }],
    probabilities: [[[1, 0.25]], [[0, 0.75]]],
  })

  it('as image, as .npy and as JSON; the image describes itself', async () => {
    const path = join(folder, 'white.png')
    const white = makeRaster(64, 48)
    white.data.fill(255)
    await writePng(white, path)
    const request = { path, page: 1, explanation, className: 'Malignant', opacity: 1 }
    const { signal } = new AbortController()

    const picture = join(folder, 'map.png')
    await writeExplanation({ ...request, out: picture }, signal)
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true })
    expect(info.height).toBeGreaterThan((info.width * 48) / 64)
    expect([...data.subarray(0, 3)]).toEqual(colourOf(0))
    const { exif } = await sharp(picture).metadata()
    const words = exif?.toString('utf8') ?? ''
    for (const said of [
      'UNTRAINED',
      'SYNTHETIC',
      '336 µm',
      'trained without',
      'was trained on crops',
      researchUseSentence,
    ]) {
      expect(words).toContain(said)
    }

    const table = join(folder, 'map.npy')
    await writeExplanation({ ...request, out: table }, signal)
    const { matrix, note } = await readNpy(table)
    expect(matrix).toEqual({ rows: 2, columns: 2, data: Float32Array.of(1, 0.25, 0, 0.75) })
    expect(note).toContain('UNTRAINED')

    await expectRefusal(
      () => writeExplanation({ ...request, out: path }, signal),
      'path.not-writable',
      /the image that is read/,
    )
  })

  it('as an overlay of the shape of the image', async () => {
    const bytes = await heatMapOverlay(explanation.probabilities[1] ?? [], { widthPx: 2048, heightPx: 1536 })
    const { width, height, format } = await sharp(bytes).metadata()
    expect([width, height, format]).toEqual([512, 384, 'png'])
    const flat = await heatMapOverlay([[0.5]], { widthPx: 5000, heightPx: 1 })
    expect((await sharp(flat).metadata()).height).toBe(1)
  })
})
