import { AppError } from '../../contract/errors.ts'
import type { Raster } from '../image/index.ts'
import type { OpenEncoder } from './backend.ts'
import { probes } from './manifest.ts'

/** Under this a back-end in single precision is refused. */
const leastCosine = 0.9999

/** A picture by integer arithmetic, the same in any language: (7x + 13y + 101c + (x² + y²)/64 + xy/32) mod 256. */
export function probePicture(widthPx: number, heightPx: number): Raster {
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

/**
 * Encodes the probe and compares with what real Keras gave; answers the cosine, or null where there is no
 * expectation for these weights (only the untrained ones can be had everywhere, and so have one).
 * encoder.self-test-failed under 0.9999.
 */
export async function selfTest(encoder: OpenEncoder): Promise<number | null> {
  const { name, fingerprint } = encoder.model
  const probe = probes[name]
  if (fingerprint !== probe.fingerprint) return null
  const bytes = Uint8Array.from(Buffer.from(probe.descriptor, 'base64'))
  const expected = new Float32Array(bytes.buffer)
  const [actual] = await encoder.encode([probePicture(probe.sizePx, probe.sizePx)])
  const found = actual ? cosine(actual, expected) : 0
  if (found < leastCosine) {
    throw new AppError('encoder.self-test-failed', { backend: encoder.backend, cosine: found })
  }
  return found
}
