import { type EncoderManifest, type InputSize } from '../../contract/index.ts'
import type { Architecture } from './architecture.ts'
import type { OpenEncoder } from './backend.ts'

/** What descriptors depend on: the same for Lobule's networks and for a lab's own. */
interface NetworkFacts {
  /** Numbers of a descriptor. */
  readonly length: number
  /** null: any size from a minimum that its back-end checks. */
  readonly size: InputSize | null
  /** Whether an image may pass as a whole and be averaged by windows (`encodeMaps`). */
  readonly isDense: boolean
  /** Values may be below 0: the mean pools them, as no other norm can (docs/pipeline.md, section 7). */
  readonly isSigned: boolean
}

const factsOfArchitecture = ({ descriptorLength }: Architecture): NetworkFacts => ({
  length: descriptorLength,
  size: null,
  isDense: true,
  isSigned: false,
})

/**
 * A network of fixed size sees tiles alone. Only means of patches or of a map can be taken over windows: a class token or a
 * norm is one for the whole input.
 */
export const factsOfManifest = ({
  input: { size },
  output: { length, kind, pooling, nonNegative },
}: Pick<EncoderManifest, 'input' | 'output'>): NetworkFacts => ({
  length,
  size,
  isDense: !('fixedPx' in size) && kind !== 'vector' && pooling === 'mean',
  isSigned: !nonNegative,
})

export const factsOf = (model: OpenEncoder['model']): NetworkFacts =>
  'manifest' in model ? factsOfManifest(model.manifest) : factsOfArchitecture(model.architecture)
