import { createHash } from 'node:crypto'
import type { Architecture, Layer } from './architecture.ts'
import { inKerasOrder } from './architecture.ts'

/** One array of weights as Keras holds it. */
export interface WeightSpecification {
  /** `layer/weight`, such as `conv1_conv/kernel`. */
  readonly key: string
  readonly layer: string
  readonly weight: 'kernel' | 'bias' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance'
  /** A kernel is rows x columns x input channels x output channels; the others are one per channel. */
  readonly shape: readonly number[]
}

/** Float32 arrays in row-major order by `layer/weight`. */
export type Weights = ReadonlyMap<string, Float32Array>

function ofLayer(layer: Layer): WeightSpecification[] {
  const one = (weight: WeightSpecification['weight'], shape: readonly number[]): WeightSpecification => ({
    key: `${layer.name}/${weight}`,
    layer: layer.name,
    weight,
    shape,
  })
  if (layer.op === 'convolution') {
    const { kernel, inputChannels, outputChannels, bias } = layer
    const specifications = [one('kernel', [...kernel, inputChannels, outputChannels])]
    return bias ? [...specifications, one('bias', [outputChannels])] : specifications
  }
  if (layer.op === 'batch-norm') {
    const weights = ['beta', 'moving_mean', 'moving_variance'] as const
    const all = layer.scale ? (['gamma', ...weights] as const) : weights
    return all.map((weight) => one(weight, [layer.channels]))
  }
  return []
}

/** Every array that a network needs, in the order in which Keras writes them; that order is the canonical one. */
export function weightSpecifications(architecture: Pick<Architecture, 'layers'>): WeightSpecification[] {
  return inKerasOrder(architecture).flatMap(ofLayer)
}

export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1)

/** The array of a key. Error (a bug, not a user's fault) where it is not there. */
export function weightOf(weights: Weights, key: string): Float32Array {
  const values = weights.get(key)
  if (values === undefined) throw new Error(`no weights ${key}`)
  return values
}

/**
 * What the weights are, as 64 hexadecimal digits: SHA-256 over the network's name and, in canonical order,
 * every array's key, shape and little-endian float32 bytes. It does not depend on the file they came from.
 */
export function weightsFingerprint(architecture: Architecture, weights: Weights): string {
  const hash = createHash('sha256').update(`${architecture.name}\n`)
  for (const { key, shape } of weightSpecifications(architecture)) {
    const values = weightOf(weights, key)
    hash.update(`${key} ${shape.join('x')}\n`)
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest('hex')
}
