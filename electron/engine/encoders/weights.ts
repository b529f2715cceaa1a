import { createHash } from 'node:crypto'
import type { Architecture, Layer } from './architecture.ts'
import { inKerasOrder } from './architecture.ts'

/** One array of weights in Keras. */
export interface WeightSpecification {
  /** `layer/weight`, such as `conv1_conv/kernel`. */
  readonly key: string
  readonly layer: string
  readonly weight: 'kernel' | 'bias' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance'
  /** Kernel: rows x columns x input channels x output channels; others: one value per channel. */
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

/** All arrays of a network in the order in which Keras writes them, which is the canonical order. */
export function weightSpecifications(architecture: Pick<Architecture, 'layers'>): WeightSpecification[] {
  return inKerasOrder(architecture).flatMap(ofLayer)
}

export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1)

/**
 * The array of a key.
 * @throws Error if it is missing, which is a bug
 */
export function weightOf(weights: Weights, key: string): Float32Array {
  const values = weights.get(key)
  if (values === undefined) throw new Error(`no weights ${key}`)
  return values
}

/**
 * Identifies weights by 64 hexadecimal digits: the SHA-256 of the network's name and, in canonical order, of every
 * array's key, shape and little-endian float32 bytes. It does not depend on the source file.
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
