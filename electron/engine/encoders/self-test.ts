import { AppError } from '../../contract/errors.ts'
import type { EncoderName } from '../../contract/index.ts'
import type { Raster } from '../image/index.ts'
import type { OpenEncoder } from './backend.ts'
import { probes } from './manifest.ts'

/** Under this a back-end is refused, by its precision. */
export const minCosine = { single: 0.9999, half: 0.999 } as const

/** What a back-end made of the probe. */
export interface SelfTestFigure {
  /** Against the stored expectation, 0..1. */
  readonly cosine: number
  /** How long the probe took once everything was warm. */
  readonly probeMs: number
}

/** A picture by integer arithmetic, the same in any language: (7x + 13y + 101c + (x² + y²)/64 + xy/32) mod 256. */
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

/** The cosine of the angle between two vectors, in float64; 0 where one of them is all zeros or not finite. */
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

/** What the probe is expected to give. */
export interface Probe {
  readonly sizePx: number
  readonly descriptor: Float32Array
}

/** What real Keras gives for the untrained weights (test/references/encoders); null for any other weights. */
export function kerasProbe(name: EncoderName, fingerprint: string): Probe | null {
  const { sizePx, descriptor, fingerprint: untrained } = probes[name]
  return fingerprint === untrained ? { sizePx, descriptor: unpackFloats(descriptor) } : null
}

/** Little-endian float32 values as base64, and back. */
export const packFloats = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')
export const unpackFloats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer)

/**
 * Encodes the probe and compares with the stored expectation: of the untrained weights what real Keras gave, of
 * all others what `evaluateDirectly` gave when they were installed. encoder.self-test-failed under `least`.
 */
export async function selfTest(
  encoder: OpenEncoder,
  expected: Probe,
  least: number = minCosine.single,
): Promise<SelfTestFigure> {
  const picture = probeImage(expected.sizePx, expected.sizePx)
  const [actual] = await encoder.encode([picture])
  const found = actual ? cosine(actual, expected.descriptor) : 0
  if (found < least) {
    throw new AppError('encoder.self-test-failed', { backend: encoder.backend, cosine: found })
  }
  const startedAt = performance.now()
  await encoder.encode([picture])
  return { cosine: found, probeMs: performance.now() - startedAt }
}
