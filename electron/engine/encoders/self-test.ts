import { AppError } from '../../contract/errors.ts'
import type { BuiltInEncoder } from '../../contract/index.ts'
import type { Raster } from '../image/index.ts'
import type { OpenEncoder } from './backend.ts'
import { probes } from './manifest.ts'

/** Minimum cosine of a back-end's descriptor and the expected one, by precision. */
export const minCosine = { single: 0.9999, half: 0.999 } as const

/** The result of a self-test. */
export interface SelfTestResult {
  /** Cosine of the descriptor and the expected one, 0..1. */
  readonly cosine: number
  /** Duration of the probe after warming up. */
  readonly probeMs: number
}

/** The probe: an image from integer arithmetic, the same in any language: (7x + 13y + 101c + (x² + y²)/64 + xy/32) mod 256. */
export function probeImage(widthPx: number, heightPx: number): Raster {
  const data = new Uint8Array(widthPx * heightPx * 3)
  let index = 0
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      for (let c = 0; c < 3; c++) {
        data[index++] = 7 * x + 13 * y + 101 * c + ((x * x + y * y) >> 6) + ((x * y) >> 5)
      }
    }
  }
  return { widthPx, heightPx, data }
}

/** The cosine of the angle between two vectors, in float64; 0 if one of them is all zeros or not finite. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0
  let squareA = 0
  let squareB = 0
  for (let index = 0; index < a.length; index++) {
    const left = a[index] ?? 0
    const right = b[index] ?? 0
    product += left * right
    squareA += left * left
    squareB += right * right
  }
  const value = product / Math.sqrt(squareA * squareB)
  return a.length === b.length && Number.isFinite(value) ? value : 0
}

/** The size of the probe and its expected descriptor. */
export interface Probe {
  readonly sizePx: number
  readonly descriptor: Float32Array
}

/** The result of Keras itself for untrained weights (test/references/encoders); null for any other weights. */
export function kerasProbe(name: BuiltInEncoder, fingerprint: string): Probe | null {
  const { sizePx, descriptor, fingerprint: untrained } = probes[name]
  if (fingerprint !== untrained || descriptor === null) return null
  return { sizePx, descriptor: unpackFloats(descriptor) }
}

/** Converts float32 values to little-endian base64. `unpackFloats` is the inverse. */
export const packFloats = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')
export const unpackFloats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)

/**
 * Encodes the probe and compares the descriptor with the expected one: for untrained weights the result of Keras, for
 * all others the result of `evaluateDirectly` when they were installed.
 * @throws AppError `encoder.self-test-failed` if the cosine is below `threshold`
 */
export async function selfTest(
  encoder: OpenEncoder,
  expected: Probe,
  threshold: number = minCosine.single,
): Promise<SelfTestResult> {
  const probe = probeImage(expected.sizePx, expected.sizePx)
  const [actual] = await encoder.encode([probe])
  const found = actual ? cosine(actual, expected.descriptor) : 0
  if (found < threshold) {
    throw new AppError('encoder.self-test-failed', { backend: encoder.backend, cosine: found })
  }
  const startedAt = performance.now()
  await encoder.encode([probe])
  return { cosine: found, probeMs: performance.now() - startedAt }
}
