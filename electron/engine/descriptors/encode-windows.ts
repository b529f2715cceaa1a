import { at } from '../../base/arrays.ts'
import type { FeatureMap, OpenEncoder } from '../encoders/backend.ts'
import type { PixelWindow, Raster } from '../image/index.ts'
import { averageWindows } from './average-windows.ts'

/**
 * A descriptor for each window of an image: the averages of the encoder's maps over the window (`averageWindows`).
 * @throws the errors of OpenEncoder.encodeMaps; RangeError if a window is empty or not inside the image
 */
export async function encodeWindows(
  encoder: OpenEncoder,
  image: Raster,
  windows: readonly PixelWindow[],
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  if (encoder.encodeWindows) return encoder.encodeWindows(image, windows, signal)
  return averageMaps(await encoder.encodeMaps(image, signal), image, windows)
}

/** A descriptor for each window: the averages of all maps of an image over it (`averageWindows`). New arrays. Throws as it does. */
export function averageMaps(
  maps: readonly FeatureMap[],
  image: Raster,
  windows: readonly PixelWindow[],
): Float32Array[] {
  const averages = maps.map((map) => averageWindows(map, image, windows))
  return windows.map((_window, index) => joined(averages.map((ofMap) => at(ofMap, index))))
}

/** Concatenates the parts of a descriptor, one per map. Returns a new array. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let from = 0
  for (const part of parts) {
    whole.set(part, from)
    from += part.length
  }
  return whole
}
