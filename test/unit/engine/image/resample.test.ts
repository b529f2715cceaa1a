import { describe, expect, test } from 'vitest'
import {
  decodeRaster,
  extendByMirroring,
  makeRaster,
  resampleBicubic,
  resampledEdgePx,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { sharedPath } from '../../../shared-data.ts'

const fields = {
  benign: 'data/breakhis100x/benign/fibroadenoma/SOB_B_F-14-14134E-100-004.png',
  malignant: 'data/breakhis100x/malignant/ductal_carcinoma/SOB_M_DC-14-12312-100-007.png',
}
const isAbsent = sharedPath('reference/preprocess/benign_half.png') === null

/** Grey rasters are enough for most cases. */
function grey(widthPx: number, heightPx: number, levels: readonly number[]): Raster {
  const raster = makeRaster(widthPx, heightPx)
  raster.data.forEach((_, at) => (raster.data[at] = levels[Math.floor(at / 3)] ?? 0))
  return raster
}
const levelsOf = ({ data }: Raster) => [...data.filter((_, at) => at % 3 === 0)]

describe('resampleBicubic', () => {
  test.skipIf(isAbsent).each(Object.entries(fields))(
    '%s at one half, as OpenCV, to the byte',
    async (name, file) => {
      const half = resampleBicubic(await decodeRaster(sharedPath(file) ?? ''), 0.5)
      const golden = await decodeRaster(sharedPath(`reference/preprocess/${name}_half.png`) ?? '')
      expect([half.widthPx, half.heightPx]).toEqual([golden.widthPx, golden.heightPx])
      expect(Buffer.from(half.data).equals(Buffer.from(golden.data))).toBe(true)
    },
  )

  test('one row by hand at one half', () => {
    // Weights -3/32 19/32 19/32 -3/32; the edge is repeated to the left of 10 and to the right of 80.
    // (-30 + 190 + 380 - 90) / 32 = 14.06; (-60 + 570 + 760 - 150) / 32 = 35; (-120 + 950 + 1140 - 210) / 32 = 55;
    // (-180 + 1330 + 1520 - 240) / 32 = 75.94.
    const row = grey(8, 1, [10, 20, 30, 40, 50, 60, 70, 80])
    expect(levelsOf(resampleBicubic(row, 0.5))).toEqual([14, 35, 55, 76])
  })

  test('overshoot is clipped', () => {
    const edge = grey(8, 1, [0, 0, 0, 0, 255, 255, 255, 255])
    const levels = levelsOf(resampleBicubic(edge, 2))
    expect(Math.min(...levels)).toBe(0)
    expect(Math.max(...levels)).toBe(255)
  })

  test('scale 1 copies; one colour stays one colour; the input is unchanged', () => {
    const generator = keyedGenerator('resample')
    const noise = grey(
      13,
      7,
      Array.from({ length: 91 }, () => generator.nextInteger(256)),
    )
    const before = Uint8Array.from(noise.data)
    const same = resampleBicubic(noise, 1)
    expect(same.data).toEqual(noise.data)
    expect(same.data).not.toBe(noise.data)
    for (const scale of [0.3, 0.5, 0.77, 1.6]) {
      const flat = resampleBicubic(grey(20, 10, new Array<number>(200).fill(173)), scale)
      expect(new Set(flat.data)).toEqual(new Set([173]))
      resampleBicubic(noise, scale)
    }
    expect(noise.data).toEqual(before)
  })

  test('edges round as in OpenCV, ties to even, and never vanish', () => {
    expect([700, 460, 457, 459, 1, 3].map((edge) => resampledEdgePx(edge, 0.5))).toEqual([
      350, 230, 228, 230, 1, 2,
    ])
    expect(resampledEdgePx(100, 0.001)).toBe(1)
    expect(resampleBicubic(grey(1, 1, [9]), 0.5)).toMatchObject({ widthPx: 1, heightPx: 1 })
  })

  test('refuses scales that are not positive numbers', () => {
    for (const scale of [0, -1, NaN, Infinity]) {
      expect(() => resampleBicubic(grey(2, 2, [1, 2, 3, 4]), scale)).toThrow(
        expect.objectContaining({ code: 'image.invalid-raster' }),
      )
    }
  })
})

describe('extendByMirroring', () => {
  test('by hand: 1 2 3 becomes 1 2 3 2 1 2 3 2', () => {
    expect(levelsOf(extendByMirroring(grey(3, 1, [1, 2, 3]), 8, 1))).toEqual([1, 2, 3, 2, 1, 2, 3, 2])
    const corner = extendByMirroring(grey(2, 2, [1, 2, 3, 4]), 3, 4)
    expect(levelsOf(corner)).toEqual([1, 2, 1, 3, 4, 3, 1, 2, 1, 3, 4, 3])
  })

  test('one pixel fills everything; a raster that is large enough is itself', () => {
    const one = extendByMirroring(grey(1, 1, [42]), 5, 4)
    expect(new Set(one.data)).toEqual(new Set([42]))
    const large = grey(4, 4, [])
    expect(extendByMirroring(large, 4, 2)).toBe(large)
  })

  test('an image many times smaller than the crop has no seams', () => {
    const ramp = grey(5, 3, [0, 20, 40, 60, 80, 10, 30, 50, 70, 90, 20, 40, 60, 80, 100])
    const extended = extendByMirroring(ramp, 400, 400)
    const levels = levelsOf(extended)
    for (let at = 1; at < 400; at++) expect(Math.abs((levels[at] ?? 0) - (levels[at - 1] ?? 0))).toBe(20)
    for (let y = 1; y < 400; y++) {
      expect(Math.abs((levels[y * 400] ?? 0) - (levels[(y - 1) * 400] ?? 0))).toBe(10)
    }
  })
})
