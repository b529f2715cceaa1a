import { expect } from 'vitest'
import { averageMaps } from '../../electron/engine/descriptors/encode-windows.ts'
import type { OpenEncoder } from '../../electron/engine/encoders/backend.ts'
import type { PixelWindow, Raster } from '../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'

/**
 * Fails unless the averages that an encoder makes of windows are, to the bit, those of its maps. Returns how many it compared.
 * @param round the windows are drawn from it alone: how often this runs depends on the machine's instructions, and what a test
 *   draws after it must not
 */
export async function expectSameWindows(encoder: OpenEncoder, image: Raster, round: number): Promise<number> {
  const { widthPx, heightPx } = image
  const generator = keyedGenerator('windows', round)
  const windows: PixelWindow[] = Array.from({ length: 6 }, () => {
    const [leftPx, topPx] = [generator.nextInteger(widthPx), generator.nextInteger(heightPx)]
    // Edges between pixels, too, as resampling gives them.
    const widthOf = (rest: number): number => Math.max(0.25, rest * generator.nextUniform(0, 1))
    return { leftPx, topPx, widthPx: widthOf(widthPx - leftPx), heightPx: widthOf(heightPx - topPx) }
  })
  windows.push({ leftPx: 0, topPx: 0, widthPx, heightPx })
  const maps = await encoder.encodeMaps(image)
  const expected = averageMaps(maps, image, windows)
  const found = await encoder.encodeWindows?.(image, windows)
  expect(found?.map((one) => [...one])).toEqual(expected.map((one) => [...one]))
  return windows.length
}
