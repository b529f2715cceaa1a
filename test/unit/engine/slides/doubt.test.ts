import { describe, expect, it } from 'vitest'
import type { Pose } from '../../../../electron/engine/crops/index.ts'
import type { OpenEncoder } from '../../../../electron/engine/encoders/index.ts'
import {
  augmentedView,
  describeSquares,
  encodeTiles,
  type View,
} from '../../../../electron/engine/prediction/describe-squares.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { isDoubtful } from '../../../../electron/engine/slides/predict-block.ts'
import { pixelEncoder, stainedPicture } from '../../../support/pixel-encoder.ts'

describe('a doubtful place', () => {
  const doubt = { margin: 0.2, isPositive: [false, false, true], threshold: 0.5, imageSha256: '' }

  it('has a suggested class that leads by less than the margin', () => {
    expect(isDoubtful([0.5, 0.31, 0.19], doubt)).toBe(true)
    expect(isDoubtful([0.55, 0.34, 0.11], doubt)).toBe(false)
    expect(isDoubtful([0.1, 0.1, 0.8], doubt)).toBe(false)
  })

  it('or a carcinoma score near the operating point', () => {
    // 0.3 / (0.3 + 0.6) = 1/3: 0.07 from 0.4, 0.17 from 0.5.
    expect(isDoubtful([0.6, 0.1, 0.3], { ...doubt, threshold: 0.4 })).toBe(true)
    expect(isDoubtful([0.6, 0.1, 0.3], doubt)).toBe(false)
    // Without a positive class there is no score.
    expect(isDoubtful([0.6, 0.1, 0.3], { ...doubt, isPositive: [false, false, false], threshold: 0.4 })).toBe(
      false,
    )
  })
})

describe('an augmented view', () => {
  const random = keyedGenerator('augmented view')
  const raster = stainedPicture(96, 64, () => [random.nextUniform(0.2, 1.5), random.nextUniform(0.2, 1)])
  const view: View = { raster, left: 40, top: 20, image: { widthPx: 300, heightPx: 200 } }
  const centres = [
    { x: 60, y: 40 },
    { x: 100, y: 57 },
  ]
  const poses: Pose[] = [0, 1, 2, 3].flatMap((quarterTurns) =>
    [false, true].flatMap((flipVertical) =>
      [false, true].map((flipHorizontal) => ({ quarterTurns, flipVertical, flipHorizontal }) as Pose),
    ),
  )
  const gains = { hematoxylin: 1, eosin: 1 }

  it('shows each place the same tissue, however it is turned', async () => {
    const colours = pixelEncoder()
    const size = { sizePx: 32, poolingNorm: 3 }
    const upright = describeSquares(colours, await colours.encodeMaps(raster), view, centres, size)
    for (const pose of poses) {
      const turned = augmentedView(view, gains, pose)
      const found = describeSquares(colours, await colours.encodeMaps(turned.raster), turned, centres, size)
      // Stains of equal amounts come back as grey levels within one.
      for (const [index, value] of found.data.entries())
        expect(Math.abs(value - (upright.data[index] ?? 0))).toBeLessThan(1.01)
    }
  })

  it('gives an encoder of tiles the same pixels, turned', async () => {
    const sums: number[] = []
    const encoder = {
      encode: (crops: readonly { data: Uint8Array }[]) =>
        Promise.resolve(
          crops.map(({ data }) => {
            sums.push(data.reduce((sum, level) => sum + level, 0) / data.length)
            return Float32Array.of(1)
          }),
        ),
    } as unknown as OpenEncoder
    await encodeTiles(encoder, view, centres, 32, undefined)
    for (const pose of poses)
      await encodeTiles(encoder, augmentedView(view, gains, pose), centres, 32, undefined)
    for (const [index, mean] of sums.entries())
      expect(Math.abs(mean - (sums[index % 2] ?? 0))).toBeLessThan(1.01)
    expect(sums).toHaveLength(2 * 17)
  })
})
