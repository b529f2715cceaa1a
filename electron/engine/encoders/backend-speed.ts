import { nearestSize } from '../../contract/index.ts'
import type { OpenEncoder } from './backend.ts'
import { factsOf } from './network-facts.ts'
import { probeImage } from './self-test.ts'

/**
 * A GPU back-end that is slower than the processor by more than this factor is not a hardware GPU. A Vulkan device in
 * software takes 40 to 100 times as long for the probe, a real one at most a few times (for such a small image).
 */
const maxSlowdown = 10

/** The size of the timed crops: that of the published system. */
const cropPx = 400
/** Timing stops after this number of crops or after `maxTimingMs`. */
const timedCrops = 8
const maxTimingMs = 4000

/**
 * The minimum speed-up of half precision, since it trades exactness for speed. A driver without half precision may also
 * leave such a graph to the processor, which only this test detects.
 */
const minGain = 1.2

/**
 * The number of crops of 400 pixels that an encoder encodes per second, one after the other. A network that does not take this size
 * is timed at another, and its area is reckoned with. Errors as in `encode`.
 */
export async function cropsPerSecond(encoder: OpenEncoder, signal?: AbortSignal): Promise<number> {
  const { size } = factsOf(encoder.model)
  const edgePx = size === null ? cropPx : nearestSize(size, cropPx)
  const crop = probeImage(edgePx, edgePx)
  await encoder.encode([crop], signal)
  const startedAt = performance.now()
  let done = 0
  while (done < timedCrops && performance.now() - startedAt < maxTimingMs) {
    await encoder.encode([crop], signal)
    done++
  }
  return (((1000 * done) / (performance.now() - startedAt)) * edgePx ** 2) / cropPx ** 2
}

/**
 * Why a GPU is not used automatically; null if it is.
 * @param probeMs duration of the probe on the GPU
 * @param onProcessorMs duration of the probe on the processor
 */
export function slownessProblem(probeMs: number, onProcessorMs: number): string | null {
  if (probeMs <= maxSlowdown * onProcessorMs) return null
  const [own, other] = [probeMs, onProcessorMs].map(Math.ceil)
  return `the probe takes ${own} ms, and ${other} ms on the processor: this is not a hardware GPU`
}

/** Why a back-end in half precision is not used automatically; null if it is. `gain`: its speed-up over `full`. */
export function gainProblem(gain: number, full: string | undefined): string | null {
  if (gain >= minGain) return null
  return `it encodes ${gain.toFixed(2)} times as many crops per second as ${full}; half precision needs a speed-up of at least ${minGain}`
}
