import type { OpenEncoder } from './backend.ts'
import { probeImage } from './self-test.ts'

/**
 * A GPU back-end that takes so many times as long as the processor for the probe is none: a Vulkan device in
 * software takes 40 to 100 times as long, a real one at most a few times (on so small a picture).
 */
const maxSlowdown = 10

/** What is timed: crops of the published size. */
const cropPx = 400
/** So many crops, or as many as fit into the time. */
const timedCrops = 8
const maxTimingMs = 4000

/**
 * Half precision gives up exactness for speed, so it must bring some. A driver without it may also leave such a graph
 * to the processor, and would pass every other test.
 */
const minGain = 1.2

/** Crops of 400 pixels that an encoder makes in a second, one after the other. Errors as `encode`. */
export async function cropsPerSecond(encoder: OpenEncoder, signal?: AbortSignal): Promise<number> {
  const crop = probeImage(cropPx, cropPx)
  await encoder.encode([crop], signal)
  const startedAt = performance.now()
  let done = 0
  while (done < timedCrops && performance.now() - startedAt < maxTimingMs) {
    await encoder.encode([crop], signal)
    done++
  }
  return (1000 * done) / (performance.now() - startedAt)
}

/** Why a GPU is not used by itself, by the milliseconds of the probe on it and on the processor; null where it is. */
export function slownessProblem(probeMs: number, onProcessorMs: number): string | null {
  if (probeMs <= maxSlowdown * onProcessorMs) return null
  const [own, other] = [probeMs, onProcessorMs].map(Math.ceil)
  return `it takes ${own} ms for the probe and the processor ${other} ms: no GPU in hardware`
}

/** Why a back-end in half precision is not used by itself, by its gain over `full`; null where it is. */
export function gainProblem(gain: number, full: string | undefined): string | null {
  if (gain >= minGain) return null
  return `it encodes ${gain.toFixed(2)} times as many crops a second as ${full}; under ${minGain} half precision is not worth its error`
}
