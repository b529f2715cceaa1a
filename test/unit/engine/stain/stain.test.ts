import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { recipes, type StainRecipe } from '../../../../electron/contract/recipe.ts'
import {
  decodeRaster,
  makeRaster,
  resampleBicubic,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { augmentStain, StainNormalizer } from '../../../../electron/engine/stain/index.ts'
import {
  findPercentiles,
  interpolated,
  type Bounds,
  type Tail,
} from '../../../../electron/engine/stain/percentile-search.ts'
import { percentileInPlace } from '../../../../electron/engine/stain/percentile.ts'
import { symmetricEigen, type Matrix3 } from '../../../../electron/engine/stain/symmetric-eigen.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../../../shared-data.ts'

const recipe = recipes['quick']?.stain as StainRecipe
const normalizer = new StainNormalizer(recipe)

interface GoldenField {
  file: string
  tissue_pixels: number
  stain_matrix_HE: [number, number][]
  max_concentration_99: [number, number]
  covariance_eigenvalues: [number, number, number]
}

const goldenPath = sharedPath('reference/preprocess/golden.json')
const read = (relative: string) => decodeRaster(sharedPath(relative) ?? '')
const picture = (name: string) => read(`reference/preprocess/${name}.png`)

/** How many channel values differ by more than 0, 1, 2 grey levels. */
function differences(actual: Raster, expected: Raster): number[] {
  expect([actual.widthPx, actual.heightPx]).toEqual([expected.widthPx, expected.heightPx])
  const gaps = actual.data.map((value, at) => Math.abs(value - (expected.data[at] ?? 0)))
  return [0, 1, 2].map((limit) => gaps.reduce((count, gap) => count + Number(gap > limit), 0))
}

describe.skipIf(goldenPath === null)('against the published system', () => {
  // ../shared/reference/README.md allows a grey level on 0.1 % of values; this implementation needs none.
  test.each(['benign', 'malignant'])('%s', async (name) => {
    const { images } = JSON.parse(readFileSync(goldenPath ?? '', 'utf8')) as {
      images: Record<string, GoldenField>
    }
    const golden = images[name]
    if (golden === undefined) throw new Error(`no golden values for ${name}`)
    const field = await read(golden.file)
    const { raster, found } = normalizer.normalize(field)
    if (found.fit === null) throw new Error(found.degenerate)
    expect(found.tissuePixels).toBe(golden.tissue_pixels)
    for (const [at, value] of golden.covariance_eigenvalues.entries()) {
      expect(found.eigenvalues[at]).toBeCloseTo(value, 12)
    }
    for (const [channel, [hematoxylin, eosin]] of golden.stain_matrix_HE.entries()) {
      expect(found.fit.hematoxylin[channel]).toBeCloseTo(hematoxylin, 10)
      expect(found.fit.eosin[channel]).toBeCloseTo(eosin, 10)
    }
    for (const [at, value] of golden.max_concentration_99.entries()) {
      expect(found.fit.maximum[at]).toBeCloseTo(value, 10)
    }
    const normalized = await picture(`${name}_macenko`)
    expect(differences(raster, normalized)).toEqual([0, 0, 0])
    const half = normalizer.normalize(resampleBicubic(field, 0.5)).raster
    expect(differences(half, await picture(`${name}_half_macenko`))).toEqual([0, 0, 0])
    const weaker = augmentStain(normalized, { hematoxylin: 0.8, eosin: 1.2 })
    expect(differences(weaker, await picture(`${name}_macenko_h0.8_e1.2`))).toEqual([0, 0, 0])
    const stronger = augmentStain(normalized, { hematoxylin: 1.25, eosin: 0.75 })
    expect(differences(stronger, await picture(`${name}_macenko_h1.25_e0.75`))).toEqual([0, 0, 0])
  })
})

describe('symmetricEigen', () => {
  test('by hand: 2 1 0 / 1 2 0 / 0 0 5', () => {
    const [first, second, third] = symmetricEigen([
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 5],
    ])
    expect([first.value, second.value, third.value]).toEqual(
      [5, 3, 1].map((value) => expect.closeTo(value, 14) as number),
    )
    expect(first.vector.map(Math.abs)).toEqual([0, 0, 1])
    expect(second.vector[0]).toBeCloseTo(second.vector[1], 14)
    expect(third.vector[0]).toBeCloseTo(-third.vector[1], 14)
  })

  test('A v = lambda v for random matrices, and for the zero matrix', () => {
    const generator = keyedGenerator('eigen')
    for (let round = 0; round < 50; round++) {
      const [a, b, c, d, e, f] = Array.from({ length: 6 }, () => generator.nextNormal()) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      const matrix: Matrix3 = [
        [a, b, c],
        [b, d, e],
        [c, e, f],
      ]
      for (const { value, vector } of symmetricEigen(matrix)) {
        for (const [row, line] of matrix.entries()) {
          const product = line[0] * vector[0] + line[1] * vector[1] + line[2] * vector[2]
          // Backward stable: a few units in the last place of the largest eigenvalue (about 4).
          expect(Math.abs(product - value * (vector[row] ?? 0))).toBeLessThan(1e-14)
        }
        expect(vector.reduce((sum, part) => sum + part * part, 0)).toBeCloseTo(1, 14)
      }
    }
    const zero = symmetricEigen([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(zero.map(({ value }) => value)).toEqual([0, 0, 0])
  })
})

describe('findPercentiles', () => {
  /** The percentile of the values and of their squares; `passes` counts how often they are read. */
  function percentiles(values: ArrayLike<number>, percent: number) {
    let passes = 0
    const places = findPercentiles(values.length, percent, (step, bounds, room) => {
      passes += 1
      const offered = Float64Array.from(values).filter((_, at) => at % step === 0)
      const tailOf = (list: Float64Array, { lowest, highest }: Bounds): Tail => {
        const within = list.filter((value) => value >= lowest && value <= highest)
        const above = list.filter((value) => value > highest).length
        return { above, within: within.length > room ? null : within }
      }
      return [
        tailOf(offered, bounds[0]),
        tailOf(
          offered.map((value) => value ** 2),
          bounds[1],
        ),
      ]
    })
    return { found: places.map(interpolated), passes }
  }
  function bySorting(values: Float64Array, percent: number): number {
    const sorted = values.toSorted()
    const place = (percent / 100) * (values.length - 1)
    const low = sorted[Math.floor(place)] ?? 0
    const high = sorted[Math.min(values.length - 1, Math.floor(place) + 1)] ?? 0
    return low + (place - Math.floor(place)) * (high - low)
  }

  test('by hand', () => {
    expect(percentiles([40, 10, 30, 20], 50)).toEqual({ found: [25, 650], passes: 1 })
    expect(percentiles([40, 10, 30, 20], 100).found).toEqual([40, 1600])
    expect(percentiles([7], 99).found).toEqual([7, 49])
    expect(() => percentiles([], 99)).toThrow(RangeError)
  })

  test.each([1, 5, 300, 9000, 40_000])('as by sorting: %i values, many of them equal', (count) => {
    const generator = keyedGenerator('percentile', count)
    for (const kinds of [3, 20, 1e6]) {
      const values = Float64Array.from({ length: count }, () => generator.nextInteger(kinds))
      for (const percent of [50, 90.5, 99, 100]) {
        const expected = [values, values.map((value) => value ** 2)].map((list) => bySorting(list, percent))
        expect(percentiles(values, percent).found).toEqual(expected)
      }
    }
  })

  test('a misleading sample costs a third pass and nothing else', () => {
    const step = Math.floor(40_000 / 4096)
    // What the sample sees is small, and all the rest large.
    const values = Float64Array.from({ length: 40_000 }, (_, at) => (at % step === 0 ? at / 1e6 : 5 + at))
    expect(percentiles(values, 99)).toEqual({
      found: [
        bySorting(values, 99),
        bySorting(
          values.map((value) => value ** 2),
          99,
        ),
      ],
      passes: 3,
    })
  })
})

describe('percentileInPlace', () => {
  test('by hand', () => {
    expect(percentileInPlace(Float64Array.of(40, 10, 30, 20), 50)).toBe(25)
    expect(percentileInPlace(Float64Array.of(40, 10, 30, 20), 0)).toBe(10)
    expect(percentileInPlace(Float64Array.of(40, 10, 30, 20), 100)).toBe(40)
    expect(percentileInPlace(Float64Array.of(7), 99)).toBe(7)
  })

  test('as by sorting, also with many equal values', () => {
    const generator = keyedGenerator('percentile')
    for (let round = 0; round < 60; round++) {
      const values = Float64Array.from({ length: 1 + generator.nextInteger(300) }, () =>
        generator.nextInteger(20),
      )
      const percent = generator.nextUniform(0, 100)
      const sorted = values.toSorted()
      const place = (percent / 100) * (values.length - 1)
      const low = sorted[Math.floor(place)] ?? 0
      const high = sorted[Math.min(values.length - 1, Math.floor(place) + 1)] ?? 0
      expect(percentileInPlace(values, percent)).toBe(low + (place - Math.floor(place)) * (high - low))
    }
  })
})

/** A raster of given pixels, repeated to fill it. */
function filled(
  widthPx: number,
  heightPx: number,
  pixels: readonly (readonly [number, number, number])[],
): Raster {
  const raster = makeRaster(widthPx, heightPx)
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    raster.data.set(pixels[pixel % pixels.length] ?? [0, 0, 0], pixel * 3)
  }
  return raster
}

describe('images without two stains keep their own colours', () => {
  const oneStain = Array.from({ length: 200 }, (_, step) => {
    const level = (part: number) => Math.round(240 * Math.exp(-(0.3 + step / 100) * part) - 1)
    return [level(0.56), level(0.72), level(0.41)] as const
  })
  test.each([
    ['blank glass', filled(30, 20, [[245, 245, 245]]), 'too-little-tissue'],
    ['one colour', filled(30, 20, [[150, 90, 140]]), 'one-stain'],
    ['all black', filled(30, 20, [[0, 0, 0]]), 'one-stain'],
    ['one pixel', filled(1, 1, [[150, 90, 140]]), 'too-little-tissue'],
    ['one stain', filled(40, 50, oneStain), 'one-stain'],
    [
      'two colours',
      filled(30, 20, [
        [150, 90, 140],
        [80, 60, 130],
      ]),
      'one-stain',
    ],
  ] as const)('%s', (_, raster, reason) => {
    const { raster: same, found } = normalizer.normalize(raster)
    expect(found).toMatchObject({ fit: null, degenerate: reason })
    expect(same).toBe(raster)
  })
})

describe('properties', () => {
  const field = makeSyntheticField({ className: 'Benign', seed: 5, index: 0, widthPx: 512, heightPx: 384 })

  test('inputs are not changed', () => {
    const before = Uint8Array.from(field.data)
    normalizer.normalize(field)
    augmentStain(field, { hematoxylin: 1.2, eosin: 0.8 })
    expect(field.data).toEqual(before)
  })

  test('normalising twice changes little', () => {
    const once = normalizer.normalize(field).raster
    const twice = normalizer.normalize(once).raster
    const mean =
      once.data.reduce((sum, value, at) => sum + Math.abs(value - (twice.data[at] ?? 0)), 0) /
      once.data.length
    // Clipping at white and truncation move the fitted stains a little.
    expect(mean).toBeLessThan(2)
  })

  test('an image as its own target stays as it is, up to truncation', () => {
    const { fit } = normalizer.fit(field)
    if (fit === null) throw new Error('no fit')
    const same = new StainNormalizer(recipe, fit).normalize(field).raster
    // What is outside the plane of the two stains is lost: noise and the recipe's light.
    const mean =
      same.data.reduce((sum, value, at) => sum + Math.abs(value - (field.data[at] ?? 0)), 0) /
      same.data.length
    expect(mean).toBeLessThan(4)
  })

  test('gains of 1 reproduce the image within the rounding of the published matrices', () => {
    const normalized = normalizer.normalize(field).raster
    const same = augmentStain(normalized, { hematoxylin: 1, eosin: 1 })
    let worst = 0
    for (let at = 0; at < normalized.data.length; at++) {
      const value = normalized.data[at] ?? 0
      // A value brighter than the glass level of 240 is clipped.
      if (value < 239) worst = Math.max(worst, Math.abs(value - (same.data[at] ?? 0)))
    }
    // M^T D is the identity within 0.0073, and truncation adds less than one.
    expect(worst).toBeLessThanOrEqual(1)
  })

  test('more hematoxylin darkens nuclei', () => {
    const mean = ({ data }: Raster) => data.reduce((sum, value) => sum + value, 0) / data.length
    const at = (hematoxylin: number) => mean(augmentStain(field, { hematoxylin, eosin: 1 }))
    expect(at(1.3)).toBeLessThan(at(1))
    expect(at(1)).toBeLessThan(at(0.7))
  })
})

describe('how well two stains describe the tissue', () => {
  const field = makeSyntheticField({ className: 'InSitu', seed: 3, index: 0, widthPx: 256, heightPx: 200 })
  const densityOf = (value: number) => -Math.log((value + 1) / recipe.transmittedLight)

  test('as summed over pixels', () => {
    const { fit, quality } = normalizer.fit(field)
    if (fit === null) throw new Error('no fit')
    const { hematoxylin: h, eosin: e } = fit
    let [total, residual, count] = [0, 0, 0]
    for (let at = 0; at < field.data.length; at += 3) {
      const od = [...field.data.subarray(at, at + 3)].map(densityOf) as [number, number, number]
      if (Math.min(...od) < recipe.tissueThreshold) continue
      const dot = (a: readonly number[], b: readonly number[]) =>
        a.reduce((sum, value, channel) => sum + value * (b[channel] ?? 0), 0)
      // Least squares by the normal equations.
      const [hh, he, ee, ho, eo] = [dot(h, h), dot(h, e), dot(e, e), dot(h, od), dot(e, od)]
      const first = (ee * ho - he * eo) / (hh * ee - he * he)
      const second = (hh * eo - he * ho) / (hh * ee - he * he)
      const rest = od.map((value, channel) => value - first * (h[channel] ?? 0) - second * (e[channel] ?? 0))
      total += dot(od, od)
      residual += dot(rest, rest)
      count += 1
    }
    expect(quality.explainedFraction).toBeCloseTo(1 - residual / total, 10)
    expect(quality.residualDensity).toBeCloseTo(Math.sqrt(residual / count), 10)
    expect(quality.explainedFraction).toBeGreaterThan(0.98)
    expect(quality.stainAngleDegrees).toBeGreaterThan(15)
  })

  test('noise in the colours lowers the fit', () => {
    const generator = keyedGenerator('noise')
    const noisy = { ...field, data: field.data.map((v) => Math.min(255, v + generator.nextInteger(60))) }
    const [clean, dirty] = [normalizer.fit(field).quality, normalizer.fit(noisy).quality]
    expect(dirty?.explainedFraction).toBeLessThan(clean?.explainedFraction ?? 0)
    expect(dirty?.residualDensity).toBeGreaterThan(clean?.residualDensity ?? 1)
  })
})

test('refuses data that is not a raster', () => {
  const broken: Raster = { widthPx: 4, heightPx: 4, data: new Uint8Array(47) }
  expect(() => normalizer.fit(broken)).toThrow(expect.objectContaining({ code: 'image.invalid-raster' }))
  expect(() => augmentStain(broken, { hematoxylin: 1, eosin: 1 })).toThrow(
    expect.objectContaining({ code: 'image.invalid-raster' }),
  )
})
